// What the programs that a host has started were for: which command over SSH, which unit, and how often the same only
// because something had to be waited for.

import { basename } from "node:path";
import type { Followed } from "../../lab/programs.ts";

/** A command over SSH. Times are seconds, as in `Followed`. */
export interface Session {
  /** Its first line. */
  readonly command: string;
  /** When the server began to serve the connection. */
  readonly connected: number;
  /** When the command began. */
  readonly begin: number;
  readonly end: number;
  /** The process of the command, without what it ran before that. */
  readonly process: Followed;
}

/**
 * The commands over SSH that have ended; `commandOf` knows them by the path that each begins with (lab/commands.ts).
 */
export const sessions = (
  processes: readonly Followed[],
  commandOf: (path: string) => string | undefined,
): readonly Session[] =>
  processes.flatMap((process): Session[] => {
    const { programs, parent, end } = process;
    const index = programs.findIndex(({ path }) => commandOf(path) !== undefined);
    const first = programs[index];
    if (!first || end === undefined) return [];
    const begin = first.at;
    const own = { ...process, begin, programs: programs.slice(index + 1) };
    return [{ command: commandOf(first.path) ?? "", connected: parent?.begin ?? begin, begin, end, process: own }];
  });

/**
 * The names of the programs of a process and of those below it: each before those that it has forked, these in the
 * order of their forks. Which of two programs beside each other is faster changes nothing.
 */
export const names = ({ programs, children }: Followed): string[] => [
  ...programs.map(({ path }) => basename(path)),
  ...children.flatMap(names),
];

/**
 * What units have started, as those that start Postfix, without the processes that a running Postfix (master) has.
 * Other units of a host start programs when they like.
 */
export function ofUnits(processes: readonly Followed[]): string[] {
  const started = processes.filter(({ parent }) => parent && !parent.parent);
  const untilMaster = (process: Followed): string[] => {
    const own = process.programs.map(({ path }) => basename(path));
    return own.includes("master") ? own : [...own, ...process.children.flatMap(untilMaster)];
  };
  return started.map(untilMaster).flatMap((all) => (all[0] !== "sshd" && all.includes("postfix") ? all : []));
}

/**
 * Names of programs with one look of each wait. How often something is looked for, with a `sleep` between, is how long
 * it takes, and no work: of looks that are alike, or of which one has ended earlier than the next, the last one
 * counts.
 */
export function withoutWaits(all: readonly string[]): string[] {
  const parts: string[][] = [[]];
  for (const name of all)
    if (name === "sleep") parts.push([]);
    else parts.at(-1)?.push(name);
  const [first = [], ...rest] = parts;
  return rest.reduce((kept, part, index) => {
    const next = rest[index + 1];
    const again = next !== undefined && part.every((name, place) => next[place] === name);
    return again ? kept : joined(kept, part);
  }, first);
}

/** Two lists as one, without the begin of the second that is the end of the first: the first look of a wait. */
function joined(before: readonly string[], after: readonly string[]): string[] {
  const overlap = (length: number) => before.slice(-length).every((name, index) => after[index] === name);
  let length = Math.min(before.length, after.length);
  while (length > 0 && !overlap(length)) length--;
  return [...before, ...after.slice(length)];
}

/**
 * What a command of ours does, in the words of the host tool: `check`, `install`, `stage main-cf`; others as they are.
 */
export const stepOf = (command: string): string =>
  /(?:postrelay|^sh -s) ((?:stage |restore )?[a-z][a-z-]*)/.exec(command)?.[1] ?? command;
