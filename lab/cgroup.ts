import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { background, must } from "./shell.ts";
import { until } from "./until.ts";

const own = "/run/postfix-relay-lab/cgroup";

/** Where cgroup2 is mounted. On a machine with cgroup v1 only, mounts it. */
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

/** Starts a command that outlives this process, as `background` does, and ends with its group. */
export function startInGroup(group: string, command: string, args: string[], log: string): void {
  mkdirSync(group, { recursive: true });
  background("sh", ["-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', group, command, ...args], log);
}

/** Kills every process of a group and of the groups in it, and removes the group. */
export async function killGroup(group: string): Promise<void> {
  if (!existsSync(group)) return;
  writeFileSync(join(group, "cgroup.kill"), "1");
  await until(`end of the processes in ${group}`, () => !populated(group));
  remove(group);
}

/** Whether a process of the group is alive. */
export function populated(group: string): boolean {
  const events = join(group, "cgroup.events");
  return existsSync(events) && /^populated 1$/m.test(readFileSync(events, "utf8"));
}

function remove(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true }))
    if (entry.isDirectory()) remove(join(group, entry.name));
  rmdirSync(group);
}
