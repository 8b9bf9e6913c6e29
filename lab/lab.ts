import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { authority } from "./certificates.ts";
import { Dns } from "./dns.ts";
import { LabHost } from "./host.ts";
import type { FileSystem, HostRecord } from "./host-record.ts";
import { image, type Recipe } from "./images.ts";
import { raiseInotify } from "./inotify.ts";
import type { Release } from "./mirror.ts";
import { type NameServer, openNameServer, type Zones } from "./name-server.ts";
import { connect, place, secondAddress } from "./network.ts";
import { LabReceiver, receiverImage, setUpReceiver } from "./receiver.ts";
import { alive, type LabRecord, remove, removeHost, self, tidyUp } from "./records.ts";
import { LabRelay, relayImage, setUpRelay } from "./relay.ts";
import { setUp } from "./set-up.ts";
import { type Log, must } from "./shell.ts";

/** Ends the process that removes the lab when its owner dies. */
export type Stop = () => void;

/** Which host to boot. */
export interface HostOptions {
  release: Release;
  name?: string;
  packages?: string[];
  disk?: FileSystem;
}

/** What a host is, by the kind in its record. */
const classes = { host: LabHost, relay: LabRelay, receiver: LabReceiver };

/** A network with a DNS of its own, and the hosts on it. */
export class Lab {
  readonly record: LabRecord;
  readonly dns: Dns;
  private readonly left: Map<Release, string>;
  private readonly log: Log;
  private readonly unwatch: Stop | undefined;

  constructor(record: LabRecord, left: Map<Release, string>, log: Log, unwatch?: Stop) {
    this.record = record;
    this.dns = new Dns(record.folder, record.group, record.net);
    this.left = left;
    this.log = log;
    this.unwatch = unwatch;
  }

  /** Creates what every lab has: client key, certificate authority, network, DNS. */
  async furnish(): Promise<void> {
    await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", this.key.path]);
    await authority(join(this.record.folder, "ca"), "Lab CA");
    await connect(this.record.net);
    await this.dns.start();
    // After the lab has its control group: the last lab to be removed restores the limit.
    const advice = raiseInotify();
    if (advice) this.log(`lab: ${advice}`);
    writeFileSync(join(this.record.folder, "furnished"), "");
  }

  /** Removes the hosts whose set-up was interrupted. */
  async removeHalfMade(): Promise<void> {
    for (const name of this.names()) {
      const maker = join(this.record.folder, "hosts", name, "maker.json");
      if (existsSync(maker) && !alive(JSON.parse(readFileSync(maker, "utf8")))) await removeHost(this.record, name);
    }
  }

  /** The client key that every user of every host accepts. */
  get key(): { path: string; private: string; public: string } {
    const path = join(this.record.folder, "key");
    const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
    return { path, private: read(path), public: read(`${path}.pub`).trim() };
  }

  /** The certificate of the lab's certificate authority, as PEM. */
  get ca(): string {
    return readFileSync(join(this.record.folder, "ca/ca.pem"), "utf8");
  }

  /** Why hosts of a release are not available here, or undefined. */
  missing(release: Release): string | undefined {
    return this.left.get(release);
  }

  /**
   * Boots a fresh host. `packages` are installed in its image, which is cached. With `disk` it has a block device with
   * that file system, for power cuts that lose unsynced data.
   */
  async host(options: HostOptions): Promise<LabHost> {
    const recipe = { packages: options.packages ?? [] };
    return await this.boot(new LabHost(await this.make("host", options.release, recipe, options)));
  }

  /** Boots a submission server, `<name>.example.test`. */
  async relay({ name }: { name?: string } = {}): Promise<LabRelay> {
    const { release, recipe } = relayImage;
    const relay = new LabRelay(await this.make("relay", release, recipe, { name }));
    await setUpRelay(relay, this.record.folder);
    return await this.boot(relay);
  }

  /** Opens a DNS server with these zones beside that of the lab. It ends with this process. */
  async zones(zones: Zones): Promise<NameServer> {
    return await openNameServer(zones, await secondAddress(this.record.net), 53);
  }

  /** Boots a server that is relay and receiver, `<name>.example.test`. It asks the DNS server of `zones`. */
  async receiver({ name }: { name?: string } = {}): Promise<LabReceiver> {
    const { release, recipe } = receiverImage;
    const dns = await secondAddress(this.record.net);
    const receiver = new LabReceiver(await this.make("receiver", release, recipe, { name }, dns));
    await setUpReceiver(receiver, this.record.folder, dns);
    return await this.boot(receiver);
  }

  /** The hosts of the lab, relays too, from their records. */
  hosts(): LabHost[] {
    const folder = join(this.record.folder, "hosts");
    return this.names()
      .filter((name) => existsSync(join(folder, name, "host.json")) && !existsSync(join(folder, name, "maker.json")))
      .map((name) => JSON.parse(readFileSync(join(folder, name, "host.json"), "utf8")) as HostRecord)
      .map((record) => new classes[record.kind](record));
  }

  /** Removes one host. */
  async discard({ name }: LabHost): Promise<void> {
    await removeHost(this.record, name);
    await this.dns.set(`${name}.example.test`, []);
  }

  /** Removes all hosts but these, and what was changed in the DNS. */
  async clear(...kept: LabHost[]): Promise<void> {
    const names = this.names().filter((name) => !kept.some((host) => host.name === name));
    await Promise.all(names.map((name) => removeHost(this.record, name)));
    await this.dns.reset(new Map(kept.map(({ name, address }) => [`${name}.example.test`, [address]])));
  }

  /** Removes the lab with everything in it. */
  async close(): Promise<void> {
    await remove(this.record);
    await tidyUp();
    this.unwatch?.();
  }

  private names(): string[] {
    const folder = join(this.record.folder, "hosts");
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  private async boot<T extends LabHost>(host: T): Promise<T> {
    await host.start();
    rmSync(join(host.record.folder, "maker.json"));
    return host;
  }

  private async make(
    kind: HostRecord["kind"],
    release: Release,
    recipe: Recipe,
    { name: given, disk }: Partial<HostOptions>,
    dns = this.record.net.gateway,
  ): Promise<HostRecord> {
    const reason = this.missing(release);
    if (reason) throw new Error(reason);
    const layers = await image(release, recipe, this.log);
    const name = this.reserve(given, kind === "host" ? release : kind);
    const { record: lab } = this;
    const at = await place(lab.net, name);
    const folder = join(lab.folder, "hosts", name);
    const common = {
      name,
      release,
      kind,
      folder,
      group: join(lab.group, name),
      dns,
      key: this.key.path,
      layers,
      disk,
    };
    const record = { ...common, ...at };
    await setUp(record);
    await this.dns.set(`${name}.example.test`, [at.address]);
    return record;
  }

  /** Reserves a name: the given one, or the first free numbered one. */
  private reserve(given: string | undefined, stem: string): string {
    const hosts = join(this.record.folder, "hosts");
    mkdirSync(hosts, { recursive: true });
    for (let number = 1; ; number++) {
      const name = given ?? `${stem}-${number}`;
      try {
        mkdirSync(join(hosts, name)); // fails if the name is taken, by another process too
        writeFileSync(join(hosts, name, "maker.json"), JSON.stringify(self()));
        return name;
      } catch (error) {
        if (given || (error as NodeJS.ErrnoException).code !== "EEXIST") throw new Error(`host ${name}: ${error}`);
      }
    }
  }
}
