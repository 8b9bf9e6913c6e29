import { expect, test } from "vitest";
import type { Login } from "../../../lab/index.ts";
import { inOrder, openScene } from "../others/scene.ts";
import { Steps } from "../steps.ts";

// For a login that cannot become root the error has sudo's own reason, and what helps.
const scene = await openScene();
const host = await scene.host("web");
scene.keep(host);

const sudoers = (text: string) =>
  host.must("umask 227; cat > /etc/sudoers.d/zz-test && visudo -cq", { input: `${text}\n` });
const up = (user: Login) => new Steps(host, scene.args(), { user }).up();

const rows: [what: string, user: Login, sudoers: string, words: RegExp, advice: RegExp][] = [
  ["a terminal", "deploy", "Defaults requiretty", /you must have a tty to run sudo/, /'Defaults:deploy !requiretty'/],
  [
    "a password",
    "plain",
    "plain ALL=(ALL) ALL",
    /a password is required/,
    /passwordless sudo, or set connection\.user to root/,
  ],
  ["somebody else", "plain", "", /a password is required|not in the sudoers|may not run sudo/, /passwordless sudo/],
  [
    "another target",
    "plain",
    "plain ALL=(www-data) NOPASSWD: ALL",
    /a password is required|not allowed to execute/,
    /passwordless sudo/,
  ],
];

test.each(rows)("sudo wants %s: red 77, in sudo's own words", async (_, user, text, words, advice) => {
  await sudoers(text);
  const run = await up(user);
  expect(run.code, run.text).toBe(77);
  expect(run.text).toMatch(new RegExp(`postrelay: ${user} cannot become root here: 'sudo -n true' failed`));
  expect(run.text).toMatch(words);
  expect(run.text).toMatch(advice);
  expect(run.text).toContain("Nothing was changed.");
  expect((await host.run("ls -d /var/lib/postfix-relay")).code).not.toBe(0);
});

test("the advice for the terminal, and a lecture each time: green", async () => {
  await sudoers("Defaults requiretty, lecture=always\nDefaults:deploy !requiretty");
  const run = await up("deploy");
  expect(run.code, run.text).toBe(0);
  expect(await inOrder(host)).toBe(true);
});
