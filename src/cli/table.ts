// Findings as a table in plain columns. Only the last column may need more than one line.

import { styleText } from "node:util";
import { type Findings, type State, stateOf, statusOf, wordsOf } from "./findings.ts";

/** How the table is to be. */
export interface Layout {
  /** With the queue and the last delivery. */
  readonly status: boolean;
  /** Columns of the terminal; Infinity where it is none. */
  readonly width: number;
  readonly color: boolean;
  /** Now, in seconds since 1970. */
  readonly now: number;
}

const STATES: Record<State, readonly [text: string, color: "green" | "red" | "yellow"]> = {
  "in-sync": ["in sync", "green"],
  drift: ["drift", "red"],
  unknown: ["unknown", "yellow"],
  absent: ["absent", "yellow"],
  unreachable: ["unreachable", "yellow"],
};

/** What the last column has at least, however narrow the terminal is. */
const LEAST = 20;

/** The table; the stack has a column where there are several. */
export function tableOf({ hosts }: Findings, { status, width, color, now }: Layout): string {
  const several = new Set(hosts.map(({ stack }) => stack)).size > 1;
  const rows = hosts.map((seen) => ({
    cells: [...(several ? [seen.stack] : []), seen.host, STATES[stateOf(seen)][0]],
    words: [...wordsOf(seen), ...(status ? statusOf(seen, now) : [])],
    color: STATES[stateOf(seen)][1],
  }));
  const head = { cells: [...(several ? ["STACK"] : []), "HOST", "STATE"], words: ["DETAILS"], color: "bold" } as const;
  const widths = head.cells.map((_, at) => Math.max(...[head, ...rows].map(({ cells }) => cells[at]?.length ?? 0)));
  const used = widths.reduce((sum, width) => sum + width + 2, 0);
  const paint = (format: "bold" | "green" | "red" | "yellow", text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;

  const lines = [head, ...rows].flatMap(({ cells, words, color }) => {
    const left = cells.map((cell, at) => {
      const padded = cell.padEnd((widths[at] ?? 0) + 2);
      return color === "bold" || at === cells.length - 1 ? paint(color, padded) : padded;
    });
    const [first = "", ...more] = words.flatMap((line) => wrapped(line, Math.max(LEAST, width - used)));
    return [
      left.join("") + (color === "bold" ? paint(color, first) : first),
      ...more.map((line) => " ".repeat(used) + line),
    ];
  });
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** A text in lines of that width; what has no blank is cut. Further lines are set in. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text.trim();
  while (rest.length > room(lines, width)) {
    const most = room(lines, width);
    const blank = rest.lastIndexOf(" ", most);
    const end = blank > 0 ? blank : most;
    lines.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest].map((line, at) => (at > 0 ? `  ${line}` : line));
}

const room = (lines: readonly string[], width: number) => (lines.length > 0 ? width - 2 : width);
