// How a rollout looks while it runs: a frame that is no higher than the terminal, or a line for each event.

import { styleText } from "node:util";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import type { Plan } from "../rollout/plan.ts";
import { type Event, FAILED, inState, type StackState, type State } from "../rollout/states.ts";
import { inWords } from "../rollout/status.ts";

/** What is known while it runs. */
export interface Scene {
  readonly plan: Pick<Plan, "id" | "policy">;
  readonly state: State;
  /** Stacks that this machine changes, and since when. */
  readonly running: ReadonlyMap<string, number>;
  readonly why: ReadonlyMap<string, string>;
  readonly now: number;
}

/** The size of a terminal. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
  readonly color: boolean;
}

const color = (state: StackState | "running") =>
  state === "succeeded" || state === "unchanged"
    ? "green"
    : state === "running" || state === "pending"
      ? "yellow"
      : "red";

/** The lines of the frame: how far it is, what has failed, and what runs. */
export function frame({ plan, state, running, why, now }: Scene, { rows, columns, color: colors }: Size): string[] {
  const count = (...wanted: StackState[]) => inState(state, ...wanted).length;
  const head = [
    `${plan.id}  wave ${state.wave + 1}/${state.waves.length} ${state.phase}`,
    `ok ${count("succeeded", "unchanged")}`,
    `running ${running.size}`,
    `failed ${count(...FAILED)}`,
    `left ${count("pending", "queued")}`,
    `budget ${count(...FAILED)}/${plan.policy.maxFailures}`,
  ].join("  ");
  const bad = inState(state, ...FAILED, "unreachable", "locked", "changed", "inconclusive");
  const all = [
    ...bad.map((stack) => [stack, state.stacks[stack] ?? "failed", why.get(stack) ?? ""] as const),
    ...[...running].map(([stack, since]) => [stack, "running", `${Math.floor((now - since) / 1000)}s`] as const),
  ];
  const room = Math.max(1, rows - 3);
  const shown = all.length > room ? all.slice(0, room - 1) : all;
  const width = Math.min(40, Math.max(0, ...shown.map(([stack]) => stringWidth(stack))));
  const lines = shown.map(([stack, word, text]) => {
    const line = cut(`${stack.padEnd(width)}  ${word.padEnd(12)}  ${text}`, columns - 1);
    return colors ? styleText(color(word as StackState), line, { validateStream: false }) : line;
  });
  const more = all.length - shown.length;
  return [cut(head, columns - 1), ...lines, ...(more > 0 ? [`… and ${more} more`] : [])];
}

/** A text in one line of the terminal. */
const cut = (text: string, width: number) =>
  stringWidth(text) <= width
    ? text
    : `${wrapAnsi(text, Math.max(1, width - 1), { hard: true, trim: false }).split("\n")[0] ?? ""}…`;

/** What has happened, a line each. */
export function linesFor(
  plan: Pick<Plan, "id">,
  before: State | undefined,
  state: State,
  events: readonly Event[],
): string[] {
  const wave = `wave ${state.wave + 1}/${state.waves.length}`;
  const results = events.flatMap((event) => (event.type === "ended" ? event.results : []));
  const changed = Object.entries(state.stacks).filter(([stack, now]) => before && before.stacks[stack] !== now);
  const stacks = changed.flatMap(([stack, now]) => {
    if (now === "pending" || now === "queued") return [];
    const { seconds, why } = results.find((one) => one.stack === stack) ?? {};
    const own = `wave ${state.waves.findIndex((names) => names.includes(stack)) + 1}/${state.waves.length}`;
    return [`${own} ${stack} ${inWords(now)}${seconds === undefined ? "" : ` (${seconds}s)`}${why ? `: ${why}` : ""}`];
  });
  const notes = state.notes.slice(before?.notes.length ?? 0);
  const gate = events.flatMap((event) =>
    event.type === "gate" ? [`${wave} gate: ${event.verdict}${event.why ? `: ${event.why}` : ""}`] : [],
  );
  const isNew = before?.phase !== state.phase || before?.wave !== state.wave;
  const halt = state.halt && state.halt.why !== before?.halt?.why ? [`stopping: ${state.halt.why}`] : [];
  return [
    ...stacks,
    ...notes.map((note) => `note: ${note}`),
    ...gate,
    ...halt,
    ...(isNew ? [`${wave} ${state.phase}`] : []),
  ].map((line) => (line.startsWith("wave") || plan.id === "" ? line : `${wave} ${line}`));
}
