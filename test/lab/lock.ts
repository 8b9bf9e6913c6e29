import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { locks, makeFolders } from "./paths.ts";

/**
 * Does something while no other process of this machine does the same. A flock(1) process holds the lock until its
 * stdin closes, so a process that dies in between leaves no lock behind.
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  makeFolders();
  const holder = spawn("flock", [join(locks, name), "sh", "-c", "echo; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true, // Ctrl-C must not take the lock away while its owner still cleans up
  });
  const gone = once(holder, "close");
  await Promise.race([once(holder.stdout, "data"), gone]);
  if (holder.exitCode !== null) throw new Error(`cannot lock ${join(locks, name)}`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await gone;
  }
}
