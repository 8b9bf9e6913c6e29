// One job: a program that outlives the worker that has started it. It has a session of its own and files in the place
// of pipes; whoever comes to it later finds how it has ended, or waits for that, and never starts it again.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bootId, type Identity, interrupt, isAlive, kill } from "./session.ts";

/**
 * Claims the folder of the attempt, which only one can make, and says who it is, before it does anything. Of all files
 * `exit` comes last, and as a whole.
 */
const SHELL = `
mkdir "$1" 2>/dev/null || { [ -d "$1" ] && exit 0; exit 73; }
attempt=$1; shift
began() {
  read -r line </proc/$$/stat; line=\${line##*) }; set -- $line
  printf '{"pid":%s,"start":"%s","boot":"%s","host":"%s","at":%s}\\n' $$ "\${20}" "$boot" "$host" "$at"
}
began >"$attempt/job.tmp" && mv "$attempt/job.tmp" "$attempt/job.json" || exit 73
"$@" >"$attempt/stdout" 2>"$attempt/stderr" </dev/null
code=$?
printf '%s\\n' "$code" >"$attempt/exit.tmp" && mv "$attempt/exit.tmp" "$attempt/exit"
`;

/** What is to run. */
export interface Job {
  /** The folder of the job, which holds its attempts. */
  readonly folder: string;
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Seconds that it may take, from its start on. */
  readonly timeout: number;
}

/** How an attempt has come to its end, for this worker. */
export type How = "ran" | "adopted" | "found";

/** The end of an attempt. */
export interface Ended {
  readonly how: How;
  readonly attempt: string;
  /** The exit code; undefined where it was ended for its time. */
  readonly code?: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Who runs an attempt, and since when. */
export interface JobRecord extends Identity {
  readonly host: string;
  readonly at: number;
}

const POLL = 100;
/** The same at a job of this process, whose end is told. Another worker may end it for its time. */
const SELDOM = 1000;
/** Milliseconds from the claim of an attempt to the name of who has it. */
const NAMING = 5000;
/** Milliseconds between the request to end and the end. */
const GRACE = 15_000;

/** What nobody can write: the job was not started, or is not known to have ended. */
export class NoRoom extends Error {}

/** The attempts of a job, the last one at the end. */
export function attemptsIn(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const numbers = names.flatMap((name) => /^attempt-(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return numbers.toSorted((a, b) => a - b).map((number) => join(folder, `attempt-${number}`));
}

/** Who runs an attempt; undefined as long as it has not said so. */
export function recordOf(attempt: string): JobRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(attempt, "job.json"), "utf8"));
  } catch {
    return undefined;
  }
}

function exitOf(attempt: string): number | undefined {
  const file = join(attempt, "exit");
  // Looked for again and again, and hardly ever there: an exception would cost twenty times as much.
  return existsSync(file) ? Number(readFileSync(file, "utf8")) : undefined;
}

const isTimedOut = (attempt: string) => existsSync(join(attempt, "timed-out"));

/** Whether an attempt can no longer end by itself: its process is gone and has left no exit code. */
async function isStale(attempt: string): Promise<boolean> {
  for (let waited = 0; waited < NAMING && !recordOf(attempt); waited += POLL) await sleep(POLL);
  const record = recordOf(attempt);
  if (record && isAlive(record)) return false;
  // It may have ended between the two questions.
  return exitOf(attempt) === undefined;
}

/** The end of the last attempt, of whoever has started it; or how many were cut off, so that one more is to be made. */
export async function adopt({ folder, timeout }: Pick<Job, "folder" | "timeout">): Promise<Ended | number> {
  const attempts = attemptsIn(folder);
  const attempt = attempts.at(-1);
  if (attempt === undefined) return 0;
  if (isTimedOut(attempt) || exitOf(attempt) !== undefined)
    return (await endOf(attempt, timeout, "found")) ?? attempts.length;
  if (await isStale(attempt)) return attempts.length;
  return (await endOf(attempt, timeout, "adopted")) ?? attempts.length;
}

/** Starts the next attempt, and waits for its end. Two workers that do so at once have one attempt. */
export async function run(job: Job, number: number): Promise<Ended | undefined> {
  const attempt = join(job.folder, `attempt-${number}`);
  mkdirSync(job.folder, { recursive: true, mode: 0o700 });
  const env = { ...job.env, boot: bootId(), host: hostname(), at: String(Date.now()) };
  const child = spawn("sh", ["-c", SHELL, "postfix-relay-job", attempt, ...job.command], {
    cwd: job.cwd,
    env,
    detached: true,
    stdio: "ignore",
  });
  const exited = new Promise<number>((resolve) => {
    child.on("error", () => resolve(73));
    child.on("exit", (code) => resolve(code ?? 0));
  });
  while (!existsSync(attempt)) {
    const code = await Promise.race([exited, sleep(20).then(() => undefined)]);
    if (code === 73) throw new NoRoom("its folder cannot be written");
  }
  child.unref();
  if (await isStale(attempt)) {
    if ((await Promise.race([exited, sleep(POLL).then(() => 0)])) === 73)
      throw new NoRoom("its folder cannot be written");
    return undefined;
  }
  return await endOf(attempt, job.timeout, "ran", exited);
}

/** Waits for the end of an attempt that lives, and ends it when its time is over. */
async function endOf(
  attempt: string,
  timeout: number,
  how: How,
  exited?: Promise<unknown>,
): Promise<Ended | undefined> {
  let record = recordOf(attempt);
  // What this process has started ends at once where another worker has the attempt, and then tells nothing of it.
  let told = exited?.then(() => {
    told = undefined;
  });
  for (;;) {
    const code = exitOf(attempt);
    record ??= recordOf(attempt);
    const at = record?.at ?? Date.now();
    if (isTimedOut(attempt)) {
      await end(attempt);
      return { how, attempt, at };
    }
    if (code !== undefined) return { how, attempt, code, at };
    if (record && !isAlive(record) && exitOf(attempt) === undefined) return undefined;
    if (Date.now() - at > timeout * 1000) writeFileSync(join(attempt, "timed-out"), "");
    else await (told ? Promise.race([told, sleep(SELDOM)]) : sleep(POLL));
  }
}

/** Ends what still runs of an attempt. */
async function end(attempt: string): Promise<void> {
  const record = recordOf(attempt);
  if (!record || !isAlive(record)) return;
  interrupt(record.pid);
  for (let waited = 0; waited < GRACE && isAlive(record); waited += POLL) await sleep(POLL);
  if (isAlive(record)) kill(record.pid);
}
