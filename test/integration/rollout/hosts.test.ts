// A rollout over three stacks with a real host each, with the real engine: what its stand-in promises holds.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { engine } from "../../../lab/engine/index.ts";
import { type LabHost, until } from "../../../lab/index.ts";
import { recordOf } from "../../../src/rollout/job.ts";
import { kill } from "../../../src/rollout/session.ts";
import { Stack } from "../stack.ts";
import { openWorld } from "../world.ts";

const program = join(import.meta.dirname, "../../../src/cli/main.ts");
const { world, relay, ...fleet } = await openWorld({ one: {}, two: {}, three: {} });
const hosts = Object.values(fleet) as LabHost[];
let first: Stack;
let stacks: Stack[];
const begun: ChildProcess[] = [];

beforeAll(async () => {
  const [canary, ...others] = hosts;
  if (!canary) return;
  first = await world.stack("one", relay, [canary]);
  stacks = [first];
  for (const host of others) {
    const stack = new Stack(await engine(), {
      folder: first.folder,
      name: host.name,
      env: { SSH_AUTH_SOCK: "", NO_COLOR: "1" },
    });
    await stack.must(["stack", "init", host.name]);
    stack.write(world.config(relay, [host], "root"));
    await stack.secret("postfix-relay:credentials.password", "relaypass");
    await stack.secret("postfix-relay:connection.privateKey", world.lab.key.private);
    stacks.push(stack);
  }
});
afterAll(() => {
  for (const child of begun) child.kill("SIGKILL");
});

function start(...args: string[]) {
  const env = { ...process.env, ...first.env };
  const child = spawn(process.execPath, [program, "rollout", ...args], {
    cwd: first.folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  begun.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      text += data;
    });
  const ended = new Promise<{ code: number | null; text: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, text })),
  );
  return { child, ended, text: () => text };
}

const updates = async (stack: Stack) => {
  const history = JSON.parse(await stack.must(["stack", "history", "--json", "--stack", stack.name])) as {
    kind: string;
    result: string;
  }[];
  return history.filter(({ kind }) => kind === "update").map(({ result }) => result);
};
const messages = async () =>
  (await relay.messages()).map(({ sender }) => sender.replace(/^root@(\w+)\..*/, "$1")).sort();
let id = "";

test("a wrong password: the canary fails, the others have no update and no message", async () => {
  await relay.set("wrong-password");
  const { code, text } = await start("start", "--all", "--yes", "--wave", "1", "--wave", "100%").ended;
  id = /rollout (\S+) begins/.exec(text)?.[1] ?? "";
  expect(code, text).toBe(1);
  expect(text).toMatch(/refuses the user name or password/);
  expect(await updates(first)).toEqual(["failed"]);
  for (const stack of stacks.slice(1)) expect(await updates(stack)).toEqual([]);
  expect(await messages()).toEqual([]);
});

test("mended, and the worker killed in the middle: one update and one message for each host", async () => {
  await relay.set("normal");
  const worker = start("resume", id);
  const jobs = (name: string) => join(first.folder, ".postfix-relay/rollouts", id, name, "start-1/attempt-1/job.json");
  await until("both jobs of the second wave", () => ["two", "three"].every((name) => existsSync(jobs(name))), {
    seconds: 200,
  });
  worker.child.kill("SIGKILL");
  await worker.ended;
  const { code, text } = await start("resume", id).ended;
  expect(code, text).toBe(0);
  expect(text).toContain("3 succeeded");
  expect(await updates(first)).toEqual(["succeeded", "failed"]);
  for (const stack of stacks.slice(1)) expect(await updates(stack)).toEqual(["succeeded"]);
  expect(await messages()).toEqual(["one", "three", "two"]);
});

/** A change for all of them, and the rollout of it in one wave; its jobs have begun. */
async function changing(bounce: string) {
  for (const [index, stack] of stacks.entries())
    await stack.set("postfix-relay:sender", `${bounce}-${index}@example.com`);
  const worker = start("start", "--all", "--yes", "--no-gate", "--wave", "100%");
  const jobs = (stack: Stack, attempt = 1) =>
    join(first.folder, ".postfix-relay/rollouts", id, stack.name, `start-1/attempt-${attempt}`);
  await until(
    "the name of the rollout",
    () => {
      id = /rollout (\S+) begins/.exec(worker.text())?.[1] ?? "";
      return id !== "";
    },
    { seconds: 60 },
  );
  const events = (stack: Stack) => join(jobs(stack), "stdout");
  // The engine has begun: its lock lies there.
  await until(
    "all updates",
    () => stacks.every((stack) => existsSync(events(stack)) && statSync(events(stack)).size > 0),
    {
      seconds: 200,
    },
  );
  return { worker, jobs };
}

/** The messages that have come since the relay had that many, by the host of their sender. */
const since = async (count: number) =>
  (await relay.messages())
    .slice(count)
    .map(({ sender }) => sender)
    .sort();

test("worker and jobs killed in the middle: their locks are ours, and each host has its change once", async () => {
  const before = (await relay.messages()).length;
  const { worker, jobs } = await changing("jobs");
  worker.child.kill("SIGKILL");
  await worker.ended;
  for (const stack of stacks) kill(recordOf(jobs(stack))?.pid ?? 0);
  const { code, text } = await start("resume", id).ended;
  expect(code, text).toBe(0);
  expect(text).toContain("3 succeeded");
  for (const stack of stacks) expect((await updates(stack))[0]).toBe("succeeded");
  const got = await since(before);
  expect([...new Set(got)]).toEqual(["jobs-0@example.com", "jobs-1@example.com", "jobs-2@example.com"]);
  // Who is killed between the relay's answer and the record of it proves it once more.
  expect(got.length).toBeLessThanOrEqual(6);
});

test("PostgreSQL killed in the middle: one update and one message for each host", async () => {
  const before = (await relay.messages()).length;
  const counts = await Promise.all(stacks.map(async (stack) => (await updates(stack)).length));
  const { worker } = await changing("server");
  const pid = readFileSync(join(first.folder, ".postfix-relay/postgres/postmaster.pid"), "utf8").split("\n")[0];
  process.kill(Number(pid), "SIGKILL");
  const { code, text } = await worker.ended;
  expect(code, text).toBe(0);
  for (const [index, stack] of stacks.entries()) expect(await updates(stack)).toHaveLength((counts[index] ?? 0) + 1);
  expect(await since(before)).toEqual(["server-0@example.com", "server-1@example.com", "server-2@example.com"]);
});

test("somebody else works on a stack: 75, and Pulumi's lock is still there", async () => {
  const locks = join(first.folder, "state/.pulumi/locks/organization/postfix-relay", first.name);
  mkdirSync(locks, { recursive: true });
  const lock = join(locks, "0b7d8f0e-5a35-4f0e-9a57-3f1b6b3f7c11.json");
  const whose = { pid: 4711, username: "eve", hostname: "elsewhere", timestamp: new Date().toISOString() };
  writeFileSync(lock, JSON.stringify(whose));
  const before = await updates(first);
  const { code, text } = await start("start", "--stack", first.name, "--yes", "--no-gate").ended;
  expect(code, text).toBe(75);
  expect(text).toMatch(
    /locked by eve on elsewhere \(pid 4711\); if nobody works there, run `pulumi cancel --stack one`/,
  );
  expect(existsSync(lock)).toBe(true);
  rmSync(lock);
  expect(await updates(first)).toEqual(before);
  const open = /rollout (\S+) begins/.exec(text)?.[1] ?? "";
  expect((await start("abort", open, "--yes").ended).code).toBe(4);
});

test("the gate has asked the hosts, and no secret lies in logs and results", async () => {
  const { text } = await start("status", id, "--json").ended;
  const status = JSON.parse(text);
  expect(status).toMatchObject({ phase: "done", code: 0 });
  const found = execFileSync("sh", [
    "-c",
    'grep -rlE "relaypass|BEGIN OPENSSH|only for this test" "$1" || true',
    "-",
    join(first.folder, ".postfix-relay"),
  ]);
  expect(`${found}`).toBe("");
});
