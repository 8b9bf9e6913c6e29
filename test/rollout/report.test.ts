import { expect, test } from "vitest";
import { page } from "../../src/rollout/page.ts";
import { initial, step } from "../../src/rollout/planner.ts";
import { junit, markdown, summary } from "../../src/rollout/report.ts";
import type { StackResult } from "../../src/rollout/stack.ts";
import { type Child, statusOf } from "../../src/rollout/status.ts";
import { planOf } from "../support/rollout.ts";

const names = ["a", "b", "c"];
const plan = planOf("2026-11-30-x", [["a"], ["b", "c"]]);
const result = (stack: string, more: Partial<StackResult> = {}): Child => ({
  stack,
  start: 1,
  state: {
    stack,
    state: "succeeded",
    how: "ran",
    attempts: 1,
    began: 1000,
    ended: 4000,
    changes: { update: 2 },
    why: [],
    folder: `/jobs/${stack}`,
    ...more,
  },
});
const bad = { state: "failed", why: ["535 <b>no</b> & \u0007]]>", "what to do"] } as const;
let { state } = step(plan, initial(plan), { type: "begin" });
({ state } = step(plan, state, { type: "ended", results: [{ stack: "a", state: "succeeded" }] }));
({ state } = step(plan, state, {
  type: "ended",
  results: [
    { stack: "b", state: "failed" },
    { stack: "c", state: "cancelled" },
  ],
}));
const status = statusOf(plan, state, [result("a"), result("b", bad), { stack: "c", start: 1, state: "cancelled" }], 0);

test("the status: phase, code, and each stack", () => {
  expect(status).toMatchObject({ phase: "stopped", code: 1, wave: 2, waves: 2, why: "1 failed, and 0 may: b" });
  expect(status.stacks.map(({ stack, state, wave }) => [stack, state, wave])).toEqual([
    ["a", "succeeded", 1],
    ["b", "failed", 2],
    ["c", "pending", 2],
  ]);
});

test("while it runs, what the stacks are counts", () => {
  const { state } = step(plan, initial(plan), { type: "begin" });
  const now = (child: Child["state"]) =>
    statusOf(plan, state, [{ stack: "a", start: 1, state: child }], 0).stacks[0]?.state;
  expect([now("running"), now("queued"), now("cancelled"), now("fault")]).toEqual([
    "running",
    "queued",
    "pending",
    "failed",
  ]);
  expect(statusOf(plan, undefined, [], 0)).toMatchObject({ phase: "running", code: 0 });
});

test.each(["waiting", "paused", "aborted", "done"] as const)("the exit code of one that is %s", (phase) => {
  const codes = { waiting: 3, paused: 3, aborted: 4, done: 0 };
  expect(statusOf(plan, { ...state, phase }, [], 0).code).toBe(codes[phase]);
});

test("a stop for want of locks alone is 75; a pause since nobody can tell is 2", () => {
  const locked = statusOf(plan, { ...state, stacks: { a: "succeeded", b: "locked", c: "pending" } }, [], 0);
  expect(locked.code).toBe(75);
  const unknown = { ...state, phase: "paused", halt: { kind: "pause", why: "w", inconclusive: true } } as const;
  expect(statusOf(plan, unknown, [], 0).code).toBe(2);
});

test("the last lines of a command", () => {
  expect(summary(status)).toBe(`\
rollout 2026-11-30-x is stopped, wave 2 of 2: 1 succeeded, 1 failed, 1 pending
why: 1 failed, and 0 may: b
b failed: ${bad.why[0]}
  what to do
  log: /jobs/b
1 of 3 stacks have the new configuration: a
either mend what is wrong and run \`postfix-relay rollout resume 2026-11-30-x\`, which tries again what has failed and continues
or revert the change in the stack files, run \`postfix-relay rollout abort 2026-11-30-x\`, and roll out again
`);
});

test("Markdown has a row for each stack", () => {
  expect(markdown(status)).toContain("| 1 | a | 1 | succeeded | 3 s |  |\n");
  expect(
    markdown(status)
      .split("\n")
      .filter((line) => /^\| \d/.test(line)),
  ).toHaveLength(names.length);
});

test("JUnit: a suite for each wave, and text that is XML", () => {
  const text = junit(status);
  expect(text).toContain('<testsuite name="wave 2" tests="2" failures="1" errors="0" skipped="1">');
  expect(text).toContain('<failure message="535 &#60;b&#62;no&#60;/b&#62; &#38; ]]&#62;">');
  expect(text).not.toContain("\u0007");
});

test("the page loads nothing, runs nothing, and shows no mark-up of others", () => {
  const text = page(status);
  expect(text).toContain(`default-src 'none'`);
  expect(text).not.toMatch(/<script|https?:|<b>|url\(/);
  expect(text.match(/class="row"/g)).toHaveLength(names.length);
  expect(text).toContain('width="1000.0"');
});
