import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A process of this machine; those of hosts are among them. */
export interface Process {
  pid: number;
  parent: number;
  session: number;
  /** One letter, as in proc(5): T is stopped, Z has ended. */
  state: string;
  name: string;
  cmdline: string;
  /** When it was started, in the kernel's ticks: tells it apart from a later one with the same id. */
  start: string;
}

/** The process with this id; undefined if it has ended. */
export function processWith(pid: number): Process | undefined {
  try {
    // A name may hold anything, so the fields count from its end.
    const [, name = "", rest = ""] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    const [state = "", parent, , session, ...fields] = rest.split(" ");
    const cmdline = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return { pid, parent: Number(parent), session: Number(session), state, name, cmdline, start: fields[15] ?? "" };
  } catch {
    return undefined;
  }
}

/** All processes. */
export const processes = (): Process[] =>
  readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) && processWith(Number(name))) || []);

/** The processes of a control group and of the groups in it. */
export const processesIn = (group: string): Process[] => pidsIn(group).flatMap((pid) => processWith(pid) ?? []);

function pidsIn(group: string): number[] {
  try {
    const own = readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
    const folders = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...own, ...folders.flatMap((entry) => pidsIn(join(group, entry.name)))];
  } catch {
    return []; // The group went away while it was read.
  }
}
