import fc from "fast-check";
import { expect, test } from "vitest";
import type { Plan, Policy } from "../../src/rollout/plan.ts";
import { AHEAD, initial, step } from "../../src/rollout/planner.ts";
import type { Effect, Event, Outcome, State } from "../../src/rollout/states.ts";
import { FAILED, inState, isAtRest, isOver } from "../../src/rollout/states.ts";
import { planOf as planNamed } from "../support/rollout.ts";

const planOf = (waves: string[][], policy: Partial<Policy> = {}) => planNamed("r", waves, policy);

/** A rollout that is fed with events, and remembers what it was told to do. */
class Run {
  readonly plan: Plan;
  readonly events: Event[] = [];
  readonly started: string[] = [];
  state: State;
  effects: Effect[] = [];

  constructor(plan: Plan) {
    this.plan = plan;
    this.state = initial(plan);
    this.give({ type: "begin" });
  }

  give(event: Event): this {
    this.events.push(event);
    const { state, effects } = step(this.plan, this.state, event);
    this.state = state;
    this.effects = effects;
    for (const effect of effects)
      if (effect.do === "start") this.started.push(...effect.stacks.map(({ stack }) => stack));
    return this;
  }

  end(results: Record<string, Outcome | "cancelled">): this {
    return this.give({ type: "ended", results: Object.entries(results).map(([stack, state]) => ({ stack, state })) });
  }

  get next(): string {
    return this.effects.map((effect) => effect.do).join();
  }
}

test("waves one after the other, and then it is done", () => {
  const run = new Run(planOf([["a"], ["b", "c"]]));
  expect(run.started).toEqual(["a"]);
  expect(run.end({ a: "succeeded" }).started).toEqual(["a", "b", "c"]);
  expect(run.end({ b: "unchanged" }).next).toBe("collect");
  expect(run.end({ c: "succeeded" }).state.phase).toBe("done");
  expect(run.next).toBe("end");
});

test("a failed canary stops it, whatever the budget is; the others are not begun", () => {
  const run = new Run(planOf([["a"], ["b", "c"]], { maxFailures: 5 })).end({ a: "failed" });
  expect(run.state).toMatchObject({ phase: "stopped", halt: { why: "1 failed, and 0 may: a" } });
  expect(run.started).toEqual(["a"]);
});

test("failures one a wave use up one budget", () => {
  const run = new Run(planOf([["a"], ["b"], ["c"], ["d"]], { maxFailures: 1 }));
  run.end({ a: "succeeded" }).end({ b: "failed" }).end({ c: "timed-out" });
  expect(run.state).toMatchObject({ phase: "stopped", halt: { why: "2 failed, and 1 may: b, c" } });
  expect(run.started).toEqual(["a", "b", "c"]);
});

test("what nobody has touched has a budget of its own", () => {
  const run = new Run(planOf([["a", "b", "c"]], { maxUnreachable: 1, concurrency: 1 }));
  expect(run.end({ a: "unreachable" }).state.phase).toBe("running");
  run.end({ b: "locked", c: "cancelled" });
  expect(run.state).toMatchObject({ phase: "stopped", stacks: { c: "pending" } });
});

test("a stop takes back what no worker has begun, once", () => {
  const run = new Run(planOf([["a", "b", "c", "d"]], { concurrency: 1 })).end({ a: "failed" });
  expect(run.next).toBe("cancel,collect");
  expect(run.end({ b: "cancelled" }).next).toBe("collect");
  expect(run.end({ c: "succeeded" }).state).toMatchObject({ phase: "stopped", stacks: { b: "pending", d: "pending" } });
});

test("a changed stack pauses; resume does it and the others", () => {
  const run = new Run(planOf([["a", "b"]], { concurrency: 1 })).end({ a: "changed" }).end({ b: "cancelled" });
  expect(run.state).toMatchObject({ phase: "paused", halt: { why: "changed since the rollout began: a" } });
  run.give({ type: "resume" });
  expect(run.effects[0]).toEqual({
    do: "start",
    stacks: [
      { stack: "a", attempt: 2 },
      { stack: "b", attempt: 2 },
    ],
  });
});

test("retry does only those that are named", () => {
  const run = new Run(planOf([["x"], ["a", "b"]], { maxFailures: 1 })).end({ x: "succeeded" });
  run.end({ a: "failed", b: "failed" }).give({ type: "retry", stacks: ["b"] });
  expect(run.effects[0]).toEqual({ do: "start", stacks: [{ stack: "b", attempt: 2 }] });
  expect(run.end({ b: "succeeded" }).state).toMatchObject({
    phase: "stopped",
    stacks: { a: "failed", b: "succeeded" },
  });
  expect(run.give({ type: "retry", stacks: [] }).end({ a: "unchanged" }).state.phase).toBe("done");
});

test("with failures within the budget it ends as stopped, so that they can be retried", () => {
  const run = new Run(planOf([["x"], ["a", "b"]], { maxFailures: 1 })).end({ x: "succeeded" });
  run.end({ a: "failed", b: "succeeded" });
  expect(run.state).toMatchObject({ phase: "stopped", halt: { why: "all waves are over; not done: a" } });
});

test("abort beats approve, and ends a bake at once", () => {
  const waiting = new Run(planOf([["a"], ["b"]], { approval: "after-canary" })).end({ a: "succeeded" });
  expect([waiting.state.phase, waiting.next]).toEqual(["waiting", "wait"]);
  waiting.give({ type: "abort" }).give({ type: "approve" });
  expect(waiting.state).toMatchObject({ phase: "aborted", stacks: { b: "skipped" } });
  const bake = () => new Run(planOf([["a"], ["b"]], { bake: 60 })).end({ a: "succeeded" });
  expect(bake().effects).toEqual([{ do: "bake", seconds: 60 }]);
  // Without a gate nobody is asked after it.
  expect(bake().give({ type: "baked" }).started).toEqual(["a", "b"]);
  expect(bake().give({ type: "abort" }).give({ type: "baked" }).state.phase).toBe("aborted");
});

test("the gate asks before and after the bake, and has hosts to compare with", () => {
  const run = new Run(planOf([["a"], ["b"]], { bake: 60, gate: true })).end({ a: "succeeded" });
  const gate = { do: "gate", stacks: ["a"], control: ["b"] };
  expect(run.effects).toEqual([gate]);
  expect(run.give({ type: "gate", verdict: "pass", stacks: [], why: "" }).next).toBe("bake");
  expect(run.give({ type: "baked" }).effects).toEqual([gate]);
  expect(run.give({ type: "gate", verdict: "pass", stacks: [], why: "" }).started).toEqual(["a", "b"]);
});

test("a gate that fails stops, one that cannot tell pauses", () => {
  const begun = () => new Run(planOf([["a"], ["b"]], { gate: true })).end({ a: "succeeded" });
  expect(begun().give({ type: "gate", verdict: "fail", stacks: ["a"], why: "no login" }).state).toMatchObject({
    phase: "stopped",
    halt: { why: "no login" },
    stacks: { a: "suspect" },
  });
  const unknown = begun().give({ type: "gate", verdict: "inconclusive", stacks: ["a"], why: "no answer" });
  expect(unknown.state).toMatchObject({ phase: "paused", halt: { inconclusive: true }, stacks: { a: "inconclusive" } });
  expect(unknown.give({ type: "resume" }).started).toEqual(["a", "a"]);
});

test("a canary without changes takes the next stack, and says so; at most three", () => {
  const run = new Run(planOf([["a"], ["b", "c", "d", "e"], ["f"]])).end({ a: "unchanged" });
  expect(run.started).toEqual(["a", "b"]);
  expect(run.state.notes).toEqual(["the canary proves nothing: a had no changes, so b is tried first, too"]);
  expect(run.end({ b: "unchanged" }).end({ c: "unchanged" }).started).toEqual(["a", "b", "c", "d"]);
  expect(run.end({ d: "unchanged" }).started).toEqual(["a", "b", "c", "d", "e"]);
  expect(run.state.wave).toBe(1);
});

const outcome = fc.constantFrom<Outcome | "cancelled">(
  ...(["succeeded", "succeeded", "succeeded", "unchanged", "failed", "timed-out"] as const),
  ...(["unreachable", "locked", "changed", "cancelled"] as const),
);
const scene = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
  policy: fc.record({
    concurrency: fc.integer({ min: 1, max: 4 }),
    maxFailures: fc.integer({ min: 0, max: 3 }),
    maxUnreachable: fc.integer({ min: 0, max: 3 }),
    bake: fc.constantFrom(0, 5),
    approval: fc.constantFrom("none", "after-canary", "each-wave" as const),
    gate: fc.boolean(),
  }),
  luck: fc.array(fc.tuple(outcome, fc.nat(99)), { maxLength: 60 }),
});

/** What the world says next: mostly what was asked for, at times a person. */
function answer(run: Run, [ended, chance]: [Outcome | "cancelled", number]): Event {
  if (chance < 3) return { type: "abort" };
  if (chance < 8) return { type: "pause" };
  if (chance < 12) return { type: "approve" };
  const effect = run.effects.at(-1);
  switch (effect?.do) {
    case "collect": {
      const taken = run.state.halt?.taken;
      const state = ended === "cancelled" && !taken ? "succeeded" : ended;
      return { type: "ended", results: [{ stack: effect.stacks[chance % effect.stacks.length] ?? "", state }] };
    }
    case "gate":
      return {
        type: "gate",
        verdict: chance < 80 ? "pass" : chance < 90 ? "fail" : "inconclusive",
        stacks: effect.stacks,
        why: "w",
      };
    case "bake":
      return { type: "baked" };
    default:
      return run.state.phase === "waiting" ? { type: "approve" } : { type: chance % 2 ? "resume" : "abort" };
  }
}

/** `expect` is slow for a hundred thousand of them. */
function holds(is: boolean, what: string): void {
  if (!is) throw new Error(`it does not hold: ${what}`);
}

test("whatever happens: window, budgets, waves, approval, abort; and the same again on replay", () => {
  fc.assert(
    fc.property(scene, ({ sizes, policy, luck }) => {
      const waves = sizes.map((size, wave) => Array.from({ length: size }, (_, index) => `s${wave}${index}`));
      const run = new Run(planOf(waves, policy));
      const approved = new Set<number>();
      for (let turn = 0; turn < 400 && !isOver(run.state); turn += 1) {
        const event = answer(run, luck[turn] ?? ["succeeded", 51]);
        const before = run.state;
        const count = run.started.length;
        run.give(event);
        if (event.type === "approve" && before.phase === "waiting") approved.add(before.wave);
        const fresh = run.started.slice(count);
        holds(inState(run.state, "queued").length <= policy.concurrency + AHEAD, "the window");
        for (const stack of fresh) {
          holds(!/^(succeeded|unchanged|queued)$/.test(before.stacks[stack] ?? ""), "once");
          const wave = run.state.waves.findIndex((names) => names.includes(stack));
          holds(wave === run.state.wave, "its wave");
          const earlier = run.state.waves.slice(0, wave).flat();
          holds(!earlier.some((one) => /pending|queued/.test(run.state.stacks[one] ?? "")), "waves");
          if (policy.approval !== "none" && wave > 0 && event.type !== "resume") holds(approved.size > 0, "approval");
        }
        if (fresh.length > 0 && event.type === "ended")
          holds(inState(run.state, ...FAILED).length <= policy.maxFailures, "the budget");
        if (before.halt?.kind === "abort") holds(fresh.length === 0, "abort");
        if (isAtRest(run.state)) holds(inState(run.state, "queued").length === 0, "rest");
      }
      holds(isOver(run.state), "an end");
      const again = new Run(run.plan);
      for (const event of run.events.slice(1)) again.give(event);
      expect(again.state).toEqual(run.state);
    }),
    { numRuns: 200, endOnFailure: true },
  );
});
