// The states of a host: their words, colours and exit codes. A state is told once, here.

/** What is known of a state. */
interface About {
  /** The word in the table. JSON has it with hyphens. */
  readonly word: string;
  readonly color: "green" | "red" | "yellow";
  /** The exit code of a command that has found it. */
  readonly code: 0 | 1 | 2;
}

const table = {
  "in-sync": { word: "in sync", color: "green", code: 0 },
  drift: { word: "drift", color: "red", code: 1 },
  "another-owner": { word: "another owner", color: "red", code: 1 },
  "wrong-key": { word: "wrong key", color: "red", code: 1 },
  absent: { word: "absent", color: "yellow", code: 2 },
  "no-answer": { word: "no answer", color: "yellow", code: 2 },
  unknown: { word: "unknown", color: "yellow", code: 2 },
} as const satisfies Record<string, About>;

/** The state of a host, as JSON has it. */
export type State = keyof typeof table;

/** What is known of each state. */
export const states: Readonly<Record<State, About>> = table;

/**
 * The exit code for the states of all hosts. What is known to be wrong comes before what is not known: it has to be
 * done, whatever the other hosts are.
 */
export function exitCodeFor(found: readonly State[]): 0 | 1 | 2 {
  const codes = new Set(found.map((state) => states[state].code));
  if (codes.has(1)) return 1;
  return codes.size === 0 || codes.has(2) ? 2 : 0;
}
