// The commands of docs/rollout.md, one after the other as they stand there, with a stand-in for `pulumi`.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { ROLLOUT_CODES } from "../../../src/cli/rollout-options.ts";
import { idIn, TestProject } from "./project.ts";

vi.setConfig({ testTimeout: 600_000 });

const page = readFileSync(join(import.meta.dirname, "../../../docs/rollout.md"), "utf8");
const [walk = [], stop = [], password = []] = [...page.matchAll(/```console\n(.*?)```/gs)].map(([, text = ""]) =>
  [...text.matchAll(/^\$ postfix-relay (?:rollout )?(.*)$/gm)].map(([, line = ""]) => line.split(" ")),
);
const project = new TestProject(4);
afterAll(() => project.remove());

const run = (words: readonly string[], id: string) => {
  const gate = words[0] === "start" ? ["--no-gate"] : [];
  return project.run(...words.map((word) => (word === "ID" ? id : word)), ...gate);
};

test("plan, start, look on", async () => {
  let id = "";
  const codes: (number | null)[] = [];
  for (const words of walk) {
    const ran = await run(words, id);
    id ||= idIn(ran.stderr);
    codes.push(ran.code);
  }
  expect(codes).toEqual([0, 3, 0, 0, 0, 0, 0, 0, 0]);
  for (const file of ["report.html", "junit.xml", "report.md"])
    expect(existsSync(join(project.folder, file))).toBe(true);
});

test("the ways on after a stop", async () => {
  project.does("s01", 'fail "not well"');
  const { code, stderr } = await project.run("start", "--all", "--yes", "--no-gate");
  expect(code).toBe(1);
  const codes: (number | null)[] = [];
  for (const words of stop) codes.push((await run(words, idIn(stderr))).code);
  // It fails again each time, and is aborted in the end. A pause of what is stopped changes nothing.
  expect(codes).toEqual([0, 1, 1, 4]);
});

test("a new password; of hosts that were never set up it is not known who has it", async () => {
  for (const stack of project.stacks) {
    project.does(stack, "events 1");
    project.configure(stack);
  }
  const codes: (number | null)[] = [];
  for (const words of password) {
    const gate = words.includes("rotate") ? ["--no-gate"] : [];
    codes.push((await project.command([...words, ...gate], "after-Qm7").ended).code);
  }
  expect(codes).toEqual([0, 2]);
  expect(project.stacks.map((stack) => project.given(stack))).toEqual(project.stacks.map(() => "after-Qm7"));
});

test("the table of exit codes is that of --help", () => {
  const inHelp = [...ROLLOUT_CODES.matchAll(/^ +(\d+) +([^;\n]+)/gm)].map(([, code, text]) => `| ${code} | ${text} |`);
  for (const row of inHelp) expect(page).toContain(row);
});
