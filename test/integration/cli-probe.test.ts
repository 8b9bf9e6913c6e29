// `postfix-relay check --probe`: whether mail leaves each host now.

import { beforeAll, expect, test } from "vitest";
import { openCommandLine } from "./cli-scene.ts";
import type { Stack } from "./stack.ts";
import { watch } from "./watch.ts";

const cli = await openCommandLine();
const { relay, web, said } = cli;
let stack: Stack;
let marks: string[];
const command = (args: string) => cli.command(stack, args);

beforeAll(async () => {
  ({ stack, marks } = await cli.open());
});

test("check with a probe of each host: one login each, and no message", async () => {
  const before = (await relay.messages()).length;
  const watching = watch(web.root, marks);
  expect(await command("check --probe")).toEqual({
    code: 0,
    stdout: `\
HOST  STATE    PROBE     DETAILS
web   in sync  answered
db    in sync  answered

2 hosts: 2 in sync; 2 probed: 2 answered
`,
    stderr: "",
  });
  expect((await watching.stop()).processes).toEqual([]);
  const { hosts } = JSON.parse((await command("check --probe --json --host web")).stdout);
  expect(hosts[0].probe).toMatchObject({ state: "answered", report: { postrelay: "probe", answered: "yes" } });
  expect(await relay.messages()).toHaveLength(before);
});

test("a relay that takes no login: each probe says so, and nothing has drifted", async () => {
  await relay.set("wrong-password");
  const { code, stdout } = await command("check --probe");
  await relay.set("normal");
  expect(code).toBe(1);
  for (const host of ["web", "db"])
    expect(stdout).toMatch(
      new RegExp(`^${host} +in sync +not answered +probe: The relay refuses the user name or password`, "m"),
    );
  expect(stdout).toMatch(/^2 hosts: 2 in sync; 2 probed: 2 not answered$/m);
  expect(await command("check --probe")).toMatchObject({ code: 0 });
});

test("no secret was in anything that was printed", () => {
  const text = said.map(({ stdout, stderr }) => stdout + stderr).join("\n");
  expect(text.length).toBeGreaterThan(300);
  for (const mark of marks) expect(text).not.toContain(mark);
});
