import { once } from "node:events";
import { join } from "node:path";
import { execa } from "execa";
import { locks } from "./cache.ts";

/**
 * Runs `work` while no other process of this machine holds the lock; calls `waiting` after a second of waiting. A
 * flock(1) process holds the lock until its stdin closes, so a process that dies leaves no lock behind.
 */
export async function withLock<T>(name: string, work: () => Promise<T>, waiting?: () => void): Promise<T> {
  const file = join(locks(), name);
  const holder = execa("flock", [file, "sh", "-c", "echo; exec cat"], {
    stderr: "inherit",
    reject: false,
    detached: true, // Ctrl-C must not release the lock while its owner still cleans up
  });
  const timer = setTimeout(() => waiting?.(), 1000);
  const held = await Promise.race([once(holder.stdout, "data"), holder.then(() => undefined)]);
  clearTimeout(timer);
  if (!held) throw new Error(`cannot lock ${file}`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder;
  }
}
