// What `pulumi up --json` has said, in a few words: how it has ended, what it has changed, and why it has failed. The
// events hold the whole configuration; nothing of that is kept.

import { z } from "zod";
import { clean } from "../host/clean.ts";

const event = z.object({
  summaryEvent: z
    .object({ resourceChanges: z.record(z.string(), z.number()).default({}), result: z.string().optional() })
    .optional(),
  resOpFailedEvent: z.object({ metadata: z.object({ urn: z.string() }) }).optional(),
  resOutputsEvent: z.object({ metadata: z.object({ op: z.string(), type: z.string() }) }).optional(),
  diagnosticEvent: z
    .object({
      message: z.string(),
      severity: z.string(),
      urn: z.string().optional(),
      ephemeral: z.boolean().optional(),
    })
    .optional(),
});

/** What it has come to. */
export interface Digest {
  readonly state: "succeeded" | "unchanged" | "failed" | "unreachable" | "locked";
  /** How many resources were created, updated and so on. */
  readonly changes: Readonly<Record<string, number>>;
  /** The reason in lines, where it has failed. */
  readonly why: readonly string[];
  /** Whose lock it is, as Pulumi says it, where it is locked. */
  readonly lock?: Lock;
  /** All that people were told, for the log of the stack. */
  readonly log: readonly string[];
}

/** A lock of Pulumi. */
export interface Lock {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  readonly at: number;
}

/** The lines of a reason that are kept. */
const LINES = 6;

/** What a failed dial says; nothing of the host was touched if that is all. */
const NO_WAY =
  /connection refused|no route to host|i\/o timeout|network is unreachable|no such host|Timed out while waiting for handshake|connect ETIMEDOUT|connect EHOSTUNREACH|failed to dial|cannot be reached/i;

const LOCK = /created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/;

const QUIET = new Set(["same", "read", "refresh"]);

/** Reads what it has printed. */
export function digestOf(stdout: string, stderr: string, code: number): Digest {
  const events = stdout.split("\n").flatMap((line) => {
    try {
      return [event.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
  const changes = events.findLast(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges ?? {};
  const diagnostics = events.flatMap(({ diagnosticEvent: one }) => (one && !one.ephemeral ? [one] : []));
  const log = diagnostics.flatMap(({ severity, urn, message }) =>
    linesOf(message).map((line) => `${severity}: ${urn ? `${nameIn(urn)}: ` : ""}${line}`),
  );
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const failedStep = events.some(({ resOpFailedEvent }) => resOpFailedEvent);
  if (code === 0) {
    const isSame = Object.entries(changes).every(([op, count]) => QUIET.has(op) || count === 0);
    return { state: isSame ? "unchanged" : "succeeded", changes, why: [], log };
  }
  const said = linesOf(stderr);
  const lock = lockIn(stderr) ?? lockIn(errors.map(({ message }) => message).join("\n"));
  const why = (
    errors.length > 0 ? ownWords(errors.flatMap(({ message }) => linesOf(message))) : errorLines(said)
  ).slice(0, LINES);
  if (lock || /stack is currently locked|\[409\] Conflict/i.test(stderr))
    return { state: "locked", changes, why, lock, log };
  const touched = events.some(
    ({ resOutputsEvent: one }) => one?.metadata.type.startsWith("command:remote") && !QUIET.has(one.metadata.op),
  );
  const away = failedStep && !touched && errors.some(({ message }) => NO_WAY.test(message));
  return { state: away ? "unreachable" : "failed", changes, why, log: [...log, ...(errors.length > 0 ? [] : said)] };
}

const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => clean(line).trimEnd())
    .filter((line) => line.trim() !== "");

/** What Pulumi puts before the words of a step that is not begun. */
const BEFORE = /^before hook "[^"]*" failed: /;

/** What the provider puts before the words of a host, and what Pulumi says after those of all steps. */
const AROUND = /^(Process exited with status \d+: running .*|update failed)$/;

/** The words of the hosts, without what is put round them, where there are any. */
function ownWords(lines: readonly string[]): readonly string[] {
  const own = lines
    .filter((line) => !AROUND.test(line))
    .map((line) =>
      line
        .trimStart()
        .replace(BEFORE, "")
        .replace(/^postrelay: /, ""),
    );
  return own.length > 0 ? own : lines;
}

const errorLines = (lines: readonly string[]): readonly string[] => {
  const first = lines.findIndex((line) => line.startsWith("error: "));
  return first < 0 ? lines : lines.slice(first);
};

/** The name of a resource in its URN. */
const nameIn = (urn: string) => clean(urn.split("::").at(-1) ?? "");

/** The lock in an error of Pulumi. */
export function lockIn(text: string): Lock | undefined {
  const [, user, host, pid, at] = LOCK.exec(text) ?? [];
  return user && host && at ? { user, host, pid: Number(pid), at: Date.parse(at) || 0 } : undefined;
}
