// The programs that processes start, each with its time, as the kernel tells them (tracefs): it follows these processes
// and what they start, forgets none, and slows none down as a debugger would.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./shell.ts";

/** A process that was followed. Times are seconds of CLOCK_MONOTONIC, as of `process.hrtime()`. */
export interface Followed {
  readonly pid: number;
  /** Process that it was forked from; undefined for one that was there before. */
  readonly parent?: Followed;
  /** What it has forked, in that order. */
  readonly children: Followed[];
  /** Undefined for one that was there before. */
  readonly begin?: number;
  /** Undefined for one that is still there. */
  end?: number;
  /** What it has run, one after the other: paths as they were called. None: a part of a program, such as a subshell. */
  readonly programs: { readonly path: string; readonly at: number }[];
}

const own = "/run/postfix-relay-lab/tracefs";
const events = ["fork", "exec", "exit"].map((name) => `events/sched/sched_process_${name}/enable`);
const prefix = "postfix-relay-lab-";
let number = 0;

/** Where tracefs is mounted. Mounts it where it is not. */
async function tracefs(): Promise<string> {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  const found = mounts.map((line) => line.split(" ")).find(([, , type]) => type === "tracefs")?.[1];
  if (found) return found;
  mkdirSync(own, { recursive: true });
  await must("mount", ["-t", "tracefs", "none", own]);
  return own;
}

/** Why this machine cannot tell what processes start, or undefined. */
export async function untold(): Promise<string | undefined> {
  try {
    const folder = await tracefs();
    const missing = events.find((event) => !existsSync(join(folder, event)));
    return missing && `this kernel has no ${missing}`;
  } catch (error) {
    return `tracefs cannot be mounted: ${error instanceof Error ? error.message.split("\n").at(-1) : error}`;
  }
}

/** What some processes, and all that they start, have run since it was opened or cleared. */
export class Programs {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Follows these processes until `close`. A buffer holds some 20,000 starts for each core. */
  static async follow(pids: readonly number[]): Promise<Programs> {
    const instances = join(await tracefs(), "instances");
    removeLeft(instances);
    const folder = join(instances, `${prefix}${process.pid}-${++number}`);
    mkdirSync(folder);
    const programs = new Programs(folder);
    programs.#set("trace_clock", "mono");
    programs.#set("buffer_size_kb", "4096");
    programs.#set("options/event-fork", "1");
    programs.#set("set_event_pid", pids.join(" "));
    for (const event of events) programs.#set(event, "1");
    return programs;
  }

  /** Forgets what was started until now. */
  clear(): void {
    this.#set("trace", "");
  }

  /** What has been started. */
  read(): Followed[] {
    return followed(readFileSync(join(this.#folder, "trace"), "utf8"));
  }

  close(): void {
    for (const event of events) this.#set(event, "0");
    rmdirSync(this.#folder);
  }

  #set(name: string, value: string): void {
    writeFileSync(join(this.#folder, name), value);
  }
}

/** Removes what a process that was killed has left. */
function removeLeft(instances: string): void {
  for (const name of readdirSync(instances)) {
    const pid = name.startsWith(prefix) && name.slice(prefix.length).split("-")[0];
    if (pid && !existsSync(`/proc/${pid}`)) rmdirSync(join(instances, name));
  }
}

const line = / (\d+\.\d+): sched_process_(fork|exec|exit): (.*)$/;

/** The processes in what the kernel has written, in the order in which they were started; an error if it lost some. */
export function followed(text: string): Followed[] {
  const [, kept, all] = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)/m.exec(text) ?? [];
  if (kept !== all) throw new Error(`the kernel's buffer held only ${kept} of ${all} events`);
  const processes: Followed[] = [];
  const alive = new Map<number, Followed>();
  const add = (pid: number, parent?: Followed, begin?: number): Followed => {
    const one: Followed = { pid, ...(parent && { parent, begin }), children: [], programs: [] };
    processes.push(one);
    parent?.children.push(one);
    alive.set(pid, one);
    return one;
  };
  for (const [, time, kind, fields = ""] of text.split("\n").flatMap((one) => [line.exec(one) ?? []])) {
    const at = Number(time);
    const id = (name: string) => Number(new RegExp(`(?:^| )${name}=(\\d+)`).exec(fields)?.[1]);
    const known = (pid: number) => alive.get(pid) ?? add(pid);
    if (kind === "fork") add(id("child_pid"), known(id("pid")), at);
    if (kind === "exec") known(id("pid")).programs.push({ path: /filename=(.*) pid=/.exec(fields)?.[1] ?? "", at });
    if (kind === "exit") {
      known(id("pid")).end = at;
      alive.delete(id("pid"));
    }
  }
  return processes;
}
