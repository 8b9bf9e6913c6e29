import { Resolver } from "node:dns/promises";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startInGroup } from "./cgroup.ts";
import type { Network } from "./network.ts";
import { until } from "./until.ts";

/** The lab's own zones: unknown names in them do not exist, and no query for them leaves the machine. */
const zones = ["test", "example", "invalid", "example.com", "example.net", "example.org"];

const OWN_NAME = "dns.example.test";

/** The DNS server of a lab: answers for its own names, and forwards all others to this machine's resolvers. */
export class Dns {
  readonly folder: string;
  readonly group: string;
  readonly net: Network;

  constructor(folder: string, group: string, net: Network) {
    this.folder = join(folder, "dns");
    this.group = join(group, "dns");
    this.net = net;
  }

  private get pidFile(): string {
    return join(this.folder, "pid");
  }

  private get log(): string {
    return join(this.folder, "log");
  }

  /** Starts the server and waits until it answers. */
  async start(): Promise<void> {
    mkdirSync(join(this.folder, "names"), { recursive: true });
    const hosts = join(this.folder, "names");
    const options = [
      "--conf-file=/dev/null",
      "--no-hosts",
      `--addn-hosts=${hosts}`,
      "--user=root",
      "--keep-in-foreground",
    ];
    options.push("--bind-interfaces", `--listen-address=${this.net.gateway}`, "--except-interface=lo");
    options.push(`--pid-file=${this.pidFile}`, "--log-facility=-", "--cache-size=1000", "--local-ttl=1", "--neg-ttl=1");
    for (const zone of zones) options.push(`--local=/${zone}/`);
    // A domain whose mail is for another host.
    options.push("--mx-host=elsewhere.example.com,mail.example.net,10");
    startInGroup(this.group, "dnsmasq", options, this.log);
    await this.set(OWN_NAME, [this.net.gateway]);
  }

  /** Makes these all the names that it has, and starts it if it was stopped. */
  async reset(names: ReadonlyMap<string, string[]>): Promise<void> {
    if (!existsSync(this.pidFile)) await this.start();
    for (const name of this.names()) if (name !== OWN_NAME && !names.has(name)) await this.set(name, []);
    for (const [name, addresses] of names) await this.set(name, addresses);
  }

  /** Stops the server: queries are refused until `start`. */
  async stop(): Promise<void> {
    const pid = Number(readFileSync(this.pidFile, "utf8"));
    process.kill(pid);
    await until("end of the DNS server", () => !existsSync(`/proc/${pid}`), { log: this.log });
    rmSync(this.pidFile, { force: true });
  }

  /** Sets the addresses (IPv4 and IPv6) of a name, or removes it without any, and waits until the server knows. */
  async set(name: string, addresses: string[]): Promise<void> {
    const file = join(this.folder, "names", name);
    if (addresses.length) writeFileSync(file, addresses.map((address) => `${address} ${name}\n`).join(""));
    else rmSync(file, { force: true });
    const known = async () => {
      const pid = existsSync(this.pidFile) && Number(readFileSync(this.pidFile, "utf8"));
      if (pid) process.kill(pid, "SIGHUP");
      const found = await this.ask(name);
      return found !== undefined && String(found) === String([...addresses].sort());
    };
    await until(`the lab's DNS knows ${name}`, known, { log: this.log });
  }

  /** The lab's own names. */
  names(): string[] {
    return readdirSync(join(this.folder, "names"));
  }

  private async ask(name: string): Promise<string[] | undefined> {
    const resolver = new Resolver({ timeout: 300, tries: 1 });
    resolver.setServers([this.net.gateway]);
    const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const code = (answer: PromiseSettledResult<string[]>) => (answer.status === "rejected" ? answer.reason.code : "");
    if (found.some((answer) => answer.status === "rejected" && !/ENODATA|ENOTFOUND/.test(code(answer))))
      return undefined;
    return found.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : [])).sort();
  }
}
