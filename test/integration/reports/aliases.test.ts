import { expect, test } from "vitest";
import { inOrder, openScene } from "../others/scene.ts";
import { whereTo } from "./where.ts";

// Whatever keeps newaliases from its work: mail to root is not deferred behind a green `up`.
const scene = await openScene();

const rows: [what: string, name: string, make: string][] = [
  ["/etc/aliases is a dangling link", "dangling", "rm /etc/aliases* && ln -s /srv/none/aliases /etc/aliases"],
  ["/etc/aliases and its index are missing", "missing", "rm -f /etc/aliases*"],
  ["/etc/aliases is a folder", "folder", "rm /etc/aliases* && mkdir /etc/aliases"],
  ["its index is a folder", "index", "rm -f /etc/aliases.db && mkdir /etc/aliases.db"],
  ["its index is damaged", "damaged", "echo x > /etc/aliases.db"],
];

test.each(rows)("%s: root's message arrives; or red, and that is the reason", async (_, name, make) => {
  const host = await scene.host(name);
  await host.must(make);
  const steps = scene.steps(host);
  for (const [rootAlias, place] of [
    [undefined, "mailbox"],
    ["ops@example.org", "ops@example.org"],
  ]) {
    const run = await steps.up({ rootAlias });
    if (run.code !== 0) expect(run.text).toContain("/etc/aliases");
    else expect([await whereTo(host, scene.relay, "root"), await inOrder(host)], run.text).toEqual([place, true]);
  }
});

test("an entry of it leads to a file that is missing: `rootAlias` goes before it", async () => {
  const host = await scene.host("include");
  await host.must("echo 'root: :include:/srv/nothing' > /etc/aliases && newaliases");
  const run = await scene.steps(host, { rootAlias: "ops@example.org" }).up();
  expect(run.code, run.text).toBe(0);
  expect(await whereTo(host, scene.relay, "root")).toBe("ops@example.org");
});

test("it is made a dangling link afterwards: `check` names it, and the next `up` does not stay green without a word", async () => {
  const host = await scene.host("later");
  const steps = scene.steps(host);
  const run = await steps.up();
  expect(run.code, run.text).toBe(0);
  await host.must("rm -f /etc/aliases* && ln -s /srv/none/aliases /etc/aliases");
  const check = await host.run("$(command -v postrelay || command -v postfix-relay) check");
  expect(check.code).toBe(1);
  expect(check.stdout + check.stderr).toContain("/etc/aliases");
  const again = await steps.up({ domain: "later.example.com" });
  if (again.code !== 0) expect(again.text).toContain("/etc/aliases");
  else expect(await whereTo(host, scene.relay, "root"), again.text).toBe("mailbox");
});
