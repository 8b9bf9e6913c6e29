// The processes of a job: who they are beyond their number, and how all of them end.

import { readdirSync, readFileSync } from "node:fs";

/** A process that no later one is taken for: numbers come again, and all of them after a reboot. */
export interface Identity {
  readonly pid: number;
  /** Its start, in ticks since the boot. */
  readonly start: string;
  readonly boot: string;
}

interface Stat {
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  readonly start: string;
}

/** What Linux says of a process; undefined where there is none. */
function statOf(pid: number | string): Stat | undefined {
  try {
    // The name of the program comes before, in brackets, and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { state: fields[0] ?? "", parent: Number(fields[1]), session: Number(fields[3]), start: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

let boot: string | undefined;

/** This boot of this machine. */
export function bootId(): string {
  try {
    boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return boot;
  } catch {
    return "";
  }
}

/** Whether that very process is there, and is not a zombie. */
export function isAlive({ pid, start, boot }: Identity): boolean {
  const stat = boot === bootId() ? statOf(pid) : undefined;
  return stat?.start === start && stat.state !== "Z";
}

/** Whether a living process has that number; a zombie, which nobody has waited for, does nothing any more. */
export const isPid = (pid: number): boolean => (statOf(pid)?.state ?? "Z") !== "Z";

/** The processes of a session: its leader, and all that have come of it. */
export function sessionOf(leader: number): { pid: number; parent: number }[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const stat = statOf(pid);
    return stat?.session === leader && stat.state !== "Z" ? [{ pid: Number(pid), parent: stat.parent }] : [];
  });
}

/** Asks what the leader has started to end, as Ctrl-C does. Pulumi then releases its lock. */
export function interrupt(leader: number): void {
  for (const { pid, parent } of sessionOf(leader)) if (parent === leader) signal(pid, "SIGINT");
}

/** Ends all of a session at once: plugins live on when only `pulumi` is killed. */
export function kill(leader: number): void {
  for (const { pid } of sessionOf(leader)) signal(pid, "SIGKILL");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
