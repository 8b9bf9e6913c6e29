// What is known of a rollout, for people and programs: the plan, what the planner has come to, and the stacks.

import { type Plan, type Policy, planHash, stacksOf } from "./plan.ts";
import { initial } from "./planner.ts";
import { codes } from "./refused.ts";
import type { StackResult } from "./stack.ts";
import { FAILED, GOOD, isOver, type Phase, type StackState, type State, UNTOUCHED } from "./states.ts";

/** A stack of a rollout. */
export interface StackStatus {
  readonly stack: string;
  /** From 1. */
  readonly wave: number;
  readonly hosts: number;
  readonly state: StackState | "running";
  /** Milliseconds since 1970. */
  readonly began?: number;
  readonly ended?: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly why: readonly string[];
  /** Where its log lies, on the machine that has changed it. */
  readonly folder?: string;
}

/** A rollout. */
export interface RolloutStatus {
  readonly version: 1;
  readonly id: string;
  readonly project: string;
  readonly plan: string;
  readonly phase: Phase;
  /** The wave that is under way, from 1, of how many. */
  readonly wave: number;
  readonly waves: number;
  readonly why: string;
  readonly notes: readonly string[];
  readonly created: number;
  readonly policy: Policy;
  /** The exit code of who waits for it. */
  readonly code: number;
  readonly stacks: readonly StackStatus[];
}

/** The work of a stack, as the engine has it. */
export interface Child {
  readonly stack: string;
  readonly start: number;
  readonly state: "running" | "queued" | "cancelled" | "fault" | StackResult;
}

/** Puts it together. What the planner has said may be older than what the stacks have come to. */
export function statusOf(
  plan: Plan,
  kept: State | undefined,
  children: readonly Child[],
  created: number,
): RolloutStatus {
  const state = kept ?? initial(plan);
  const last = new Map<string, Child>();
  for (const child of children) if (child.start >= (last.get(child.stack)?.start ?? 0)) last.set(child.stack, child);
  const waveOf = new Map(state.waves.flatMap((wave, index) => wave.map((stack) => [stack, index + 1] as const)));
  const stacks = stacksOf(plan).map(({ stack, hosts }): StackStatus => {
    const child = last.get(stack);
    const found = typeof child?.state === "object" ? child.state : undefined;
    const said = state.stacks[stack] ?? "pending";
    return {
      stack,
      wave: waveOf.get(stack) ?? 1,
      hosts,
      state: together(said, child, state.starts[stack] ?? 0),
      began: found?.began,
      ended: found?.ended,
      changes: found?.changes ?? {},
      why: found?.why ?? (child?.state === "fault" ? ["a fault of postfix-relay"] : []),
      folder: found?.folder,
    };
  });
  const { phase, wave, waves, notes, halt } = state;
  const { id, project, policy } = plan;
  const why = isOver(state) && phase === "done" ? "" : (halt?.why ?? "");
  const about = { version: 1, id, project, plan: planHash(plan), policy, created } as const;
  return { ...about, phase, wave: wave + 1, waves: waves.length, why, notes, code: codeOf(state, stacks), stacks };
}

function together(said: StackState, child: Child | undefined, starts: number): StackStatus["state"] {
  if (!child || said === "skipped") return said;
  if (child.start <= starts && (said === "suspect" || said === "inconclusive")) return said;
  if (typeof child.state === "object") return child.state.state;
  if (child.state === "fault") return "failed";
  return child.state === "cancelled" ? "pending" : child.state;
}

function codeOf({ phase, halt }: State, stacks: readonly StackStatus[]): number {
  if (phase === "aborted") return codes.aborted;
  if (phase === "waiting") return codes.waits;
  if (phase === "paused") return halt?.inconclusive ? codes.inconclusive : codes.waits;
  if (phase !== "stopped") return codes.done;
  const bad = stacks.filter(({ state }) => [...FAILED, ...UNTOUCHED].includes(state as StackState));
  const locked = bad.length > 0 && bad.every(({ state }) => state === "locked");
  return locked ? codes.unavailable : codes.failed;
}

/** Those that have the new configuration. */
export const changedStacks = ({ stacks }: Pick<RolloutStatus, "stacks">): string[] =>
  stacks.filter(({ state }) => [...GOOD, "suspect", "inconclusive"].includes(state)).map(({ stack }) => stack);

/** What can be done now, in lines. */
export function waysOn(status: Pick<RolloutStatus, "id" | "phase" | "stacks">): string[] {
  const { id, phase, stacks } = status;
  const command = (verb: string, option = "") => `\`postfix-relay rollout ${verb} ${id}${option}\``;
  const changed = changedStacks(status);
  const have =
    changed.length > 0
      ? `${changed.length} of ${stacks.length} stacks have the new configuration: ${short(changed)}`
      : "no stack has the new configuration";
  switch (phase) {
    case "stopped":
      return [
        have,
        `either mend what is wrong and run ${command("resume")}, which tries again what has failed and continues`,
        `or revert the change in the stack files, run ${command("abort")}, and roll out again`,
      ];
    case "paused":
      if (stacks.some(({ state }) => state === "changed"))
        return [
          have,
          `either put back what has changed and run ${command("resume")}`,
          `or run ${command("resume", " --replan")}, a new rollout of what is left with the files as they are now`,
        ];
      return [have, `continue with ${command("resume")}, or end it with ${command("abort")}`];
    case "waiting":
      return [
        have,
        `agree with ${command("approve")} and continue with ${command("resume")}, or end it with ${command("abort")}`,
      ];
    case "aborted":
      return [have];
    default:
      return [];
  }
}

/** Names in a line; a long list is cut. */
export const short = (names: readonly string[], most = 12): string =>
  names.length > most ? `${names.slice(0, most).join(", ")} … and ${names.length - most} more` : names.join(", ");

/** A state in words. */
export const inWords = (state: string): string => state.replaceAll("-", " ");

/** How many stacks are in each state, in words. */
export function tally(stacks: readonly { readonly state: string }[]): string {
  const counts = new Map<string, number>();
  for (const { state } of stacks) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${inWords(state)}`).join(", ");
}
