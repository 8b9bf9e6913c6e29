// What the command line does on a host, on a real one: a message, a probe, the queue, and the way back.

import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { run } from "../../lab/shell.ts";
import type { Stack } from "./stack.ts";
import { openWorld } from "./world.ts";

const program = join(import.meta.dirname, "../../src/cli/main.ts");
const { world, relay, web } = await openWorld({ web: {} });
let stack: Stack;

beforeAll(async () => {
  stack = await world.stack("prod", relay, [web], { user: "deploy" });
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
});

/** Runs the command in the project's folder, into pipes. */
const command = (...args: string[]) =>
  run(process.execPath, [program, ...args], { cwd: stack.folder, env: stack.env, timeout: 300 });

test("a message arrives, from a user without rights", async () => {
  const ran = await command("test", "web", "--to", "now@example.org");
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/^web +sent +relay.*: 250 /m) });
  await relay.waitFor(({ recipients }) => recipients.includes("now@example.org"));
  expect(await web.journal()).toMatch(/pickup\[\d+\]: \w+: uid=65534 from=<root@/);
});

test("a probe is answered, and makes no message", async () => {
  const before = (await relay.messages()).length;
  const { code, stdout } = await command("probe", "web", "--json");
  expect(code, stdout).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ version: 2, hosts: [{ host: "web", state: "answered" }] });
  expect(await relay.messages()).toHaveLength(before);
});

test("nothing waits", async () => {
  expect(await command("queue", "web")).toMatchObject({ code: 0, stdout: expect.stringMatching(/^web +empty$/m) });
});

test("a relay that refuses the password: not sent, and the message waits with the reason", async () => {
  await relay.set("wrong-password");
  const ran = await command("test", "web", "--to", "later@example.org");
  expect(ran).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^web +not sent +.*\n.*refuses the user name or password/m),
  });
  const { stdout } = await command("queue", "web");
  expect(stdout).toMatch(/^web +\d+ waiting +0 active, \d+ deferred, 0 on hold$/m);
  expect(stdout).toMatch(/root@\S+ -> later@example\.org \(\d+ bytes\)\n +.*authentication failed/);
  await relay.set("normal");
});

test("back to the configuration of before, which is drift from then on", async () => {
  expect((await command("rollback", "web", "--yes")).stdout).toMatch(
    /^web +failed +no configuration was proven before/m,
  );
  await stack.set("postfix-relay:stripHeaders[0]", "X-Mailer");
  const up = await stack.up();
  expect(up.code, up.text).toBe(0);
  const asked = await command("rollback", "web");
  expect(asked).toMatchObject({ code: 64, stderr: expect.stringContaining("add --yes") });
  const back = await command("rollback", "web", "--yes");
  expect(back).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^web +rolled back +live is \w+ rolled-back$/m),
  });
  expect(await command("check")).toMatchObject({ code: 1, stdout: expect.stringMatching(/^web +drift /m) });
});
