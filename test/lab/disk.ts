import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostRecord } from "./host.ts";
import { must, run } from "./shell.ts";
import { until } from "./until.ts";

/** File systems of disks that lose unsynced data at a power cut, as real ones do. */
export type FileSystem = "ext4" | "xfs";

/** Why a disk with this file system is not available here, or undefined. */
export async function noDisk(type: FileSystem): Promise<string | undefined> {
  const known = () => readFileSync("/proc/filesystems", "utf8").split(/\s/).includes(type);
  if (!known()) await run("modprobe", [type]).catch(() => {});
  if (!known()) return `this kernel has no ${type}`;
  return (await run("losetup", ["--find"])).code === 0 ? undefined : "this machine has no loop devices";
}

const SIZE = 320 * 2 ** 20; // XFS wants 300 MiB

/**
 * Mounts the writable layer of a host: a tmpfs, because dpkg syncs every file; or a file system on a block device,
 * which after a power cut holds only synced data.
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
  // Initialized at once: otherwise the kernel keeps writing tables for a while.
  const complete = type === "ext4" ? ["-E", "lazy_itable_init=0,lazy_journal_init=0"] : [];
  await must(`mkfs.${type}`, ["-q", ...complete, image]);
  await mountImage(folder, image, type);
}

const mountImage = (folder: string, image: string, type: FileSystem) =>
  // Copies of an XFS have the same UUID.
  must("mount", ["-t", type, "-o", type === "xfs" ? "loop,nouuid" : "loop", image, join(folder, "disk")]);

/** Mounts the root file system of a host: the layers of its image below the writable layer. */
export async function mountRoot({ folder, name, layers }: HostRecord): Promise<void> {
  const inside = (path: string) => join(folder, "disk", path);
  for (const path of [join(folder, "root"), inside("upper"), inside("work")]) mkdirSync(path, { recursive: true });
  const options = `lowerdir=${layers.join(":")},upperdir=${inside("upper")},workdir=${inside("work")}`;
  await must("mount", ["-t", "overlay", `lab-${name}`, "-o", options, join(folder, "root")]);
}

/**
 * Copies the block device while the host runs, without unsynced data. The host is frozen until two copies are equal.
 * Returns the path of the copy.
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
      if (tries === 20) throw new Error(`${folder}: the disk does not settle`);
      rmSync(copy);
      await must("mv", [again, copy]);
    }
  } finally {
    rmSync(again, { force: true });
    writeFileSync(join(group, "cgroup.freeze"), "0");
  }
}

/** Moves a copy to the place of the disk of a host that is off. */
export async function insertDevice(record: HostRecord, copy: string): Promise<void> {
  const { folder, disk } = record;
  if (!disk) throw new Error(`${folder}: the disk is not a block device`);
  for (const point of ["root", "disk"]) await must("umount", [join(folder, point)]);
  await must("mv", [copy, join(folder, "device/image")]);
  await mountImage(folder, join(folder, "device/image"), disk);
  await mountRoot(record);
}
