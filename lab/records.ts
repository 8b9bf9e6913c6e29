import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { live } from "./cache.ts";
import { cgroups, killGroup } from "./cgroup.ts";
import { restoreInotify } from "./inotify.ts";
import { withLock } from "./lock.ts";
import { addBridge, disconnect, type Network, network, unplace } from "./network.ts";
import { type Process, processWith } from "./processes.ts";
import { must } from "./shell.ts";

/** A process, as a later one knows it again. */
type Running = Pick<Process, "pid" | "start">;

/** Who keeps a lab alive: a process, or a name under which it stays until it is closed. */
export interface Owner extends Running {
  /** Unlike the number of a lab, never reused. */
  id: string;
  keep?: string;
}

/** This process. */
export const self = (): Running => ({ pid: process.pid, start: processWith(process.pid)?.start ?? "" });

/** Whether a process is still alive. */
export const alive = ({ pid, start }: Running): boolean => processWith(pid)?.start === start;

/** A lab as its folder describes it, so that another process can use or remove it. */
export interface LabRecord {
  id: string | undefined;
  folder: string;
  group: string;
  net: Network;
}

/** Reserves the first free number, with folder and bridge. */
export async function claim(keep?: string): Promise<LabRecord> {
  for (let number = 1; number < 255; number++) {
    const folder = join(live(), String(number));
    try {
      mkdirSync(folder); // fails if another process was faster
    } catch {
      continue;
    }
    const owner: Owner = { id: randomUUID(), ...self(), keep };
    writeFileSync(join(folder, "owner.json"), JSON.stringify(owner));
    if (await addBridge(network(number))) {
      writeFileSync(join(folder, "bridge"), "");
      return record(number);
    }
    rmSync(folder, { recursive: true });
  }
  throw new Error("too many labs are open");
}

/** The kept labs, by name. */
export async function kept(): Promise<Map<string, LabRecord>> {
  const found = new Map<string, LabRecord>();
  for (const number of numbers()) {
    const keep = owner(number)?.keep;
    if (keep) found.set(keep, await record(number));
  }
  return found;
}

/** Removes everything of a lab from this machine: processes, mounts, network, files. Safe to repeat. */
export async function remove({ id, folder, group, net }: LabRecord): Promise<void> {
  await withLock(`remove-${net.number}`, async () => {
    // It may have been removed already, and its number taken by another lab.
    if (!existsSync(folder) || owner(net.number)?.id !== id) return;
    await killGroup(group);
    await unmountBelow(folder);
    if (existsSync(join(folder, "bridge"))) await disconnect(net);
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Removes one host of a lab. */
export async function removeHost({ folder, group, net }: LabRecord, name: string): Promise<void> {
  const own = join(folder, "hosts", name);
  await killGroup(join(group, name));
  await unmountBelow(own);
  await unplace(net, name);
  rmSync(own, { recursive: true, force: true });
}

/** Removes the labs whose owners ended without removing them. */
export async function removeAbandoned(log: (line: string) => void): Promise<void> {
  for (const number of numbers()) {
    if (!abandoned(number)) continue;
    log(`lab: removing what process ${owner(number)?.pid ?? "?"} left behind`);
    await remove(await record(number));
  }
}

function abandoned(number: number): boolean {
  const folder = join(live(), String(number));
  const by = owner(number);
  if (by) return !by.keep && !alive(by);
  // A process that dies between creating the folder and its record leaves a folder without an owner.
  const age = existsSync(folder) ? Date.now() - statSync(folder).mtimeMs : 0;
  return age > 60_000;
}

async function record(number: number): Promise<LabRecord> {
  const group = join(await cgroups(), "postfix-relay-lab", String(number));
  return { id: owner(number)?.id, folder: join(live(), String(number)), group, net: network(number) };
}

const numbers = () => readdirSync(live()).map(Number).filter(Number.isInteger);

function owner(number: number): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(live(), String(number), "owner.json"), "utf8"));
  } catch {
    return undefined;
  }
}

async function unmountBelow(folder: string): Promise<void> {
  const points = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => (line.split(" ")[1] ?? "").replace(/\\040/g, " "));
  for (const point of points.reverse().filter((path) => path.startsWith(`${folder}/`)))
    await must("umount", ["-l", point]);
}

/** When the last lab is gone, removes what labs share: their control group and the raised limit. */
export async function tidyUp(): Promise<void> {
  try {
    rmdirSync(join(await cgroups(), "postfix-relay-lab"));
  } catch {
    return; // another lab is open
  }
  restoreInotify();
}
