import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import type { Run } from "../steps.ts";
import { arrives, asFound, keptLines, openScene, right, untouched, wrong } from "./scene.ts";

// Hand edits of files that are ours: the next `up` undoes them, as main.cf says in its first line, but not without a
// copy.
const scene = await openScene();

const edits: [what: string, file: string, edit: string, mark: RegExp][] = [
  [
    "a milter in main.cf",
    "main.cf",
    "postconf -e 'non_smtpd_milters = inet:127.0.0.1:8891' 'milter_default_action = accept'",
    /^non_smtpd_milters = inet:127\.0\.0\.1:8891$/m,
  ],
  [
    "a service of a content filter in master.cf",
    "master.cf",
    "postconf -Me 'amavis/unix = amavis unix - - y - 2 smtp -o smtp_send_xforward_command=yes'",
    /^amavis +unix/m,
  ],
  [
    "a line in an alias map",
    "relay_aliases",
    "echo 'hand: made@example.net' >> /etc/postfix/relay_aliases",
    /^hand: made/m,
  ],
];

/** The copy of an edited file that a run has kept. */
async function copy(host: LabHost, run: Run, file: string): Promise<string> {
  const line = keptLines(run).find((line) => line.includes(file));
  expect(line, run.text).toBeDefined();
  const [path = ""] = line?.match(/\/var\/lib\/postfix-relay\/kept\/[^\s",;)]+/) ?? [];
  expect(path, line).not.toBe("");
  expect((await host.run(`cat ${path}`, { user: "plain" })).code).not.toBe(0);
  return await host.must(`cat ${path}`);
}

describe.each(edits)("%s", (_, file, edit, mark) => {
  const name = file.replace(/\W|_/g, "-");
  const first = { listen: "none", aliases: { ops: ["night@example.net"] } };

  test("red leaves the edit, green keeps a copy of it, root only, and names it", async () => {
    const host = await scene.host(`up-${name}`);
    const steps = scene.steps(host, first);
    expect(await steps.up()).toMatchObject({ code: 0 });
    await host.must(`${edit} && postfix reload`);
    const edited = await host.must(`cat /etc/postfix/${file}`);
    expect(edited).toMatch(mark);
    const before = await untouched(host, `/etc/postfix/${file}`);
    const red = await steps.up({ domain: "red.example.com", credentials: wrong });
    expect(red.code, red.text).not.toBe(0);
    expect(await untouched(host, `/etc/postfix/${file}`), red.text).toBe(before);
    // What is not live any more after it was edited is not called live either: the change to the account is undone.
    const green = await steps.up({ listen: undefined, aliases: { ops: ["day@example.net"] }, credentials: right });
    expect(green.code, green.text).toBe(0);
    expect(await host.must(`cat /etc/postfix/${file}`)).not.toMatch(mark);
    expect(await copy(host, green, file)).toBe(edited);
    await arrives(host, scene.relay, `edited-${name}@example.org`);
    // Reported once, kept for longer.
    const next = await steps.up({ domain: "next.example.com" });
    expect(next.code, next.text).toBe(0);
    expect(next.text).not.toContain("/kept/");
    expect(await asFound(host, "/var/lib/postfix-relay/kept")).toContain(file);
  });

  test("destroy: the edit is not lost, and the output says where it is", async () => {
    const host = await scene.host(`destroy-${name}`);
    const steps = scene.steps(host, first);
    expect(await steps.up()).toMatchObject({ code: 0 });
    await host.must(`${edit} && postfix reload`);
    const edited = await host.must(`cat /etc/postfix/${file}`);
    const run = await steps.destroy();
    expect(run.code, run.text).toBe(0);
    // Of a destroy only stderr is shown.
    expect(run.results.map(({ stderr }) => stderr).join("")).toContain(file);
    expect(await copy(host, run, file)).toBe(edited);
  });
});

test("a service of a content filter in a master.cf that was not ours, then `listen: none`: it stays, or a copy is kept", async () => {
  const [, file, edit, mark] = edits[1] ?? ["", "", "", /^/];
  const host = await scene.host("not-ours");
  const steps = scene.steps(host);
  expect(await steps.up()).toMatchObject({ code: 0 });
  await host.must(`${edit} && postfix reload`);
  const edited = await asFound(host, `/etc/postfix/${file}`);
  const text = await host.must(`cat /etc/postfix/${file}`);
  const run = await steps.up({ listen: "none" });
  expect(run.code, run.text).toBe(0);
  if (!mark.test(await host.must(`cat /etc/postfix/${file}`))) expect(await copy(host, run, file)).toBe(text);
  // Without the argument the file is what it was, with the hand edit in it.
  const dropped = await steps.up({ listen: undefined });
  expect(dropped.code, dropped.text).toBe(0);
  expect(await asFound(host, `/etc/postfix/${file}`)).toBe(edited);
  expect(await steps.destroy()).toMatchObject({ code: 0 });
  expect(await asFound(host, `/etc/postfix/${file}`)).toBe(edited);
});
