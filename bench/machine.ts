// The machine that measures, and one program on it with its time and memory.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { execa } from "execa";
import { cgroups } from "../lab/cgroup.ts";
import { common } from "../lab/shell.ts";
import { until } from "../lab/until.ts";
import type { Machine } from "./results.ts";

/** What is known of the machine. */
export function machine(versions: Record<string, string>, load: number[]): Machine {
  const all = cpus();
  return {
    date: new Date().toISOString(),
    cpu: all[0]?.model.trim() ?? "unknown CPU",
    cores: all.length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    load,
    versions: { "Node.js": process.versions.node, ...versions },
  };
}

/** Moves this process and all that it starts into a control group of its own, which counts their CPU. */
export async function ownGroup(): Promise<{ group: string; leave(): Promise<unknown> } | undefined> {
  const root = await cgroups();
  const group = join(root, `postfix-relay-bench-${process.pid}`);
  try {
    mkdirSync(group);
    writeFileSync(join(group, "cgroup.procs"), String(process.pid));
  } catch {
    return undefined;
  }
  return {
    group,
    leave: () =>
      until(`end of ${group}`, () => {
        try {
          for (const pid of readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean))
            writeFileSync(join(root, "cgroup.procs"), pid);
          rmdirSync(group);
          return true;
        } catch {
          return false; // one of them is just ending
        }
      }),
  };
}

/** Seconds of CPU that a control group, with those in it, has used. */
export function cpu(group: string): number {
  const file = join(group, "cpu.stat");
  return existsSync(file) ? Number(/^usage_usec (\d+)/m.exec(readFileSync(file, "utf8"))?.[1] ?? 0) / 1e6 : 0;
}

/** Load of the last minute. */
export const load = (): number => loadavg()[0] ?? 0;

const PAGE = 4096;

/** The kernel's ticks in a second, as /proc counts CPU. */
const TICKS = 100;

/** What a process has taken so far. */
export interface Taken {
  session: number;
  /** Seconds of CPU. */
  cpu: number;
  /** RSS, in MiB. */
  memory: number;
}

/** That of one process; undefined if it has ended. */
export function takenBy(pid: number | string): Taken | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Behind the name, which may hold blanks: proc(5) counts the first of these as the third.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [session = 0, user = 0, system = 0, pages = 0] = [fields[3], fields[11], fields[12], fields[21]];
    return { session, cpu: (user + system) / TICKS, memory: (pages * PAGE) / 2 ** 20 };
  } catch {
    return undefined;
  }
}

/** The numbers of all processes. */
export const pids = (): string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name));

/** RSS of all processes of a session, in MiB. */
export function sessionMemory(session: number): number {
  const own = pids()
    .flatMap((pid) => takenBy(pid) ?? [])
    .filter((one) => one.session === session);
  return own.reduce((sum, { memory }) => sum + memory, 0);
}

/** What a program has taken, and said. */
export interface Measured {
  seconds: number;
  memory: number;
  code: number;
  text: string;
}

/** A program that was started in a session of its own. */
export interface Started {
  session: number;
  result: Promise<{ code: number; text: string }>;
}

/** Runs it to its end, and looks at its memory five times a second. */
export async function measured(start: () => Started): Promise<Measured> {
  const begin = performance.now();
  const { session, result } = start();
  let memory = 0;
  const look = setInterval(() => {
    memory = Math.max(memory, sessionMemory(session));
  }, 200);
  try {
    const { code, text } = await result;
    return { seconds: (performance.now() - begin) / 1000, memory, code, text };
  } finally {
    clearInterval(look);
  }
}

/** Starts a program in a session of its own. */
export function started(
  command: string,
  args: string[],
  { input = "", env, cwd }: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Started {
  const child = execa(command, args, { ...common(env), cwd, input, all: true, detached: true, timeout: 600_000 });
  const result = child.then(({ exitCode, all }) => ({ code: exitCode ?? 128, text: all }));
  return { session: child.pid ?? 0, result };
}
