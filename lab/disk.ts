import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileSystem, HostRecord } from "./host-record.ts";
import { must, run } from "./shell.ts";

/** Why a disk with this file system is not available here, or undefined. */
export async function noDisk(type: FileSystem): Promise<string | undefined> {
  for (const needed of [type, COPYING]) {
    const known = () => readFileSync("/proc/filesystems", "utf8").split(/\s/).includes(needed);
    if (!known()) await run("modprobe", [needed]).catch(() => {});
    if (!known()) return `this kernel has no ${needed}`;
  }
  return (await run("losetup", ["--find"])).code === 0 ? undefined : "this machine has no loop devices";
}

/** The file system that block devices lie on, since it copies a file at once, at one moment, while it is written. */
const COPYING = "xfs";
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
  const all = join(device, "all");
  await must("truncate", ["--size", "8G", all]);
  await must(`mkfs.${COPYING}`, ["-q", "-m", "reflink=1", all]);
  mkdirSync(images(folder));
  await must("mount", ["-t", COPYING, "-o", "loop,nouuid", all, images(folder)]);
  const image = join(images(folder), "image");
  await must("truncate", ["--size", String(SIZE), image]);
  // Initialized at once: otherwise the kernel keeps writing tables for a while.
  const complete = type === "ext4" ? ["-E", "lazy_itable_init=0,lazy_journal_init=0"] : [];
  await must(`mkfs.${type}`, ["-q", ...complete, image]);
  await mountImage(folder, image, type);
}

/** The folder with the image of a disk and its copies. */
const images = (folder: string) => join(folder, "device/images");

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
 * Copies the block device as it is at one moment, without unsynced data, while the host runs; returns the copy's path.
 */
export async function copyDevice({ folder }: HostRecord, name: string): Promise<string> {
  const copy = join(images(folder), name);
  await must("cp", ["--reflink=always", join(images(folder), "image"), copy]);
  return copy;
}

/** Moves a copy to the place of the disk of a host that is off. */
export async function insertDevice(record: HostRecord, copy: string): Promise<void> {
  const { folder, disk } = record;
  if (!disk) throw new Error(`${folder}: the disk is not a block device`);
  for (const point of ["root", "disk"]) await must("umount", [join(folder, point)]);
  await must("mv", [copy, join(images(folder), "image")]);
  await mountImage(folder, join(images(folder), "image"), disk);
  await mountRoot(record);
}
