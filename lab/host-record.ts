import type { Release } from "./mirror.ts";

/** File systems of disks that lose unsynced data at a power cut, as real ones do. */
export type FileSystem = "ext4" | "xfs";

/** Users who can log in, with their home folders. */
export const logins = { root: "root", deploy: "home/deploy", plain: "home/plain" };

/** A user who can log in to a host: `deploy` has sudo without a password, `plain` has none. */
export type Login = keyof typeof logins;

/** A host as its set-up and later processes know it. */
export interface HostRecord {
  name: string;
  release: Release;
  kind: "host" | "relay" | "receiver";
  /** Folder of the host on this machine; its root file system is `root` in it. */
  folder: string;
  group: string;
  netns: string;
  address: string;
  address6: string;
  /** Address of the lab's DNS. */
  dns: string;
  /** Path of the client key. */
  key: string;
  /** Layers of the image, uppermost first. */
  layers: string[];
  /** File system of the disk if it is a block device, else it is a tmpfs. */
  disk?: FileSystem;
}
