import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

/** What a watch saw while it ran. */
export interface Seen {
  /** Command lines of all processes, and environments of those on lab hosts, with one of the marks in them. */
  processes: string[];
  /** Modes of the files that were looked for, by their path from the root of the host; each path with all its modes. */
  modes: Record<string, string[]>;
  /** How many times it looked. */
  rounds: number;
}

/**
 * Looks again and again, in a thread of its own, at all processes of this machine (those of lab hosts are among them)
 * and at files named sasl_passwd* in the folders of a host that the tool writes to. `stop` returns what was seen.
 */
export function watch(root: string, marks: string[]): { stop(): Promise<Seen> } {
  const worker = new Worker(new URL("watcher.ts", import.meta.url), { workerData: { root, marks } });
  return {
    stop: () =>
      new Promise((resolve, reject) => {
        worker.on("error", reject);
        worker.on("message", (seen: Seen) => {
          void worker.terminate();
          resolve(seen);
        });
        worker.postMessage("stop");
      }),
  };
}

/**
 * Files below a folder that hold one of the marks, without those that `but` names. Only regular files of this file
 * system.
 */
export function filesWith(folder: string, marks: string[], but = /^$/): string[] {
  const device = statSync(folder).dev;
  const found: string[] = [];
  const search = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory() && statSync(path).dev === device) search(path);
      if (!entry.isFile() || but.test(path)) continue;
      const content = readFileSync(path);
      if (marks.some((mark) => content.includes(mark))) found.push(path);
    }
  };
  search(folder);
  return found;
}
