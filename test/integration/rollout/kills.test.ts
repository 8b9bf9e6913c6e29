// Whatever is killed, and whenever: each stack has one `up` that ends. The engine and PostgreSQL are real, and a
// stand-in for `pulumi` takes no time.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { idIn, type Running, TestProject, until } from "./project.ts";

vi.setConfig({ testTimeout: 600_000 });

const victims = ["the worker", "the worker and its jobs", "PostgreSQL"] as const;

/** When it is killed. Where `up` waits, it goes on after that. */
interface Phase {
  readonly when: string;
  readonly waits?: boolean;
  readonly more?: readonly string[];
  readonly is: (place: { running: Running; stack: string; attempt: string }) => boolean;
}

const phases: readonly Phase[] = [
  { when: "right after the start of a job", waits: true, is: ({ attempt }) => existsSync(attempt) },
  { when: "while a job runs", waits: true, is: ({ stack }) => project.begun().includes(stack) },
  { when: "as a job ends", is: ({ attempt }) => existsSync(join(attempt, "exit")) },
  {
    when: "while a wave is watched",
    more: ["--bake", "3s"],
    is: ({ running }) => running.stderr().includes("wave 1/2 baking"),
  },
  {
    when: "while it waits for an approval",
    more: ["--approval", "after-canary"],
    is: ({ running }) => running.stderr().includes("wave 1/2 waiting"),
  },
];

const project = new TestProject(2 * victims.length * phases.length);
const stacks = [...project.stacks];
afterAll(() => project.remove());

const rows = phases.flatMap((phase) => victims.map((victim) => [victim, phase.when, phase] as const));

test.each(rows)("%s is killed %s", async (victim, _, { waits, more = [], is }) => {
  const [stack = "", other = ""] = stacks.splice(0, 2);
  if (waits) project.does(stack, until(`${stack}.on`));
  const chosen = ["--stack", stack, "--stack", other, "--wave", "1", "--wave", "100%"];
  const running = project.start("start", ...chosen, "--yes", "--no-gate", ...more);
  await project.until(() => idIn(running.stderr()) !== "");
  const id = idIn(running.stderr());
  const start = join(project.folder, ".postfix-relay/rollouts", id, stack, "start-1");
  const place = { running, stack, attempt: join(start, "attempt-1") };
  await vi.waitUntil(() => is(place), { timeout: 120_000, interval: 2 });

  if (victim === "PostgreSQL") spawnSync("kill", ["-9", postmaster()]);
  else {
    running.child.kill("SIGKILL");
    await running.ended;
  }
  if (victim === "the worker and its jobs") project.killJobs(id);
  project.open(`${stack}.on`);

  let last = victim === "PostgreSQL" ? await running.ended : await project.run("resume", id);
  if (last.code === 3) {
    expect(last.stdout, last.stderr).toContain(`\`postfix-relay rollout approve ${id}\``);
    expect((await project.run("approve", id)).code).toBe(0);
    last = await project.run("resume", id);
  }
  expect([last.code, last.stdout], last.stderr).toEqual([0, expect.stringContaining("2 succeeded")]);
  expect(project.ended().filter((one) => [stack, other].includes(one))).toEqual([stack, other]);
});

const postmaster = () =>
  readFileSync(join(project.folder, ".postfix-relay/postgres/postmaster.pid"), "utf8").split("\n")[0] ?? "";
