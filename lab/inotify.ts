import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const INSTANCES = 8192; // a host takes about six

/** The kernel's limit, and the file that remembers its value from before the lab. */
export const files = {
  limit: "/proc/sys/fs/inotify/max_user_instances",
  before: "/run/postfix-relay-lab/max_user_instances",
};

/**
 * Raises the number of inotify instances of root: with the kernel's default of 128 the 22nd host does not boot. Where
 * the lab cannot raise it, returns what to do, else undefined.
 */
export function raiseInotify({ limit, before } = files): string | undefined {
  const now = Number(readFileSync(limit, "utf8"));
  if (now >= INSTANCES) return undefined;
  try {
    writeFileSync(limit, String(INSTANCES));
  } catch {
    const command = `sysctl -w fs.inotify.max_user_instances=${INSTANCES}`;
    return `no more than about ${Math.floor(now / 6)} hosts can run at a time; \`${command}\` on the machine itself helps`;
  }
  mkdirSync(dirname(before), { recursive: true });
  if (!existsSync(before)) writeFileSync(before, String(now));
  return undefined;
}

/** Restores the limit from before the lab. */
export function restoreInotify({ limit, before } = files): void {
  if (!existsSync(before)) return;
  writeFileSync(limit, readFileSync(before));
  rmSync(before);
}
