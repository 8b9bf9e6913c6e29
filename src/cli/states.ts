// The states of a host: their words, colours and exit codes. A state is told once, here.

/** The colour of a state. */
export type Color = "green" | "red" | "yellow";

/** What is known of a state. */
interface About {
  /** The word in the table. JSON has it with hyphens. */
  readonly word: string;
  readonly color: Color;
  /** The exit code of a command that has found it. */
  readonly code: 0 | 1 | 2;
}

const table = {
  "in-sync": { word: "in sync", color: "green", code: 0 },
  "not-applied-yet": { word: "not applied yet", color: "yellow", code: 0 },
  "not-created-yet": { word: "not created yet", color: "yellow", code: 0 },
  drift: { word: "drift", color: "red", code: 1 },
  "another-owner": { word: "another owner", color: "red", code: 1 },
  "wrong-key": { word: "wrong key", color: "red", code: 1 },
  absent: { word: "absent", color: "yellow", code: 2 },
  "no-answer": { word: "no answer", color: "yellow", code: 2 },
  "tool-failed": { word: "tool failed", color: "yellow", code: 2 },
  unknown: { word: "unknown", color: "yellow", code: 2 },
} as const satisfies Record<string, About>;

/** The state of a host, as JSON has it. */
export type State = keyof typeof table;

/** What is known of each state. */
export const states: Readonly<Record<State, About>> = table;

/** How many hosts are in each state, in the order of the table above. */
export function tally(found: readonly State[]): string {
  const order = (Object.keys(table) as State[]).filter((state) => found.includes(state));
  return `${counted(found.length, "host")}: ${counts(found, order, (state) => states[state].word)}`;
}

/** A number of things in words: `1 host`, `2 hosts`. */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;

/** How many there are of each, in that order. */
export const counts = <T>(found: readonly T[], order: readonly T[], word: (one: T) => string): string =>
  order.map((one) => `${found.filter((other) => other === one).length} ${word(one)}`).join(", ");

/** The exit code for those of all hosts: 1 comes before 2; without any, nothing is known. */
export function worst(all: readonly (0 | 1 | 2)[]): 0 | 1 | 2 {
  const codes = new Set(all);
  if (codes.has(1)) return 1;
  return codes.size === 0 || codes.has(2) ? 2 : 0;
}
