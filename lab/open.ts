import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reaperLog } from "./cache.ts";
import { prune } from "./images.ts";
import { Lab, type Stop } from "./lab.ts";
import { withLock } from "./lock.ts";
import { absent, type Release, releases } from "./mirror.ts";
import { claim, kept, type LabRecord, remove, removeAbandoned, tidyUp } from "./records.ts";
import { install, unavailable } from "./requirements.ts";
import { background, type Log } from "./shell.ts";

const toStderr: Log = (line) => console.error(line);
const reaper = fileURLToPath(new URL("reaper.ts", import.meta.url));

/**
 * Prepares this machine: installs the packages that the lab needs, and removes what crashed runs left behind. Safe to
 * repeat and in parallel.
 */
export async function prepare({ log = toStderr }: { log?: Log } = {}): Promise<void> {
  const reason = unavailable();
  if (reason) throw new Error(reason);
  await install(log);
  await removeAbandoned(log);
  prune();
}

/**
 * Opens a lab. It lives until `close`, or until this process ends, however it ends. With `keep` it stays until it is
 * closed, and opening it again under that name finds its hosts.
 */
export async function openLab({ log = toStderr, keep }: { log?: Log; keep?: string } = {}): Promise<Lab> {
  await prepare({ log });
  const left = new Map<Release, string>();
  for (const release of releases) {
    const reason = await absent(release);
    if (!reason) continue;
    left.set(release, reason);
    log(`lab: left out: ${reason}`);
  }
  if (!keep) return await fresh(left, log);
  return await withLock(`keep-${keep}`, async () => {
    const record = (await kept()).get(keep);
    if (record && usable(record)) {
      const lab = new Lab(record, left, log);
      await lab.removeHalfMade();
      return lab;
    }
    if (record) await remove(record); // from an interrupted start, or from before a reboot of this machine
    return await fresh(left, log, keep);
  });
}

async function fresh(left: Map<Release, string>, log: Log, keep?: string): Promise<Lab> {
  const record = await claim(keep);
  const lab = new Lab(record, left, log, keep ? undefined : watchOver(record));
  try {
    await lab.furnish();
    return lab;
  } catch (error) {
    await lab.close();
    throw error;
  }
}

const usable = ({ folder, net }: LabRecord) =>
  existsSync(join(folder, "furnished")) && existsSync(`/sys/class/net/${net.bridge}`);

/** Closes a lab that was opened with `keep`; false if there is none of that name. */
export async function closeKept(keep: string): Promise<boolean> {
  const record = (await kept()).get(keep);
  if (!record) return false;
  await remove(record);
  await tidyUp();
  return true;
}

function watchOver(record: LabRecord): Stop {
  const watch = background(process.execPath, [reaper, JSON.stringify(record)], reaperLog());
  return () => watch.kill("SIGKILL");
}
