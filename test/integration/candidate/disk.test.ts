import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type FileSystem, type LabHost, noDisk } from "../../../lab/index.ts";
import { openScene, postfix } from "../others/scene.ts";
import type { Steps } from "../steps.ts";
import { inOrder } from "./site.ts";

// What a power cut leaves on a real disk: only what was synced is sure to be there. Copies of the block device, taken
// while an `up` runs and for half a minute after it, are put into the host and booted; then the next `up` is green.
const scene = await openScene();
let host: LabHost;
let steps: Steps;
afterEach(() => host && scene.world.lab.discard(host));

/** A copy of the disk, when it was made, and what the engine's state was then. */
interface Copy {
  at: string;
  file: string;
  steps: Steps;
  /** Whether something was proven on the host before: then the boot itself ends in order. */
  proven: boolean;
}

const DURING = 5;

/** `up`; copies from its begin to its end, as many as can be looked at, and then after so many seconds. */
async function copies(name: string, after: number[], wasProven: boolean): Promise<Copy[]> {
  const before = steps.copy();
  const begin = Date.now();
  const found: Copy[] = [];
  let count = 0;
  const copy = async (steps: Steps, proven: boolean) => {
    const at = `${name}, ${((Date.now() - begin) / 1000).toFixed(1)} s`;
    found.push({ at, file: await host.copyDisk(`${name}-${++count}`), steps, proven });
  };
  let ended = 0;
  const up = steps.up({ domain: `${name}.example.com` }).finally(() => {
    ended = Date.now();
  });
  while (!ended) {
    await copy(before.copy(), wasProven);
    await pause(50);
  }
  const run = await up;
  expect(run.code, run.text).toBe(0);
  const during = found.splice(0);
  for (const seconds of after) {
    await pause(Math.max(0, ended + seconds * 1000 - Date.now()));
    await copy(steps.copy(), true);
  }
  const step = during.length / DURING;
  const chosen = Array.from({ length: DURING }, (_, index) => during[Math.floor((index + 0.5) * step)]);
  return [...new Set(chosen.filter((one) => one !== undefined)), ...found];
}

/** Boots the host from a copy. */
async function booted({ file }: Copy): Promise<void> {
  await host.kill();
  await host.insertDisk(file);
  await host.start();
}

const rows: [type: FileSystem, first: number[], second: number[]][] = [
  ["ext4", [0, 12], [1, 6, 18, 32]],
  ["xfs", [0], [1, 20]],
];

describe.each(rows)("%s", (type, first, second) => {
  test("the next `up` is green, wherever the power was cut", async ({ skip }) => {
    const reason = await noDisk(type);
    if (reason) skip(reason);
    host = await scene.world.lab.host({ release: "bookworm", name: type, packages: postfix, disk: type });
    steps = scene.steps(host);
    const found = [...(await copies("first", first, false)), ...(await copies("second", second, true))];
    const faults: string[] = [];
    for (const copy of found) {
      try {
        await booted(copy);
        if (copy.proven) await inOrder(host, "booted");
        const run = await copy.steps.up({ domain: "next.example.com" });
        expect(run.code, run.text).toBe(0);
        await inOrder(host, "after the next up");
      } catch (error) {
        faults.push(`${copy.at}: ${error}`);
      }
    }
    expect(faults).toEqual([]);
    expect(found.length).toBeGreaterThan(DURING);
  }, 900_000);
});
