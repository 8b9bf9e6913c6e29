import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./shell.ts";
import { until } from "./until.ts";

const own = "/run/postfix-relay-lab/cgroup";

/** Where cgroup2 is mounted; mounted for the lab if it is not (a machine with cgroup v1 only). */
export async function cgroups(): Promise<string> {
  const found = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .find(([, , type]) => type === "cgroup2")?.[1];
  if (found) return found;
  mkdirSync(own, { recursive: true });
  await must("mount", ["-t", "cgroup2", "none", own]);
  return own;
}

/** Kills every process of a group and of the groups in it, and removes the group. */
export async function killGroup(group: string): Promise<void> {
  if (!existsSync(group)) return;
  const kill = join(group, "cgroup.kill");
  if (existsSync(kill)) writeFileSync(kill, "1");
  await until(`end of the processes in ${group}`, () => {
    if (!existsSync(kill)) killEach(group); // before Linux 5.14
    return !populated(group);
  });
  remove(group);
}

/** Whether a process of the group is alive. */
export function populated(group: string): boolean {
  const events = join(group, "cgroup.events");
  return existsSync(events) && /^populated 1$/m.test(readFileSync(events, "utf8"));
}

const below = (group: string) =>
  readdirSync(group, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(group, entry.name));

function remove(group: string): void {
  for (const child of below(group)) remove(child);
  rmdirSync(group);
}

function killEach(group: string): void {
  for (const child of below(group)) killEach(child);
  for (const pid of readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean)) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // it has already ended
    }
  }
}
