// Where a rollout and its stacks can be, what can happen, and what is then to be done.

/** How the job of a stack has ended. */
export type Outcome = "succeeded" | "unchanged" | "failed" | "timed-out" | "unreachable" | "locked" | "changed";

/** Where a stack is. `suspect` and `inconclusive` are what the gate says of one that was changed. */
export type StackState = "pending" | "queued" | Outcome | "suspect" | "inconclusive" | "skipped";

/** Where a rollout is. */
export type Phase = "running" | "checking" | "baking" | "waiting" | "paused" | "stopped" | "aborted" | "done";

/** Why nothing more is started. */
export interface Halt {
  readonly kind: "pause" | "stop" | "abort";
  readonly why: string;
  /** The gate could not tell. */
  readonly inconclusive?: boolean;
  /** What no worker has begun was taken back. */
  readonly taken?: boolean;
}

/** All that is known of a rollout. */
export interface State {
  readonly phase: Phase;
  /** The wave that is under way, from 0. */
  readonly wave: number;
  readonly waves: readonly (readonly string[])[];
  readonly stacks: Readonly<Record<string, StackState>>;
  /** How often each stack was given to a worker. */
  readonly starts: Readonly<Record<string, number>>;
  /** Whether the wave has been watched for its time. */
  readonly baked: boolean;
  readonly halt?: Halt;
  readonly notes: readonly string[];
}

/** What the job of a stack has come to. */
export interface Result {
  readonly stack: string;
  readonly state: Outcome | "cancelled";
  /** How long it has taken. */
  readonly seconds?: number;
  /** The first line of the reason. */
  readonly why?: string;
}

/** What has happened. */
export type Event =
  | { readonly type: "begin" | "baked" | "approve" | "resume" }
  | { readonly type: "pause" | "abort"; readonly why?: string }
  | {
      readonly type: "ended";
      readonly results: readonly Result[];
    }
  | {
      readonly type: "gate";
      readonly verdict: "pass" | "fail" | "inconclusive";
      /** Those that are not well, or that do not say. */
      readonly stacks: readonly string[];
      readonly why: string;
    }
  | { readonly type: "retry"; readonly stacks: readonly string[] };

/** What is to be done. */
export type Effect =
  | { readonly do: "start"; readonly stacks: readonly { readonly stack: string; readonly attempt: number }[] }
  /** Takes back those that no worker has begun. */
  | { readonly do: "cancel"; readonly stacks: readonly string[] }
  | { readonly do: "gate"; readonly stacks: readonly string[]; readonly control: readonly string[] }
  | { readonly do: "bake"; readonly seconds: number }
  /** Something has to end first. */
  | { readonly do: "collect"; readonly stacks: readonly string[] }
  /** Somebody has to say how to continue. */
  | { readonly do: "wait" }
  | { readonly do: "end" };

/** Changed, and not well. */
export const FAILED: readonly StackState[] = ["failed", "timed-out", "suspect"];
/** Nobody has touched them. */
export const UNTOUCHED: readonly StackState[] = ["unreachable", "locked"];
/** They have the new configuration. */
export const GOOD: readonly StackState[] = ["succeeded", "unchanged"];

/** The states from which `retry` begins again. */
export const RETRIED: readonly StackState[] = [...FAILED, ...UNTOUCHED, "changed", "inconclusive"];

/** The stacks that are in one of these states. */
export const inState = (state: State, ...wanted: readonly StackState[]): string[] =>
  Object.keys(state.stacks).filter((stack) => wanted.includes(state.stacks[stack] ?? "pending"));

/** Whether nothing will happen any more. */
export const isOver = ({ phase }: Pick<State, "phase">): boolean => phase === "aborted" || phase === "done";

/** Whether nothing happens before somebody says so. */
export const isAtRest = ({ phase }: Pick<State, "phase">): boolean =>
  ["waiting", "paused", "stopped", "aborted", "done"].includes(phase);
