// The job of one stack, from the check of its fingerprint to what its `pulumi up` has come to. It may be called again
// for the same start, by any worker of this machine, and runs once all the same.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { type Digest, digestOf, type Lock } from "./events.ts";
import { adopt, attemptsIn, type Ended, type How, type Job, NoRoom, recordOf, run } from "./job.ts";
import { isPid } from "./session.ts";
import type { Outcome } from "./states.ts";

/** What a worker is told about a stack. */
export interface StackTask {
  readonly rollout: string;
  readonly stack: string;
  readonly fingerprint: string;
  /** Which start of this stack it is within the rollout, from 1. */
  readonly start: number;
  /** Seconds. */
  readonly timeout: number;
}

/** What it has come to. No configuration and no secret is in it. */
export interface StackResult {
  readonly stack: string;
  readonly state: Outcome;
  readonly how: How | "refused";
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly ended: number;
  readonly changes: Readonly<Record<string, number>>;
  /** Why it has failed, and what to do, in lines. */
  readonly why: readonly string[];
  /** The folder with its log, on the machine that has run it. */
  readonly folder: string;
}

/** The worker's machine. */
export interface Place {
  /** The folder of all rollouts. */
  readonly jobs: string;
  /** The folder of the project. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly fingerprint: (stack: string) => string;
  /** Hears what happens, for who looks on. */
  readonly tell: (stack: string, what: "running" | Outcome) => void;
}

/** Bytes that have to be free for one more job. */
const ROOM = 16 * 2 ** 20;
/** Attempts after which a stack that is cut off again and again is left alone. */
const ATTEMPTS = 4;

const up = (stack: string) => [
  ...["pulumi", "up", "--yes", "--skip-preview", "--json", "--non-interactive", "--color", "never"],
  ...["--stack", stack],
];

/** The folder of one start of a stack. */
export const folderOf = (jobs: string, { rollout, stack, start }: Pick<StackTask, "rollout" | "stack" | "start">) =>
  join(jobs, rollout, stack, `start-${start}`);

/** Does it, or finds that it was done. */
export async function runStack(task: StackTask, place: Place): Promise<StackResult> {
  const folder = folderOf(place.jobs, task);
  const result = keptIn(folder) ?? (await doStack(task, folder, place));
  place.tell(task.stack, result.state);
  if (!existsSync(folder) || keptIn(folder)) return result;
  // As a whole, and before what it is made of goes.
  const kept = join(folder, RESULT);
  writeFileSync(`${kept}.tmp`, JSON.stringify(result));
  renameSync(`${kept}.tmp`, kept);
  for (const attempt of attemptsIn(folder)) tidy(attempt, result.state);
  return result;
}

const RESULT = "result.json";

function keptIn(folder: string): StackResult | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, RESULT), "utf8"));
  } catch {
    return undefined;
  }
}

async function doStack(task: StackTask, folder: string, place: Place): Promise<StackResult> {
  const { stack, timeout } = task;
  const env = { ...place.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { cwd } = place;
  const job: Job = { folder, command: up(stack), cwd, env, timeout };
  place.tell(stack, "running");
  for (let after: number | undefined; ; ) {
    const found = after ?? (await adopt(job));
    const ended = typeof found === "number" ? await next(task, job, found, place) : found;
    after = undefined;
    if (ended === undefined) continue;
    if ("stack" in ended) return ended;
    const digest = digestFrom(ended, timeout);
    // Another worker that has seen the same end removes what it was read from.
    const kept = keptIn(folder);
    if (kept) return kept;
    if (!digest.lock || !isOurs(digest.lock, folder)) return resultOf(task, ended, digest, folder);
    await promisify(execFile)("pulumi", ["cancel", "--yes", "--non-interactive", "--stack", stack], { cwd, env });
    after = attemptsIn(folder).length;
  }
}

/** One more attempt, or why there is none. */
async function next(
  { stack, fingerprint }: StackTask,
  job: Job,
  attempts: number,
  { fingerprint: now }: Place,
): Promise<Ended | StackResult | undefined> {
  const { folder } = job;
  const refused = (state: Outcome, ...why: string[]): StackResult => {
    const at = Date.now();
    return { stack, state, how: "refused", attempts, began: at, ended: at, changes: {}, why, folder };
  };
  if (attempts >= ATTEMPTS) return refused("failed", `it was cut off ${attempts} times; see ${folder}`);
  if (now(stack) !== fingerprint)
    return refused("changed", "its file, the program or the package is another one than when the rollout began");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < ROOM) throw new NoRoom("the disk is full");
    return await run(job, attempts + 1);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const full = error instanceof NoRoom ? error.message : code && `its folder cannot be written (${code})`;
    if (!full) throw error;
    return refused("failed", `not started: ${full}: ${folder}; make room, then \`postfix-relay rollout retry\``);
  }
}

function digestFrom({ attempt, code }: Ended, timeout: number): Digest & { timedOut: boolean } {
  const read = (name: string) => {
    const file = join(attempt, name);
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  };
  const digest = digestOf(read("stdout"), read("stderr"), code ?? 1);
  writeFileSync(join(attempt, "log"), digest.log.map((line) => `${line}\n`).join(""));
  if (code !== undefined) return { ...digest, timedOut: false };
  return { ...digest, timedOut: true, lock: undefined, why: [`no end within ${timeout} s`, ...digest.why] };
}

function resultOf(
  { stack }: StackTask,
  { how, at }: Ended,
  { state, changes, why, lock, timedOut }: Digest & { timedOut: boolean },
  folder: string,
): StackResult {
  const whose = lock
    ? [
        `locked by ${lock.user} on ${lock.host} (pid ${lock.pid}); if nobody works there, run \`pulumi cancel --stack ${stack}\``,
      ]
    : [];
  return {
    stack,
    state: timedOut ? "timed-out" : state,
    how,
    attempts: attemptsIn(folder).length,
    began: at,
    ended: Date.now(),
    changes,
    why: [...whose, ...why],
    folder,
  };
}

/** Whether a lock is that of an earlier attempt of ours that was cut off. Anybody else's is never touched. */
function isOurs({ host, pid, at }: Lock, folder: string): boolean {
  const earlier = attemptsIn(folder)
    .slice(0, -1)
    .flatMap((attempt) => recordOf(attempt) ?? []);
  const [first] = earlier;
  // Pulumi tells whole seconds.
  return first !== undefined && host === hostname() && at >= first.at - 1000 && !isPid(pid);
}

/** The raw events are half a megabyte for each stack: they are kept, packed, where it has failed. */
function tidy(attempt: string, state: Outcome): void {
  const raw = join(attempt, "stdout");
  if (!existsSync(raw)) return;
  if (state !== "succeeded" && state !== "unchanged") writeFileSync(`${raw}.gz`, gzipSync(readFileSync(raw)));
  rmSync(raw);
}
