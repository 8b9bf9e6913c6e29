import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import type { Seen } from "./watch.ts";

// The thread behind `watch`. It never rests: what it looks for may be there for a moment only.
const { root, marks } = workerData as { root: string; marks: string[] };
const processes = new Set<string>();
const modes = new Map<string, Set<string>>();
let rounds = 0;

const folders = ["etc/postfix", "etc/postfix/.postfix-relay", "var/lib/postfix-relay"];

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // The process has ended.
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

const ownMounts = readlinkSync("/proc/self/ns/mnt");

/** Whether the process runs on a lab host, which has mounts of its own. */
function isRemote(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`) !== ownMounts;
  } catch {
    return false;
  }
}

function lookAtProcesses(): void {
  for (const pid of list("/proc").filter((name) => /^\d+$/.test(name))) {
    // Pulumi hands its config to the program in the environment, on the operator's machine: no environment of ours is
    // there.
    for (const part of isRemote(pid) ? ["cmdline", "environ"] : ["cmdline"]) {
      const text = read(`/proc/${pid}/${part}`).replaceAll("\0", " ");
      if (marks.some((mark) => text.includes(mark))) processes.add(`${part} of ${pid}: ${text}`);
    }
  }
}

function lookAtFiles(folder: string, depth: number): void {
  for (const name of list(join(root, folder))) {
    const path = join(folder, name);
    if (name.startsWith("sasl_passwd")) {
      try {
        const { mode, uid } = statSync(join(root, path));
        const seen = modes.get(path) ?? new Set();
        modes.set(path, seen.add(`${(mode & 0o777).toString(8)} ${uid}`));
      } catch {
        // Renamed meanwhile.
      }
    } else if (depth > 0) lookAtFiles(path, depth - 1);
  }
}

function round(): void {
  lookAtProcesses();
  for (let times = 0; times < 20; times++)
    for (const folder of folders) lookAtFiles(folder, folder.startsWith("var") ? 2 : 1);
  rounds++;
  setImmediate(round);
}

parentPort?.on("message", () => {
  const seen: Seen = {
    processes: [...processes],
    modes: Object.fromEntries([...modes].map(([path, set]) => [path, [...set]])),
    rounds,
  };
  parentPort?.postMessage(seen);
});
round();
