// Findings as a table in plain columns. Only the last column may need more than one line.

import { styleText } from "node:util";
import cliui from "cliui";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { type Findings, stateOf, statusOf, wordsOf } from "./findings.ts";
import { states } from "./states.ts";

/** The form of the table. */
export interface Layout {
  /** With the queue and the last delivery. */
  readonly status: boolean;
  /** Columns of the terminal; Infinity where it is none. */
  readonly width: number;
  readonly color: boolean;
  /** Now, in seconds since 1970. */
  readonly now: number;
}

/** The least width of the last column, however narrow the terminal is. */
const LEAST = 20;

/** Blanks between two columns. */
const GAP = 2;

/** The table; the stack has a column where there are several. */
export function tableOf({ hosts }: Findings, { status, width, color, now }: Layout): string {
  const several = new Set(hosts.map(({ stack }) => stack)).size > 1;
  const rows = hosts.map((seen) => ({
    cells: [...(several ? [seen.stack] : []), seen.host, states[stateOf(seen)].word],
    words: [...wordsOf(seen), ...(status ? statusOf(seen, now) : [])],
    color: states[stateOf(seen)].color,
  }));
  const head = { cells: [...(several ? ["STACK"] : []), "HOST", "STATE"], words: ["DETAILS"], color: "bold" } as const;
  const widths = head.cells.map(
    (_, at) => GAP + Math.max(...[head, ...rows].map(({ cells }) => stringWidth(cells[at] ?? ""))),
  );
  const left = Math.max(LEAST, width - widths.reduce((sum, width) => sum + width, 0));
  const paint = (format: "bold" | "green" | "red" | "yellow", text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;

  // Without its wrapping, which would not set in further lines.
  const table = cliui({ width, wrap: false });
  for (const { cells, words, color } of [head, ...rows]) {
    const isPainted = (at: number) => color === "bold" || at === cells.length - 1;
    const lines = words.map((line) => wrap(line.trim(), left)).join("\n");
    table.div(...cells.map((cell, at) => ({ text: isPainted(at) ? paint(color, cell) : cell, width: widths[at] })), {
      text: color === "bold" ? paint(color, lines) : lines,
    });
  }
  return `${table}\n`;
}

/** A text in lines of at most that width. Further lines are set in. */
function wrap(text: string, width: number): string {
  return stringWidth(text) <= width ? text : wrapAnsi(text, width - 2, { hard: true }).replaceAll("\n", "\n  ");
}
