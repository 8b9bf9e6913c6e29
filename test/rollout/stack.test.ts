// Jobs that outlive their worker, with a stand-in for `pulumi`: however the worker ends, each stack has one `up`.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { attemptsIn, recordOf } from "../../src/rollout/job.ts";
import { isAlive, kill, sessionOf } from "../../src/rollout/session.ts";
import { runStack, type StackTask } from "../../src/rollout/stack.ts";

const root = mkdtempSync(join(tmpdir(), "postfix-relay-jobs-"));
const env = { ...process.env, PATH: `${import.meta.dirname}/stand-in:${process.env.PATH}`, STAND_IN: root };
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
/** A stack of its own, whose `up` does that. */
function stackThat(does?: string) {
  count += 1;
  const stack = `s${count}`;
  if (does !== undefined) writeFileSync(join(root, `${stack}.does`), does);
  const folder = join(root, "r", stack, "start-1");
  const told: string[] = [];
  const place = {
    jobs: root,
    cwd: root,
    env,
    fingerprint: () => "f",
    tell: (_: string, what: string) => void told.push(what),
  };
  const task: StackTask = { rollout: "r", stack, fingerprint: "f", start: 1, timeout: 30 };
  return {
    stack,
    folder,
    told,
    go: (more: Partial<StackTask> = {}) => runStack({ ...task, ...more }, place),
    ran: () =>
      readFileSync(join(root, "ran"), "utf8")
        .split("\n")
        .filter((line) => line.includes(` ${stack} `))
        .map((line) => line.replace(/ \d+$/, "")),
  };
}

/** A worker in a process of its own that has begun the job. */
async function workerOn(stack: string, folder: string) {
  const worker = spawn(process.execPath, [join(import.meta.dirname, "one-stack.ts"), root, stack, "30"], {
    env,
    stdio: "ignore",
  });
  const gone = new Promise((resolve) => worker.on("exit", resolve));
  await vi.waitUntil(() => existsSync(join(folder, "attempt-1/job.json")), { timeout: 30_000 });
  return {
    kill: () => {
      worker.kill("SIGKILL");
      return gone;
    },
  };
}

const once = (stack: string) => [`up ${stack} begins`, `up ${stack} done`];
const until = (name: string) => `while [ ! -e "$STAND_IN/${name}" ]; do sleep 0.05; done; events 2`;
const open = (name: string) => writeFileSync(join(root, name), "");

test("a job, and the digest of what it has said", async () => {
  const { stack, go, ran, told, folder } = stackThat();
  expect(await go()).toMatchObject({
    state: "succeeded",
    how: "ran",
    attempts: 1,
    changes: { same: 1, update: 1 },
    why: [],
  });
  expect([ran(), told]).toEqual([once(stack), ["running", "succeeded"]]);
  expect(readdirSync(join(folder, "attempt-1")).sort()).toEqual(["exit", "job.json", "log", "stderr"]);
  // Again: nothing runs.
  expect(await go()).toMatchObject({ state: "succeeded" });
  expect(ran()).toEqual(once(stack));
});

test("worker killed, job runs on: adopted", async () => {
  const { stack, go, ran, folder } = stackThat(until("adopt"));
  const worker = await workerOn(stack, folder);
  await worker.kill();
  const result = go();
  open("adopt");
  expect(await result).toMatchObject({ state: "succeeded", how: "adopted", attempts: 1, changes: { update: 2 } });
  expect(ran()).toEqual(once(stack));
});

test("worker killed, job ended meanwhile: found", async () => {
  const { stack, go, ran, folder } = stackThat(until("found"));
  const worker = await workerOn(stack, folder);
  await worker.kill();
  open("found");
  await vi.waitUntil(() => existsSync(join(folder, "attempt-1/exit")));
  expect(await go()).toMatchObject({ state: "succeeded", how: "found", attempts: 1 });
  expect(ran()).toEqual(once(stack));
});

test("worker and job killed: the lock that they left is ours, and a second attempt is made", async () => {
  const { stack, go, ran, folder } = stackThat(`[ -e "$STAND_IN/cut" ] || sleep 30; events 1`);
  const worker = await workerOn(stack, folder);
  await vi.waitUntil(() => existsSync(join(root, `${stack}.lock`)));
  await worker.kill();
  kill(recordOf(join(folder, "attempt-1"))?.pid ?? 0);
  open("cut");
  // The second attempt finds the lock, the third is the one that runs.
  expect(await go()).toMatchObject({ state: "succeeded", how: "ran", attempts: 3 });
  expect(ran()).toEqual([`up ${stack} begins`, `up ${stack} begins`, `cancel ${stack} begins`, ...once(stack)]);
});

test("the lock of somebody else stays, and says whose it is", async () => {
  const { stack, go, ran } = stackThat();
  const lock = join(root, `${stack}.lock`);
  writeFileSync(lock, `created by eve@${hostname()} (pid 1) at 2026-01-01T00:00:00Z\n`);
  const { state, why } = await go();
  expect([state, why[0]]).toEqual([
    "locked",
    expect.stringMatching(/^locked by eve on \S+ \(pid 1\);.*`pulumi cancel --stack s/),
  ]);
  expect([existsSync(lock), ran()]).toEqual([true, [`up ${stack} begins`]]);
});

test("two workers at once on one start: one attempt", async () => {
  const { stack, go, ran } = stackThat("sleep 0.3; events 1");
  const both = await Promise.all([go(), go(), go()]);
  expect(both.map(({ state, attempts }) => [state, attempts])).toEqual(Array(3).fill(["succeeded", 1]));
  expect(ran()).toEqual(once(stack));
});

test("over its time: interrupted as by Ctrl-C, its lock released, no process left", async () => {
  const { stack, go, ran, folder } = stackThat("sleep 30 & wait");
  expect(await go({ timeout: 0.5 })).toMatchObject({ state: "timed-out", why: ["no end within 0.5 s"] });
  expect(ran()).toEqual([`up ${stack} begins`, `up ${stack} interrupted`]);
  expect(existsSync(join(root, `${stack}.lock`))).toBe(false);
  const record = recordOf(join(folder, "attempt-1"));
  if (record) kill(record.pid);
  await vi.waitUntil(() => record && !isAlive(record) && sessionOf(record.pid).length === 0);
});

test("a process of the same number is not the job: pid, start and boot count", async () => {
  const { go, folder } = stackThat();
  mkdirSync(join(folder, "attempt-1"), { recursive: true });
  const record = { pid: process.pid, start: "1", boot: "x", host: hostname(), at: Date.now() };
  writeFileSync(join(folder, "attempt-1/job.json"), JSON.stringify(record));
  expect(await go()).toMatchObject({ state: "succeeded", attempts: 2 });
  expect(attemptsIn(folder)).toHaveLength(2);
});

test("another fingerprint: not started", async () => {
  const { go, folder } = stackThat();
  expect(await go({ fingerprint: "g" })).toMatchObject({ state: "changed", how: "refused", attempts: 0 });
  expect(attemptsIn(folder)).toEqual([]);
});

test("a folder that cannot be written: not started, with what to do", async () => {
  const { stack, go } = stackThat();
  writeFileSync(join(root, "r", stack), "");
  expect(await go()).toMatchObject({
    state: "failed",
    how: "refused",
    why: [expect.stringMatching(/^not started: .*rollout retry/)],
  });
});

test.each([
  ["535 5.7.8 authentication failed", "failed"],
  ["dial tcp 192.0.2.1:22: connect: connection refused", "unreachable"],
])("%s: %s", async (message, state) => {
  const { go, folder } = stackThat(`fail "${message}"`);
  expect(await go()).toMatchObject({ state, why: [message] });
  expect(readFileSync(join(folder, "attempt-1/log"), "utf8")).toBe(`error: web-delivery: ${message}\n`);
  expect(existsSync(join(folder, "attempt-1/stdout.gz"))).toBe(true);
});
