// Findings as a table in plain columns. Only the last column may need more than one line.

import { styleText } from "node:util";
import cliui from "cliui";
import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { detailsOf, type Findings, probeWords, type Seen, stateOf, statusOf } from "./findings.ts";
import { type Color, counts, states, tally } from "./states.ts";

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
  /** What a probe has found; it has a column where any host has been probed. */
  readonly probe?: { readonly word: string; readonly color: Color };
  readonly details: readonly string[];
}

/** The table of findings. A last line sums up what is more than one line. */
export function tableOf({ hosts }: Findings, { status, now, ...layout }: Layout): string {
  const rows = hosts.map((seen) => ({
    stack: seen.stack,
    host: seen.host,
    ...states[stateOf(seen)],
    probe: seen.probe && { word: wordOf(seen.probe.state), color: seen.probe.color },
    details: [...detailsOf(seen), ...probeWords(seen), ...(status ? statusOf(seen, now) : [])],
  }));
  return `${rowsText(rows, layout)}${hosts.length > 1 ? `\n${tally(hosts.map(stateOf))}${probed(hosts)}\n` : ""}`;
}

/** How many probes have come to what. */
function probed(hosts: readonly Seen[]): string {
  const found = hosts.flatMap(({ probe }) => (probe ? [probe.state] : []));
  const order = [...new Set(found)].toSorted();
  return found.length === 0 ? "" : `; ${found.length} probed: ${counts(found, order, wordOf)}`;
}

/** A state of JSON as the table has it. */
const wordOf = (state: string) => state.replaceAll("-", " ");

/** Rows in columns; the stack has one where there are several. */
export function rowsText(hosts: readonly Row[], { width, color }: Pick<Layout, "width" | "color">): string {
  const several = new Set(hosts.map(({ stack }) => stack)).size > 1;
  const hasProbes = hosts.some(({ probe }) => probe !== undefined);
  const rows = hosts.map(({ stack, host, word, color, probe, details }) => ({
    cells: [
      ...(several ? [{ text: stack }] : []),
      { text: host },
      { text: word, format: color },
      ...(hasProbes ? [{ text: probe?.word ?? "", format: probe?.color }] : []),
    ],
    last: { text: details, format: undefined },
  }));
  const titles = [...(several ? ["STACK"] : []), "HOST", "STATE", ...(hasProbes ? ["PROBE"] : [])];
  const bold = { format: "bold" } as const;
  const head = { cells: titles.map((text) => ({ text, ...bold })), last: { text: ["DETAILS"], ...bold } };
  const widths = titles.map(
    (_, at) => GAP + Math.max(...[head, ...rows].map(({ cells }) => stringWidth(cells[at]?.text ?? ""))),
  );
  const left = Math.max(LEAST, width - widths.reduce((sum, width) => sum + width, 0));
  const paint = (text: string, format?: "bold" | Color) =>
    color && format && text ? styleText(format, text, { validateStream: false }) : text;

  // Without its wrapping, which would not set in further lines.
  const table = cliui({ width, wrap: false });
  for (const { cells, last } of [head, ...rows]) {
    const lines = last.text.map((line) => wrap(line.trimEnd(), left)).join("\n");
    table.div(...cells.map(({ text, format }, at) => ({ text: paint(text, format), width: widths[at] })), {
      text: paint(lines, last.format),
    });
  }
  return `${table}\n`;
}

/** A text in lines of at most that width. Further lines are set in. */
function wrap(text: string, width: number): string {
  return stringWidth(text) <= width ? text : wrapAnsi(text, width - 2, { hard: true }).replaceAll("\n", "\n  ");
}
