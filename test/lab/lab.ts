import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { authority } from "./certificates.ts";
import { Dns } from "./dns.ts";
import { type HostRecord, LabHost, setUp } from "./host.ts";
import { image, prune, type Recipe } from "./images.ts";
import { absent, type Release, releases } from "./mirror.ts";
import { connect, place } from "./network.ts";
import { claim, kept, type LabRecord, remove, removeAbandoned, tidyGroup } from "./records.ts";
import { LabRelay, relayImage, setUpRelay } from "./relay.ts";
import { install, unavailable } from "./requirements.ts";
import { must } from "./shell.ts";

type Log = (line: string) => void;
const toStderr: Log = (line) => console.error(line);
const reaper = fileURLToPath(new URL("reaper.ts", import.meta.url));

/** Makes this machine ready: packages the lab needs, nothing left of a crashed run. Safe to repeat and in parallel. */
export async function prepare({ log = toStderr }: { log?: Log } = {}): Promise<void> {
  const reason = unavailable();
  if (reason) throw new Error(reason);
  await install(log);
  await removeAbandoned(log);
  prune();
}

/**
 * Opens a lab. It lives until `close`, or until this process ends in any way. With `keep` it stays until it is closed,
 * and opening it again under that name finds its hosts.
 */
export async function openLab({ log = toStderr, keep }: { log?: Log; keep?: string } = {}): Promise<Lab> {
  await prepare({ log });
  const before = keep ? (await kept()).get(keep) : undefined;
  const record = before ?? (await claim(keep));
  const watch = keep ? undefined : watchOver(record);
  const left = new Map<Release, string>();
  for (const release of releases) {
    const reason = await absent(release);
    if (!reason) continue;
    left.set(release, reason);
    log(`lab: left out: ${reason}`);
  }
  const lab = new Lab(record, left, log, watch);
  try {
    if (!before) await lab.furnish();
  } catch (error) {
    await lab.close();
    throw error;
  }
  return lab;
}

/** Closes a lab that was opened with `keep`; false if there is none of that name. */
export async function closeKept(keep: string): Promise<boolean> {
  const record = (await kept()).get(keep);
  if (!record) return false;
  await remove(record);
  await tidyGroup();
  return true;
}

function watchOver(record: LabRecord): ChildProcess {
  const watch = spawn(process.execPath, [reaper, JSON.stringify(record)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // Ctrl-C reaches the terminal's process group; this one has to outlive it
  });
  watch.stdin?.on("error", () => {});
  watch.unref();
  (watch.stdin as unknown as { unref(): void }).unref();
  return watch;
}

/** A network with a DNS of its own, and the hosts on it. */
export class Lab {
  readonly record: LabRecord;
  readonly dns: Dns;
  private readonly left: Map<Release, string>;
  private readonly log: Log;
  private readonly watch: ChildProcess | undefined;

  constructor(record: LabRecord, left: Map<Release, string>, log: Log, watch: ChildProcess | undefined) {
    this.record = record;
    this.dns = new Dns(record.folder, record.group, record.net);
    this.left = left;
    this.log = log;
    this.watch = watch;
  }

  /** Makes what each lab has: key, certificate authority, network, DNS. */
  async furnish(): Promise<void> {
    await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", this.key.path]);
    await authority(join(this.record.folder, "ca"), "Lab CA");
    await connect(this.record.net);
    await this.dns.start();
  }

  /** The client key that every login of every host accepts. */
  get key(): { path: string; private: string; public: string } {
    const path = join(this.record.folder, "key");
    const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
    return { path, private: read(path), public: read(`${path}.pub`).trim() };
  }

  /** The certificate of the lab's certificate authority, as PEM. */
  get ca(): string {
    return readFileSync(join(this.record.folder, "ca/ca.pem"), "utf8");
  }

  /** The reason why hosts of a release cannot be had here, or undefined. */
  missing(release: Release): string | undefined {
    return this.left.get(release);
  }

  /** Boots a fresh host. `packages` are installed in its image, which is kept for the next time. */
  async host(options: { release: Release; name?: string; packages?: string[] }): Promise<LabHost> {
    const recipe = { packages: options.packages ?? [] };
    const host = new LabHost(await this.make("host", options.release, recipe, options.name));
    await host.start();
    return host;
  }

  /** Boots a submission server, `<name>.example.test`. */
  async relay({ name }: { name?: string } = {}): Promise<LabRelay> {
    const { release, recipe } = relayImage;
    const relay = new LabRelay(await this.make("relay", release, recipe, name));
    await setUpRelay(relay, this.record.folder);
    await relay.start();
    return relay;
  }

  /** The hosts of the lab, relays too, from their records. */
  hosts(): LabHost[] {
    const folder = join(this.record.folder, "hosts");
    return (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => existsSync(join(folder, name, "host.json")))
      .map((name) => JSON.parse(readFileSync(join(folder, name, "host.json"), "utf8")) as HostRecord)
      .map((record) => (record.kind === "relay" ? new LabRelay(record) : new LabHost(record)));
  }

  /** Removes the lab and all that is in it. */
  async close(): Promise<void> {
    await remove(this.record);
    await tidyGroup();
    this.watch?.stdin?.end();
  }

  private async make(kind: HostRecord["kind"], release: Release, recipe: Recipe, wish?: string): Promise<HostRecord> {
    const reason = this.missing(release);
    if (reason) throw new Error(reason);
    const layers = await image(release, recipe, this.log);
    const name = this.take(wish, kind === "relay" ? "relay" : release);
    const { record: lab } = this;
    const at = await place(lab.net, name);
    const folder = join(lab.folder, "hosts", name);
    const common = {
      name,
      release,
      kind,
      folder,
      group: join(lab.group, name),
      dns: lab.net.gateway,
      key: this.key.path,
    };
    const record = { ...common, ...at };
    await setUp(record, layers);
    await this.dns.set(`${name}.example.test`, [at.address]);
    return record;
  }

  /** Takes a name: the one wished for, or the first free one with a number. */
  private take(wish: string | undefined, stem: string): string {
    const hosts = join(this.record.folder, "hosts");
    mkdirSync(hosts, { recursive: true });
    for (let number = 1; ; number++) {
      const name = wish ?? `${stem}-${number}`;
      try {
        mkdirSync(join(hosts, name)); // fails if the name is taken, by another process too
        return name;
      } catch (error) {
        if (wish || (error as NodeJS.ErrnoException).code !== "EEXIST") throw new Error(`host ${name}: ${error}`);
      }
    }
  }
}
