// The tables of a run, for the terminal and for docs/performance.md.

import { markdownTable } from "markdown-table";
import { ourWays, type Ratio, ratios } from "./ratios.ts";
import type { Machine, Results, Row } from "./results.ts";
import { summary, told } from "./statistics.ts";

const unique = (values: string[]) => [...new Set(values)];

/** One line for each case, one column for each contestant. */
function table({ rows, contestants }: Results, cell: (row: Row) => string | undefined): string {
  const told = rows.filter((row) => cell(row) !== undefined);
  if (told.length === 0) return "";
  const columns = Object.keys(contestants).filter((name) => told.some((row) => row.contestant === name));
  const lines = unique(told.map((row) => row.case)).map((name) => {
    const found = (contestant: string) => told.find((row) => row.case === name && row.contestant === contestant);
    const cells = columns.map((contestant) => {
      const row = found(contestant);
      return row ? (cell(row) ?? "") : "";
    });
    return [name, ...cells];
  });
  return markdownTable([["", ...columns], ...lines], { align: ["l", ...columns.map(() => "r")] });
}

/** Seconds: the median, with the least and the most. */
export const times = (results: Results): string =>
  table(results, ({ seconds }) => {
    const all = summary(seconds);
    if (!all) return undefined;
    return all.runs === 1 ? told(all.median) : `${told(all.median)} (${told(all.min)}–${told(all.max)})`;
  });

/** What each row of ours is beside the script, Mitogen, the floor, and fewer hosts: without a preview / with one. */
export function ratioTable({ rows }: Results): string {
  const all = ratios(rows);
  const columns: [name: string, value: (ratio: Ratio) => string | undefined][] = [
    ["times the script", ({ script }) => script?.toFixed(2)],
    ["times faster than Mitogen", ({ mitogen }) => mitogen?.toFixed(2)],
    [
      "above the floor",
      ({ floor }) => (floor === undefined ? undefined : `${floor < 0 ? "−" : "+"}${told(Math.abs(floor))}`),
    ],
    ["times linear", ({ linear }) => linear?.toFixed(2)],
  ];
  const there = columns.filter(([, value]) => all.some((ratio) => value(ratio) !== undefined));
  const lines = unique(all.map((ratio) => ratio.case)).map((name) => {
    const own = ourWays.flatMap((way) => all.find((ratio) => ratio.case === name && ratio.contestant === way) ?? []);
    return [name, ...there.map(([, value]) => own.flatMap((ratio) => value(ratio) ?? []).join(" / "))];
  });
  if (there.length === 0) return "";
  return markdownTable([["", ...there.map(([title]) => title)], ...lines], { align: ["l", ...there.map(() => "r")] });
}

/** Seconds of CPU: on this machine, and on a host. */
export const cpus = (results: Results): string =>
  table(results, ({ cpu }) => {
    const [here, host] = [summary(cpu?.here ?? []), summary(cpu?.host ?? [])];
    return here && (host ? `${told(here.median)} + ${told(host.median)}` : told(here.median));
  });

/** The most memory that the processes on this machine had at once. */
export const memory = (results: Results): string =>
  table(results, ({ memory }) => (memory === undefined ? undefined : `${Math.round(memory)} MiB`));

/** SSH logins on each host. */
export const logins = (results: Results): string =>
  table(results, ({ logins }) => (logins === undefined ? undefined : String(logins)));

/** Bytes of the state for each host: as it lies on the disk, of as many before. */
export const states = (results: Results): string =>
  table(results, ({ state }) => state && `${kilo(state.file)} of ${kilo(state.plain)} kB`);
const kilo = (bytes: number) => (bytes / 1000).toFixed(1);

/** The machine in one sentence. */
export function machineText({ date, cpu, cores, memory, kernel, load, versions }: Machine): string {
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `${date.slice(0, 10)}, ${cpu}, ${cores} cores, ${memory}, Linux ${kernel}, ` +
    `load ${load.map((value) => value.toFixed(1)).join(" before and ")} after; ${all.join(", ")}.`
  );
}

/** All of it, for a terminal. */
export function report(results: Results): string {
  const parts = [
    ["Seconds: median (least–most)", times(results)],
    ["Beside the others: up --skip-preview / up", ratioTable(results)],
    ["Seconds of CPU: median here + on a host", cpus(results)],
    ["Memory on this machine, at most", memory(results)],
    ["SSH logins per host", logins(results)],
    ["State per host, compressed", states(results)],
  ].filter(([, text]) => text);
  const contestants = Object.entries(results.contestants).map(([name, text]) => `  ${name}: ${text}`);
  return [
    machineText(results.machine),
    contestants.join("\n"),
    ...parts.map(([title, text]) => `${title}\n\n${text}`),
    ...results.notes.map((note) => `Note: ${note}`),
    "",
  ].join("\n\n");
}

/** A text with what stands between two markers replaced: `<!-- bench: NAME -->` and `<!-- /bench -->`. */
export function filled(text: string, parts: Record<string, string>): string {
  return text.replace(/(<!-- bench: (\w+) -->\n)[\s\S]*?(<!-- \/bench -->)/g, (all, begin, name, end) =>
    parts[name] === undefined ? all : `${begin}\n${parts[name]}\n\n${end}`,
  );
}

/** The page about speed, with the tables of a run. */
export const page = (text: string, results: Results): string =>
  filled(text, {
    machine: machineText(results.machine),
    times: times(results),
    ratios: ratioTable(results),
    cpu: cpus(results),
    memory: memory(results),
    logins: logins(results),
    state: states(results),
    notes: [...(results.quick ? ["this was a short run, with few cases and fewer runs of each"] : []), ...results.notes]
      .map((note) => `- ${note}.`)
      .join("\n"),
  });
