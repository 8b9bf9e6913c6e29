import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostRecord } from "./host.ts";
import { must, run } from "./shell.ts";
import { until } from "./until.ts";

/** File systems that a host's disk can have, when it is to lose its power as a real one does. */
export type FileSystem = "ext4" | "xfs";

/** The reason why a disk with this file system cannot be had here, or undefined. */
export async function noDisk(type: FileSystem): Promise<string | undefined> {
  const known = () => readFileSync("/proc/filesystems", "utf8").split(/\s/).includes(type);
  if (!known()) await run("modprobe", [type]).catch(() => {});
  if (!known()) return `this kernel has no ${type}`;
  return (await run("losetup", ["--find"])).code === 0 ? undefined : "this machine has no loop devices";
}

const SIZE = 320 * 2 ** 20; // XFS wants 300 MiB

/**
 * Mounts where the layers above a host's image are written to: a tmpfs, because dpkg syncs every file; or a file system
 * on a block device, whose content is what a power cut leaves.
 */
export async function mountDisk({ folder, name, disk: type }: HostRecord): Promise<void> {
  const disk = join(folder, "disk");
  mkdirSync(disk, { recursive: true });
  const tmpfs = ["-t", "tmpfs", "-o", "size=2g,mode=755", `lab-${name}`];
  if (!type) {
    await must("mount", [...tmpfs, disk]);
    return;
  }
  const device = join(folder, "device");
  mkdirSync(device, { recursive: true });
  await must("mount", [...tmpfs, device]);
  const image = join(device, "image");
  await must("truncate", ["--size", String(SIZE), image]);
  // Complete at once: the kernel would go on writing tables for a while.
  const complete = type === "ext4" ? ["-E", "lazy_itable_init=0,lazy_journal_init=0"] : [];
  await must(`mkfs.${type}`, ["-q", ...complete, image]);
  await mountImage(folder, image, type);
}

const mountImage = (folder: string, image: string, type: FileSystem) =>
  // Two copies of one XFS have the same id.
  must("mount", ["-t", type, "-o", type === "xfs" ? "loop,nouuid" : "loop", image, join(folder, "disk")]);

/** Mounts the root file system of a host: the layers of its image, and what was written since above them. */
export async function mountRoot({ folder, name, layers }: HostRecord): Promise<void> {
  const inside = (path: string) => join(folder, "disk", path);
  for (const path of [join(folder, "root"), inside("upper"), inside("work")]) mkdirSync(path, { recursive: true });
  const options = `lowerdir=${layers.join(":")},upperdir=${inside("upper")},workdir=${inside("work")}`;
  await must("mount", ["-t", "overlay", `lab-${name}`, "-o", options, join(folder, "root")]);
}

/**
 * Copies the block device as it is at one moment, while the host runs: what was not synced is not on it. The host stands
 * still until two copies are the same. Gives the path of the copy.
 */
export async function copyDevice({ folder, group }: HostRecord, name: string): Promise<string> {
  const copy = join(folder, "device", name);
  const again = `${copy}.again`;
  const copied = (to: string) => must("cp", ["--sparse=always", join(folder, "device/image"), to]);
  writeFileSync(join(group, "cgroup.freeze"), "1");
  try {
    await until(`${group}: frozen`, () => /^frozen 1$/m.test(readFileSync(join(group, "cgroup.events"), "utf8")));
    await copied(copy);
    for (let tries = 0; ; tries++) {
      await copied(again);
      if ((await run("cmp", ["-s", copy, again])).code === 0) return copy;
      if (tries === 20) throw new Error(`${folder}: the disk does not come to rest`);
      rmSync(copy);
      await must("mv", [again, copy]);
    }
  } finally {
    rmSync(again, { force: true });
    writeFileSync(join(group, "cgroup.freeze"), "0");
  }
}

/** Puts a copy in the place of the disk of a host that is off. The copy itself is used up. */
export async function insertDevice(record: HostRecord, copy: string): Promise<void> {
  const { folder, disk } = record;
  if (!disk) throw new Error(`${folder}: the disk is no block device`);
  for (const point of ["root", "disk"]) await must("umount", [join(folder, point)]);
  await must("mv", [copy, join(folder, "device/image")]);
  await mountImage(folder, join(folder, "device/image"), disk);
  await mountRoot(record);
}
