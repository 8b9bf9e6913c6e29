import { readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { live } from "./cache.ts";
import { killGroup, populated } from "./cgroup.ts";
import { copyDevice, insertDevice } from "./disk.ts";
import type { HostRecord, Login } from "./host-record.ts";
import type { Release } from "./mirror.ts";
import { firewall } from "./network.ts";
import { background, type Ran, run } from "./shell.ts";
import { until } from "./until.ts";

const bootScript = fileURLToPath(new URL("boot.sh", import.meta.url));

/** A Debian host in a network namespace of its own. */
export class LabHost {
  readonly record: HostRecord;
  readonly name: string;
  readonly release: Release;
  readonly address: string;
  /** Reachable from other hosts of the lab and from this machine. */
  readonly address6: string;
  /** The host's root file system, as seen from this machine. */
  readonly root: string;

  constructor(record: HostRecord) {
    this.record = record;
    this.name = record.name;
    this.release = record.release;
    this.address = record.address;
    this.address6 = record.address6;
    this.root = join(record.folder, "root");
  }

  /** Public ed25519 key of the host's SSH server. */
  get hostKey(): string {
    return this.publicKey();
  }

  /** Arguments of ssh(1) for a login on this host. */
  sshArguments(user: Login = "root"): string[] {
    // Many hosts share this machine: one that is busy was not always there within ten seconds.
    const options = { BatchMode: "yes", IdentitiesOnly: "yes", LogLevel: "ERROR", ConnectTimeout: "30" };
    const known = { StrictHostKeyChecking: "yes", UserKnownHostsFile: join(this.record.folder, "known_hosts") };
    const pairs = Object.entries({ ...options, ...known }).map(([name, value]) => `-o${name}=${value}`);
    return ["-F", "none", ...pairs, "-i", this.record.key, `${user}@${this.address}`];
  }

  /** Runs a shell command on the host over SSH, whatever its exit code (255: ssh itself failed). */
  run(command: string, options: { user?: Login; input?: string; timeout?: number } = {}): Promise<Ran> {
    return run("ssh", [...this.sshArguments(options.user), command], { timeout: 300, ...options });
  }

  /** Runs a shell command that must succeed, and returns its stdout. */
  async must(command: string, options: { user?: Login; input?: string; timeout?: number } = {}): Promise<string> {
    const ran = await this.run(command, options);
    if (ran.code !== 0) throw new Error(`${this.name}: ${command}: exit code ${ran.code}\n${ran.stderr}${ran.stdout}`);
    return ran.stdout;
  }

  /** The journal of all boots. */
  journal(): Promise<string> {
    return this.must("journalctl --quiet --no-pager --output=short-iso");
  }

  /**
   * Replaces the host's firewall with nftables rules for outgoing packets, such as `tcp dport 587 drop`; without rules
   * it has none.
   */
  firewall(...rules: string[]): Promise<void> {
    return firewall(this.record.netns, rules);
  }

  /** Cuts the host off from everything outside the lab, such as the package mirror, or reconnects it. */
  offline(off = true): Promise<void> {
    const lab = this.address.replace(/\d+$/, "0/24");
    return off ? this.firewall('oifname "lo" accept', `ip daddr != ${lab} reject`) : this.firewall();
  }

  /** Limits the free space on the host's disk to this many bytes; without a number, lifts the limit. */
  async space(bytes?: number): Promise<void> {
    const disk = join(this.record.folder, "disk");
    // The host keeps writing: a size that was right a moment ago may be less than it uses now, and is refused.
    await until(`${this.name}: the size of its disk`, async () => {
      const { blocks, bfree, bsize } = statfsSync(disk);
      const size = bytes === undefined ? "2g" : (blocks - bfree) * bsize + bytes;
      return (await run("mount", ["-o", `remount,size=${size}`, disk])).code === 0;
    });
  }

  /**
   * Keeps the disk full, even when the host removes files, such as a delivered message. Returns a function that ends
   * that and lifts the limit.
   */
  async full(): Promise<() => Promise<void>> {
    await this.space(0);
    let ended = false;
    const squeezed = (async () => {
      while (!ended) {
        await this.space(0);
        await setTimeout(20);
      }
    })();
    return async () => {
      ended = true;
      await squeezed;
      await this.space();
    };
  }

  /**
   * Copies the block device behind the host's disk as it is now, without unsynced data; returns the path of the copy.
   */
  copyDisk(name: string): Promise<string> {
    return copyDevice(this.record, name);
  }

  /** Replaces the disk with such a copy, while the host is off. */
  insertDisk(copy: string): Promise<void> {
    return insertDevice(this.record, copy);
  }

  /** Whether the host runs. */
  get running(): boolean {
    return populated(this.record.group);
  }

  /** Boots the host, and waits until SSH answers and systemd has finished. */
  async start(): Promise<void> {
    const { folder, group, netns, name } = this.record;
    const args = [bootScript, live(), folder, group.split("/").slice(-3).join("/"), netns, name];
    background("sh", args, this.console);
    await this.reachable();
  }

  /** Waits until SSH answers and systemd has finished booting. */
  async reachable(): Promise<void> {
    // The exit code says whether every unit started; that systemd has finished is enough here. 255 is ssh's own.
    const finished = async () => (await this.run("systemctl is-system-running --wait", { timeout: 60 })).code !== 255;
    await until(`${this.name} boots`, finished, { seconds: 60, every: 100, log: this.console });
  }

  /** Shuts the host down cleanly. */
  async stop(): Promise<void> {
    await this.run("systemctl poweroff --no-wall");
    await until(`${this.name} shuts down`, () => !this.running, { seconds: 60, log: this.console });
    await this.kill();
  }

  /** Kills every process of the host at once, like a power cut; its disk is kept. */
  kill(): Promise<void> {
    return killGroup(this.record.group);
  }

  /** Shuts the host down and boots it again. */
  async reboot(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** What the host has printed on its console. */
  private get console(): string {
    return join(this.record.folder, "console.log");
  }

  /** Public key of this type of the host's SSH server. */
  publicKey(type: "ed25519" | "ecdsa" | "rsa" = "ed25519"): string {
    const text = readFileSync(join(this.record.folder, `ssh_host_${type}_key.pub`), "utf8");
    return text.split(" ").slice(0, 2).join(" ").trim();
  }
}
