// Findings as a table in plain columns. Only the last column may need more than one line.

import { styleText } from "node:util";
import cliui from "cliui";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { detailsOf, type Findings, stateOf, statusOf } from "./findings.ts";
import { type Color, states, tally } from "./states.ts";

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

/** A line of a table: what is known of a host. */
export interface Row {
  readonly stack: string;
  readonly host: string;
  readonly word: string;
  readonly color: Color;
  readonly details: readonly string[];
}

/** The table of findings. A last line sums up what is more than one line. */
export function tableOf({ hosts }: Findings, { status, now, ...layout }: Layout): string {
  const rows = hosts.map((seen) => ({
    stack: seen.stack,
    host: seen.host,
    ...states[stateOf(seen)],
    details: [...detailsOf(seen), ...(status ? statusOf(seen, now) : [])],
  }));
  return `${rowsText(rows, layout)}${hosts.length > 1 ? `\n${tally(hosts.map(stateOf))}\n` : ""}`;
}

/** Rows in columns; the stack has one where there are several. */
export function rowsText(hosts: readonly Row[], { width, color }: Pick<Layout, "width" | "color">): string {
  const several = new Set(hosts.map(({ stack }) => stack)).size > 1;
  const rows = hosts.map(({ stack, host, word, color, details }) => ({
    cells: [...(several ? [stack] : []), host, word],
    details,
    color,
  }));
  const head = {
    cells: [...(several ? ["STACK"] : []), "HOST", "STATE"],
    details: ["DETAILS"],
    color: "bold",
  } as const;
  const widths = head.cells.map(
    (_, at) => GAP + Math.max(...[head, ...rows].map(({ cells }) => stringWidth(cells[at] ?? ""))),
  );
  const left = Math.max(LEAST, width - widths.reduce((sum, width) => sum + width, 0));
  const paint = (format: "bold" | Color, text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text;

  // Without its wrapping, which would not set in further lines.
  const table = cliui({ width, wrap: false });
  for (const { cells, details, color } of [head, ...rows]) {
    const isPainted = (at: number) => color === "bold" || at === cells.length - 1;
    const lines = details.map((line) => wrap(line.trimEnd(), left)).join("\n");
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
