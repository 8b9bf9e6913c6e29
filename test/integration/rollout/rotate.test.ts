// A new password for many stacks, with the real engine and a stand-in for `pulumi`: what is written, what is refused
// before anything is, and that nobody sees it.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { HOST_KEY } from "../../support/args.ts";
import { idIn, type Ran, TestProject } from "./project.ts";

vi.setConfig({ testTimeout: 600_000 });

const project = new TestProject(4);
const go = ["--yes", "--no-gate"];
const said: Ran[] = [];
afterAll(() => project.remove());
beforeEach(() => {
  for (const stack of project.stacks) {
    project.configure(stack);
    project.does(stack, "events 1");
  }
});

async function rotate(words: string[], password: string): Promise<Ran> {
  const ran = await project.command(["credentials", "rotate", ...words], password).ended;
  said.push(ran);
  return ran;
}
const given = () => project.stacks.map((stack) => project.given(stack));
const configCalls = () =>
  project.calls().filter((line) => line.startsWith("config ") && line.endsWith(" begins")).length;

test("written into all stacks, and rolled out: the plan is that of the new files", async () => {
  const { code, stdout, stderr } = await rotate(["--all", "--username", "second", ...go], "poison-Vq3\n");
  expect(code, stderr).toBe(0);
  expect(given()).toEqual(project.stacks.map(() => "poison-Vq3"));
  expect(project.stacks.map((stack) => project.given(stack, "username"))).toEqual(project.stacks.map(() => "second"));
  expect(stderr).toContain("a new password for second in postfix-relay:credentials in 4 stacks\n");
  expect(stderr).toContain("see with `postfix-relay credentials status`");
  expect(stdout).toContain(`rollout ${idIn(stderr)} is done, wave 2 of 2: 4 succeeded`);
  expect(readFileSync(join(project.folder, "Pulumi.s01.yaml"), "utf8")).toMatch(
    /# set: postfix-relay:credentials\.password\n# set: postfix-relay:credentials\.username\n$/,
  );
});

test("the same again writes nothing, and rolls out what is left", async () => {
  project.open("s02.closed");
  const first = await rotate(["--all", ...go], "poison-Hx8");
  expect(first.code, first.stderr).toBe(1);
  expect(first.stderr).toMatch(
    /stack s02: pulumi has failed\n3 of 4 stacks have the new password in their files, and no/,
  );
  expect(idIn(first.stderr)).toBe("");
  rmSync(join(project.folder, "s02.closed"));
  const second = await rotate(["--all", ...go], "poison-Hx8");
  expect(second.code, second.stderr).toBe(0);
  expect(second.stderr).toContain("in 4 stacks, of which 3 have it already\n");
  expect(given()).toEqual(project.stacks.map(() => "poison-Hx8"));
});

test.each<[what: string, words: string[], password: string, says: RegExp]>([
  ["a password that breaks a rule", ["--all", ...go], "abc", /stacks s01, s02, s03, s04: .*shorter than 4 characters/],
  ["nothing on stdin", ["--all", ...go], "", /there is no password on stdin/],
  ["two lines", ["--all", ...go], "poison-1\npoison-2\n", /credentials\.password: .*\nnothing was written/s],
  ["no --yes in a pipe", ["--all"], "poison-Zm5", /there is no terminal to ask on; add --yes/],
  ["nothing is chosen", go, "poison-Zm5", /nothing is chosen/],
  [
    "an account that is not there",
    ["--all", "--account", "x.example.net", ...go],
    "poison-Zm5",
    /it has no postfix-relay:accounts/,
  ],
  [
    "a host that is not there",
    ["--all", "--path", "hosts[3].credentials", ...go],
    "poison-Zm5",
    /it has no postfix-relay:hosts\[3\]/,
  ],
  ["the user name as password", ["--all", ...go], "relayuser", /credentials\.username: .*is the password/],
])("refused before anything is written: %s", async (_, words, password, says) => {
  const before = configCalls();
  const { code, stdout, stderr } = await rotate(words, password);
  expect({ code, stdout }, stderr).toEqual({ code: 64, stdout: "" });
  expect(stderr).toMatch(says);
  expect(given()).toEqual(project.stacks.map(() => "before-Kx4"));
  // What was asked was only looked at.
  expect(configCalls() - before).toBeLessThanOrEqual(project.stacks.length);
});

test("where the old one dies at once, all hosts change in one wave", async () => {
  project.configure("s03", { rotation: "cutover" });
  const refused = await rotate(["--all", ...go], "poison-Lb9");
  expect(refused).toMatchObject({
    code: 64,
    stderr: expect.stringMatching(
      /stack s03: it has `rotation: cutover`, so all hosts have to change in one wave; add `--wave 100%`/,
    ),
  });
  expect(given()).toEqual(project.stacks.map(() => "before-Kx4"));
  expect(await rotate(["--all", "--wave", "100%", ...go], "poison-Lb9")).toMatchObject({ code: 0 });
});

test("a host with a password of its own is named, and stays as it is", async () => {
  const host = (name: string, address: string, more = {}) => ({
    name,
    connection: { host: address, hostKey: HOST_KEY },
    ...more,
  });
  const own = { credentials: { username: "own", password: "before-Kx4" } };
  project.configure("s01", { hosts: [host("web", "192.0.2.1"), host("db", "192.0.2.2", own)] });
  const { code, stderr } = await rotate(["--stack", "s01", ...go], "poison-Rt3");
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(
    /stack s01: not changed, with passwords of their own: db\nstack s01: the old password stands at postfix-relay:hosts\[1\]\.credentials\.password, too, and stays there\n/,
  );
});

test("while a rollout has a stack, it is not written", async () => {
  project.does("s01", 'fail "not well"');
  const { stderr } = await project.run("start", "--stack", "s01", ...go);
  const second = await rotate(["--all", ...go], "poison-Ws5");
  expect(second).toMatchObject({ code: 75, stderr: expect.stringContaining(`rollout ${idIn(stderr)} is open`) });
  expect(given()).toEqual(project.stacks.map(() => "before-Kx4"));
  await project.run("abort", idIn(stderr));
});

test("nobody sees a password: not in what is printed, nor in calls, results and the database", () => {
  const printed = said.map(({ stdout, stderr }) => stdout + stderr).join("\n") + project.calls().join("\n");
  expect(printed).not.toMatch(/poison|before-Kx4/);
  const found = spawnSync("grep", ["-rlE", "poison|before-Kx4", join(project.folder, ".postfix-relay")], {
    encoding: "utf8",
  });
  expect(found.stdout).toBe("");
  expect(readdirSync(project.folder)).toContain(".postfix-relay");
});
