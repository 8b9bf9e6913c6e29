import stringWidth from "string-width";
import { expect, test } from "vitest";
import { frame, linesFor } from "../../src/cli/live.ts";
import { initial, step } from "../../src/rollout/planner.ts";
import { planOf } from "../support/rollout.ts";

const stacks = Array.from({ length: 62 }, (_, index) => `stack-${index}`);
const plan = planOf("r", [stacks.slice(0, 1), stacks.slice(1)], { concurrency: 60, maxFailures: 1 });

const begun = step(plan, initial(plan), { type: "begin" }).state;
const second = step(plan, begun, { type: "ended", results: [{ stack: "stack-0", state: "succeeded" }] }).state;
const event = { type: "ended", results: [{ stack: "stack-5", state: "failed", seconds: 3, why: "535 no" }] } as const;
const third = step(plan, second, event).state;
const running = new Map(stacks.slice(6).map((stack) => [stack, 0]));
const why = new Map([["stack-5", `535 ${"long ".repeat(60)}`]]);

test.each([
  [24, 80],
  [10, 40],
  [5, 20],
])("60 stacks in %d lines of %d columns: failures first, and never more than there is room for", (rows, columns) => {
  const lines = frame({ plan, state: third, running, why, now: 39_000 }, { rows, columns, color: false });
  expect(lines.length).toBeLessThan(rows);
  expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThan(columns);
  expect(lines[1]).toMatch(/^stack-5 .*fail/);
  expect(lines.at(-1)).toBe(`… and ${57 - (lines.length - 2)} more`);
});

test("the head counts", () => {
  const [head] = frame({ plan, state: third, running, why, now: 0 }, { rows: 24, columns: 200, color: false });
  expect(head).toBe("r  wave 2/2 running  ok 1  running 56  failed 1  left 60  budget 1/1");
});

test("lines in a pipe: one for each stack, with the reason, and for each phase", () => {
  expect(linesFor(plan, undefined, begun, [{ type: "begin" }])).toEqual(["wave 1/2 running"]);
  expect(linesFor(plan, begun, second, [])).toEqual(["wave 1/2 stack-0 succeeded", "wave 2/2 running"]);
  expect(linesFor(plan, second, third, [event])).toEqual(["wave 2/2 stack-5 failed (3s): 535 no"]);
});
