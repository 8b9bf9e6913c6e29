import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** How long to wait, and how often to poll. */
export interface UntilOptions {
  seconds?: number;
  /** Milliseconds between two polls. */
  every?: number;
  /** Log of the process that is waited for: its last lines become part of the error. */
  log?: string;
}

/** Polls until the result is neither undefined nor false; for facts that nothing announces. */
export async function until<T>(
  what: string,
  fact: () => T | Promise<T>,
  { seconds = 30, every = 25, log }: UntilOptions = {},
): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await fact();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s${lastLines(log)}`);
    await pause(every);
  }
}

/** The last lines of a log, to be appended to an error message. */
export function lastLines(log: string | undefined): string {
  if (!log || !existsSync(log)) return "";
  return `; the last lines of ${log}:\n${readFileSync(log, "utf8").trimEnd().split("\n").slice(-20).join("\n")}`;
}
