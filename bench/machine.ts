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

/** RSS of all processes of a session, in MiB. */
export function sessionMemory(session: number): number {
  let pages = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      // Behind the name, which may hold blanks: state, parent, group, session, … and the 22nd is the RSS.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(fields[3]) === session) pages += Number(fields[21]);
    } catch {
      // It has ended.
    }
  }
  return (pages * PAGE) / 2 ** 20;
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
