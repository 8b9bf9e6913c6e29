// A lock between processes that is never left behind: the kernel drops it with the process that holds it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Runs `work` while no other process is in a `withLock` on the same file; `waiting` is called if it has to wait. */
export async function withLock<T>(file: string, work: () => Promise<T>, waiting?: () => void): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  // Node has no flock; flock(1) holds the lock until its stdin ends, and that ends with this process at the latest.
  const holder = spawn("flock", [file, "sh", "-c", "echo held; exec cat >/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const held = Promise.race([
    once(holder.stdout, "data"),
    once(holder, "exit").then(([code]) =>
      Promise.reject(new Error(`could not lock ${file}: flock ended with ${code}`)),
    ),
  ]);
  const timer = setTimeout(() => waiting?.(), 1000);
  try {
    await held;
    clearTimeout(timer);
    return await work();
  } finally {
    clearTimeout(timer);
    held.catch(() => undefined);
    holder.stdin.end();
  }
}
