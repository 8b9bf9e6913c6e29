// What a rollout does next. Pure: no clock, no disk, no engine. The engine runs it again and again over what it has
// recorded, and has to come to the same each time.

import type { Plan } from "./plan.ts";
import {
  type Effect,
  type Event,
  FAILED,
  GOOD,
  type Halt,
  inState,
  isOver,
  RETRIED,
  type StackState,
  type State,
  UNTOUCHED,
} from "./states.ts";

/** Stacks that are given to workers beyond those that run, so that no worker waits for the next one. */
export const AHEAD = 2;

/** How many further stacks a canary takes when the first ones change nothing. */
const MORE_CANARIES = 3;

/** A rollout that has not begun. */
export const initial = ({ waves }: Pick<Plan, "waves">): State => ({
  phase: "running",
  wave: 0,
  waves: waves.map((wave) => wave.map(({ stack }) => stack)),
  stacks: Object.fromEntries(waves.flat().map(({ stack }) => [stack, "pending"])),
  starts: {},
  baked: false,
  notes: [],
});

/** What has happened, in that order, and what is to be done now. */
export function step(plan: Plan, before: State, ...events: readonly Event[]): { state: State; effects: Effect[] } {
  return advance(
    plan,
    events.reduce((state, event) => after(plan, state, event), before),
  );
}

const halted = (state: State, kind: Halt["kind"], why: string, inconclusive = false): State =>
  // An abort is the last word; a stop is more than a pause.
  state.halt?.kind === "abort" || (state.halt?.kind === "stop" && kind === "pause")
    ? state
    : { ...state, halt: { kind, why, ...(inconclusive && { inconclusive }), taken: state.halt?.taken } };

const marked = (state: State, stacks: readonly string[], as: StackState): State => ({
  ...state,
  stacks: { ...state.stacks, ...Object.fromEntries(stacks.map((stack) => [stack, as])) },
});

/** The state with an event in it. One that has no meaning now changes nothing. */
function after(plan: Plan, state: State, event: Event): State {
  if (isOver(state)) return state;
  switch (event.type) {
    case "begin":
      return state;
    case "ended":
      return withResults(plan, state, event.results);
    case "baked":
      if (state.phase !== "baking") return state;
      return plan.policy.gate
        ? { ...state, phase: "checking", baked: true }
        : waveProven(plan, { ...state, baked: true });
    case "gate":
      return state.phase === "checking" ? judged(plan, state, event) : state;
    case "approve":
      return state.phase === "waiting" ? nextWave(state) : state;
    case "pause":
      return halted(state, "pause", event.why ?? "somebody has paused it");
    case "abort":
      return halted(state, "abort", event.why ?? "somebody has aborted it");
    case "resume":
      return isHalted(state) ? resumed(state, inState(state, ...RETRIED)) : state;
    case "retry":
      return isHalted(state) ? resumed(state, wished(state, event.stacks)) : state;
  }
}

const isHalted = ({ phase }: State) => phase === "paused" || phase === "stopped";

const wished = (state: State, stacks: readonly string[]) =>
  inState(state, ...RETRIED).filter((stack) => stacks.length === 0 || stacks.includes(stack));

/** It continues where it is; these stacks are done again, in the earliest wave that has one of them. */
function resumed(state: State, again: readonly string[]): State {
  const { halt: _, ...rest } = marked(state, again, "pending");
  const first = rest.waves.findIndex((wave) => wave.some((stack) => rest.stacks[stack] === "pending"));
  const wave = first < 0 ? rest.wave : Math.min(first, rest.wave);
  return { ...rest, wave, phase: "running", baked: false };
}

/** The next wave in which something is to be done; -1 where none is. */
const following = ({ waves, wave, stacks }: State) =>
  waves.findIndex((names, index) => index > wave && names.some((stack) => stacks[stack] === "pending"));

const nextWave = (state: State): State => ({ ...state, phase: "running", wave: following(state), baked: false });

function withResults(plan: Plan, state: State, results: Extract<Event, { type: "ended" }>["results"]): State {
  const known = results.filter(({ stack }) => state.stacks[stack] === "queued");
  const stacks: Record<string, StackState> = {};
  for (const { stack, state } of known) stacks[stack] = state === "cancelled" ? "pending" : state;
  const next = { ...state, stacks: { ...state.stacks, ...stacks } };
  const changed = known.filter(({ state }) => state === "changed").map(({ stack }) => stack);
  const over = withinBudget(plan, next);
  return changed.length === 0 ? over : halted(over, "pause", `changed since the rollout began: ${changed.join(", ")}`);
}

/** A stop where more has failed than is borne. In the first of several waves nothing is. */
function withinBudget({ policy }: Plan, state: State): State {
  const isCanary = state.wave === 0 && state.waves.length > 1;
  const [failed, untouched] = [inState(state, ...FAILED), inState(state, ...UNTOUCHED)];
  const borne = isCanary ? 0 : policy.maxFailures;
  if (failed.length > borne)
    return halted(state, "stop", `${failed.length} failed, and ${borne} may: ${failed.join(", ")}`);
  if (untouched.length <= policy.maxUnreachable) return state;
  const why = `${untouched.length} not reached or locked, and ${policy.maxUnreachable} may be: ${untouched.join(", ")}`;
  return halted(state, "stop", why);
}

function judged(plan: Plan, state: State, { verdict, stacks, why }: Extract<Event, { type: "gate" }>): State {
  const running: State = { ...state, phase: "running" };
  const wave = stacks.filter((stack) => GOOD.includes(state.stacks[stack] ?? "pending"));
  if (verdict === "inconclusive") return halted(marked(running, wave, "inconclusive"), "pause", why, true);
  if (verdict === "fail") {
    const suspect = withinBudget(plan, marked(running, wave, "suspect"));
    return suspect.halt ? { ...suspect, halt: { ...suspect.halt, why } } : waveProven(plan, suspect);
  }
  return waveProven(plan, state);
}

/** The wave has been asked: watch it, or it is over. */
function waveProven({ policy }: Plan, state: State): State {
  if (policy.bake > 0 && !state.baked) return { ...state, phase: "baking" };
  if (following(state) < 0) return finished(state);
  const asks = policy.approval === "each-wave" || (policy.approval === "after-canary" && state.wave === 0);
  return asks ? { ...state, phase: "waiting" } : nextWave(state);
}

function finished(state: State): State {
  const left = inState(state, ...RETRIED);
  if (left.length === 0) return { ...state, phase: "done" };
  return {
    ...state,
    phase: "stopped",
    halt: { kind: "stop", why: `all waves are over; not done: ${left.join(", ")}` },
  };
}

/** From a state to the one in which something has to be done, and that. */
function advance(plan: Plan, state: State): { state: State; effects: Effect[] } {
  const queued = inState(state, "queued");
  if (isOver(state)) return { state, effects: [{ do: "end" }] };
  if (state.halt) return halting(state, queued, state.halt);
  if (state.phase === "waiting") return { state, effects: [{ do: "wait" }] };
  if (state.phase === "baking") return { state, effects: [{ do: "bake", seconds: plan.policy.bake }] };
  if (state.phase === "checking") return { state, effects: [gateOf(state)] };
  const wave = state.waves[state.wave] ?? [];
  const pending = wave.filter((stack) => state.stacks[stack] === "pending");
  const start = pending.slice(0, Math.max(0, plan.policy.concurrency + AHEAD - queued.length));
  if (start.length > 0) {
    const starts = { ...state.starts, ...Object.fromEntries(start.map((s) => [s, (state.starts[s] ?? 0) + 1])) };
    const next = { ...marked(state, start, "queued"), starts };
    const given = start.map((stack) => ({ stack, attempt: starts[stack] ?? 1 }));
    return {
      state: next,
      effects: [
        { do: "start", stacks: given },
        { do: "collect", stacks: [...queued, ...start] },
      ],
    };
  }
  if (queued.length > 0) return { state, effects: [{ do: "collect", stacks: queued }] };
  const more = furtherCanary(state);
  if (more) return advance(plan, more);
  const good = wave.some((stack) => GOOD.includes(state.stacks[stack] ?? "pending"));
  return advance(plan, plan.policy.gate && good ? { ...state, phase: "checking" } : waveProven(plan, state));
}

function halting(state: State, queued: readonly string[], halt: Halt): { state: State; effects: Effect[] } {
  const { kind } = halt;
  if (queued.length > 0) {
    const cancel: Effect[] = halt.taken ? [] : [{ do: "cancel", stacks: queued }];
    return {
      state: { ...state, halt: { ...halt, taken: true } },
      effects: [...cancel, { do: "collect", stacks: queued }],
    };
  }
  const phase = ({ pause: "paused", stop: "stopped", abort: "aborted" } as const)[kind];
  const there = kind === "abort" ? marked(state, inState(state, "pending"), "skipped") : state;
  return { state: { ...there, phase }, effects: [{ do: kind === "abort" ? "end" : "wait" }] };
}

/** The gate of the wave: those that were changed, beside hosts that were not. */
const gateOf = (state: State): Effect => ({
  do: "gate",
  stacks: (state.waves[state.wave] ?? []).filter((stack) => GOOD.includes(state.stacks[stack] ?? "pending")),
  control: inState(state, "pending"),
});

/** A canary in which nothing has changed is no evidence: the next stack joins it. */
function furtherCanary(state: State): State | undefined {
  const [canary = [], next = [], ...rest] = state.waves;
  const size = state.notes.filter((note) => note.startsWith(NO_EVIDENCE)).length;
  const told = canary.every((stack) => state.stacks[stack] === "unchanged");
  if (state.wave > 0 || !told || next.length === 0 || size >= MORE_CANARIES) return undefined;
  const [one = "", ...others] = next;
  return {
    ...state,
    waves: [[...canary, one], ...(others.length > 0 ? [others] : []), ...rest],
    notes: [...state.notes, `${NO_EVIDENCE}: ${canary.join(", ")} had no changes, so ${one} is tried first, too`],
  };
}

const NO_EVIDENCE = "the canary proves nothing";
