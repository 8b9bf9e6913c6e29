import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cgroups, killGroup } from "./cgroup.ts";
import { withLock } from "./lock.ts";
import { addBridge, disconnect, type Network, network } from "./network.ts";
import { live, makeFolders } from "./paths.ts";
import { must } from "./shell.ts";

/** Who keeps a lab alive: a process, or a name if it stays until it is taken down by name. */
export interface Owner {
  pid: number;
  start: string;
  keep?: string;
}

/** What is known of a lab from its folder alone, so that another process can use it or remove it. */
export interface LabRecord {
  folder: string;
  group: string;
  net: Network;
}

/** Takes the first number no other lab has, with folder and bridge. */
export async function claim(keep?: string): Promise<LabRecord> {
  makeFolders();
  for (let number = 1; number < 255; number++) {
    const folder = join(live, String(number));
    try {
      mkdirSync(folder); // fails if another process has it: that makes the choice safe
    } catch {
      continue;
    }
    const owner: Owner = { pid: process.pid, start: startOf(process.pid) ?? "", keep };
    writeFileSync(join(folder, "owner.json"), JSON.stringify(owner));
    if (await addBridge(network(number))) {
      writeFileSync(join(folder, "bridge"), "");
      return record(number);
    }
    rmSync(folder, { recursive: true });
  }
  throw new Error("too many labs are open");
}

/** The labs that stay until they are taken down, by name. */
export async function kept(): Promise<Map<string, LabRecord>> {
  const found = new Map<string, LabRecord>();
  for (const number of numbers()) {
    const keep = owner(number)?.keep;
    if (keep) found.set(keep, await record(number));
  }
  return found;
}

/** Removes all that a lab has on this machine: processes, mounts, network, files. Safe to repeat. */
export async function remove({ folder, group, net }: LabRecord): Promise<void> {
  await withLock(`remove-${net.number}`, async () => {
    if (!existsSync(folder)) return;
    await killGroup(group);
    for (const mount of mountsBelow(folder)) await must("umount", ["-l", mount]);
    if (existsSync(join(folder, "bridge"))) await disconnect(net);
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Removes the labs whose owner has ended without doing so. */
export async function removeAbandoned(log: (line: string) => void): Promise<void> {
  makeFolders();
  for (const number of numbers()) {
    if (!abandoned(number)) continue;
    log(`lab: removing what process ${owner(number)?.pid ?? "?"} left behind`);
    await remove(await record(number));
  }
}

function abandoned(number: number): boolean {
  const folder = join(live, String(number));
  const by = owner(number);
  if (by) return !by.keep && startOf(by.pid) !== by.start;
  // A process that ends between the folder and its record leaves a folder without owner.
  const age = existsSync(folder) ? Date.now() - statSync(folder).mtimeMs : 0;
  return age > 60_000;
}

async function record(number: number): Promise<LabRecord> {
  const group = join(await cgroups(), "postfix-relay-lab", String(number));
  return { folder: join(live, String(number)), group, net: network(number) };
}

const numbers = () => (existsSync(live) ? readdirSync(live).map(Number).filter(Number.isInteger) : []);

function owner(number: number): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(live, String(number), "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/** When a process was started, in the kernel's ticks; process ids are used again, the two together are not. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function mountsBelow(folder: string): string[] {
  const points = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => (line.split(" ")[1] ?? "").replace(/\\040/g, " "));
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}

/** Removes the lab's common group when no lab is left. */
export async function tidyGroup(): Promise<void> {
  try {
    rmdirSync(join(await cgroups(), "postfix-relay-lab"));
  } catch {
    // another lab is open
  }
}
