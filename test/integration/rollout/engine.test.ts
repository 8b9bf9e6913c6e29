// Rollouts on the real engine and a real PostgreSQL, with a stand-in for `pulumi`: whatever is killed, each stack has
// one `up`. On real hosts: hosts.test.ts.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { idIn, TestProject, until } from "./project.ts";

vi.setConfig({ testTimeout: 600_000 });

const project = new TestProject(6);
const go = ["--yes", "--no-gate", "--concurrency", "2"];
afterAll(() => project.remove());

test("a wrong canary stops it before the others; the report says who has what, and the ways on", async () => {
  project.does("s01", 'fail "535 5.7.8 authentication failed"');
  const { code, stdout, stderr } = await project.run(
    "start",
    "--all",
    ...go,
    "--junit",
    "junit.xml",
    "--html",
    "page.html",
  );
  const id = idIn(stderr);
  expect(code, stderr).toBe(1);
  expect(stdout).toMatch(
    `rollout ${id} is stopped, wave 1 of 2: 1 failed, 5 pending\nwhy: 1 failed, and 0 may: s01\ns01 failed: 535 5.7.8 authentication failed\n`,
  );
  expect(stdout).toContain("no stack has the new configuration\n");
  expect(stderr).toMatch(/\[\d\d:\d\d:\d\d\] wave 1\/2 s01 failed \(\d+s\): 535 5\.7\.8/);
  expect(project.begun()).toEqual(["s01"]);
  expect(readFileSync(join(project.folder, "junit.xml"), "utf8")).toContain('<failure message="535 5.7.8');
  // Another one over the same stacks is refused as long as it is open.
  const second = await project.run("start", "--stack", "s01", ...go);
  expect(second).toMatchObject({
    code: 75,
    stderr: expect.stringContaining(`rollout ${id} is open (stopped) and has s01`),
  });

  // Mended, and the worker is killed in the middle: the jobs run on, and are adopted.
  project.does("s01", "events 1");
  for (const stack of ["s02", "s03"]) project.does(stack, until("on"));
  const worker = project.start("resume", id);
  await project.until(() => project.begun().includes("s03"), worker);
  worker.child.kill("SIGKILL");
  await worker.ended;
  expect(await project.run("status", id)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/\b2 running/),
  });
  const other = project.start("resume", id);
  project.open("on");
  const done = await other.ended;
  expect(done.stdout, done.stderr).toContain(`rollout ${id} is done, wave 2 of 2: 6 succeeded`);
  expect(done.code).toBe(0);
  expect(project.begun().toSorted()).toEqual(["s01", "s01", "s02", "s03", "s04", "s05", "s06"]);
});

test("approval survives; abort beats approve", async () => {
  const before = project.begun().length;
  const { code, stderr, stdout } = await project.run(
    "start",
    "--all",
    "--exclude",
    "s06",
    ...go,
    "--approval",
    "after-canary",
  );
  const id = idIn(stderr);
  expect([code, stdout], stderr).toEqual([3, expect.stringContaining(`\`postfix-relay rollout approve ${id}\``)]);
  expect((await project.run("approve", id)).code).toBe(0);
  const aborted = await project.run("abort", id);
  expect(aborted, aborted.stderr).toMatchObject({ code: 4, stdout: expect.stringContaining("1 succeeded, 4 skipped") });
  expect(project.begun().slice(before)).toEqual(["s01"]);
  expect(await project.run("resume", id)).toMatchObject({ code: 64, stderr: expect.stringContaining("is aborted") });
});

test("PostgreSQL killed in the middle: it is started again, and the rollout continues", async () => {
  project.does("s04", until("after"));
  const before = project.begun().length;
  const running = project.start("start", "--stack", "s04", "--stack", "s05", ...go);
  await project.until(() => project.begun().length > before, running);
  const pid = readFileSync(join(project.folder, ".postfix-relay/postgres/postmaster.pid"), "utf8").split("\n")[0];
  spawnSync("kill", ["-9", `${pid}`]);
  project.open("after");
  const { code, stdout, stderr } = await running.ended;
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining("2 succeeded")]);
  expect(project.begun().slice(before)).toEqual(["s04", "s05"]);
});

test("a stack file that changes between two waves: paused before it; a new plan has what is left", async () => {
  const before = project.begun().length;
  project.does("s01", until("changed"));
  const chosen = ["--stack", "s01", "--stack", "s02", "--stack", "s03", "--wave", "1", "--wave", "100%"];
  const running = project.start("start", ...chosen, ...go);
  await project.until(() => project.begun().length > before, running);
  project.write("s02", "192.0.2.77");
  project.open("changed");
  const paused = await running.ended;
  const id = idIn(paused.stderr);
  expect([paused.code, paused.stdout], paused.stderr).toEqual([3, expect.stringMatching(/1 changed/)]);
  expect(paused.stdout).toContain(`rollout resume ${id} --replan`);
  expect(project.begun().slice(before).toSorted()).toEqual(["s01", "s03"]);
  const refused = await project.run("resume", id);
  expect(refused).toMatchObject({ code: 64, stderr: expect.stringMatching(/have changed: s02; .* --replan/) });
  const { code, stdout, stderr } = await project.run("resume", id, "--replan", "--yes");
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining("1 succeeded")]);
  expect(project.begun().slice(before).toSorted()).toEqual(["s01", "s02", "s03"]);
});

test("somebody else works on a stack: 75, with the name; the lock is still there", async () => {
  const lock = join(project.folder, "s06.lock");
  writeFileSync(lock, "created by eve@elsewhere (pid 4711) at 2026-01-01T00:00:00Z\n");
  const { code, stdout, stderr } = await project.run("start", "--stack", "s06", ...go);
  expect([code, stdout], stderr).toEqual([75, expect.stringMatching(/locked by eve on elsewhere \(pid 4711\)/)]);
  expect(existsSync(lock)).toBe(true);
  rmSync(lock);
  expect(await project.run("retry", idIn(stderr), "s06")).toMatchObject({ code: 0 });
});

test("Ctrl-C once: what runs ends, and no more are begun", async () => {
  const before = project.begun().length;
  project.does("s01", until("ctrl"));
  const running = project.start("start", "--stack", "s01", "--stack", "s02", ...go);
  await project.until(() => project.begun().length > before, running);
  running.child.kill("SIGINT");
  await project.until(() => running.stderr().includes("once more leaves at once"));
  project.open("ctrl");
  const { code, stdout, stderr } = await running.ended;
  expect([code, stdout], stderr).toEqual([130, expect.stringContaining("1 succeeded, 1 pending")]);
  expect(project.begun().slice(before)).toEqual(["s01"]);
  expect(await project.run("resume", idIn(stderr))).toMatchObject({ code: 0 });
});
