// Which programs of a command took its time.

import { basename } from "node:path";
import type { Followed } from "../../lab/programs.ts";

/** A name that a process had from some time on. */
interface Named {
  readonly process: Followed;
  readonly from: number;
  readonly until: number;
  /** Who had forked it, and is not done before it is. */
  readonly above?: Followed;
  readonly name: string;
}

/** The tool itself, and what only waits for it. */
export const SHELL = "the shell itself";
const shells = new Set(["sh", "bash", "dash", "postrelay", "timeout"]);
const whole = new Set(["postfix"]);

/**
 * Seconds of each program between two times, by name: at each moment the time is that of the processes that have no
 * other below them. What a `postfix` has started, such as for a reload, counts as `postfix`.
 */
export function spent(process: Followed, begin: number, end: number): Map<string, number> {
  const all = named(process, SHELL, end);
  const times = new Set([begin, end, ...all.flatMap(({ from, until }) => [from, until])]);
  const cuts = [...times].filter((at) => at >= begin && at <= end).sort((a, b) => a - b);
  const sums = new Map<string, number>();
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const until = cuts[index + 1] ?? end;
    const running = all.filter((one) => one.from <= from && one.until >= until);
    const waiting = new Set(running.map(({ above }) => above));
    const working = running.filter((one) => !waiting.has(one.process));
    for (const { name } of working) sums.set(name, (sums.get(name) ?? 0) + (until - from) / working.length);
  }
  return sums;
}

function named(process: Followed, inherited: string, end: number, above?: Followed): Named[] {
  const { programs, children, begin = 0, end: own = end } = process;
  const all = [{ at: begin, name: inherited }];
  for (const { path, at } of programs) {
    const [name, last] = [basename(path), all.at(-1)?.name ?? inherited];
    all.push({ at, name: whole.has(last) ? last : shells.has(name) ? SHELL : name });
  }
  const parts = all.map(
    ({ at, name }, index): Named => ({
      process,
      from: at,
      until: all[index + 1]?.at ?? own,
      name,
      ...(above && { above }),
    }),
  );
  const nameAt = (at = 0) => all.findLast((one) => one.at <= at)?.name ?? inherited;
  return [...parts, ...children.flatMap((child) => named(child, nameAt(child.begin), end, process))];
}
