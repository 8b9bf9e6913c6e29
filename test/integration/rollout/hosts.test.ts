// A rollout over three stacks with a real host each, with the real engine: what its stand-in promises holds.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { engine } from "../../../lab/engine/index.ts";
import { type LabHost, until } from "../../../lab/index.ts";
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
