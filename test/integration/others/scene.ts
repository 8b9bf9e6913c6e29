import { afterAll, afterEach, expect } from "vitest";
import { type LabHost, type LabRelay, type Release, until } from "../../../lab/index.ts";
import { Scripted } from "../../../lab/scripted.ts";
import { type Args, type Run, Steps } from "../steps.ts";
import { World } from "../world.ts";

/** Packages of a host that has Postfix before we come. */
export const postfix = ["postfix", "libsasl2-modules"];

/** What the tests of one file share: a lab, a relay host, and hosts that were somebody's before they are ours. */
export class Scene {
  readonly world: World;
  readonly relay: LabRelay;
  readonly #hosts = new Set<LabHost>();

  private constructor(world: World, relay: LabRelay) {
    this.world = world;
    this.relay = relay;
  }

  static async open(): Promise<Scene> {
    const world = await World.open();
    return new Scene(world, await world.relay());
  }

  /** A host with these packages; none: a fresh one. It is there for one test, unless it is kept. */
  async host(name: string, packages: string[] = postfix, release: Release = "bookworm"): Promise<LabHost> {
    const host = await this.world.lab.host({ release, name, packages });
    this.#hosts.add(host);
    return host;
  }

  /** Lets a host outlive the test. */
  keep(host: LabHost): void {
    this.#hosts.delete(host);
  }

  /** What ends each test: its hosts go, and the relay host is as it was. */
  async tidy(): Promise<void> {
    for (const host of this.#hosts) await this.world.lab.discard(host);
    this.#hosts.clear();
    await this.relay.set("normal");
  }

  /** Arguments of a Relay for a host that sends through the relay. */
  args(more: Args = {}): Args {
    return {
      domain: "example.com",
      relayHost: { host: this.relay.host },
      credentials: right,
      caCertificate: this.world.lab.ca,
      testDelivery: { to: "ops@example.org", timeoutSeconds: 15 },
      ...more,
    };
  }

  steps(host: LabHost, more: Args = {}): Steps {
    return new Steps(host, this.args(more));
  }

  /** A host whose Postfix sends through a relay host, with a main.cf written by hand. */
  async handMade(name: string, { relay = this.relay, lines = "" }: { relay?: LabRelay; lines?: string } = {}) {
    const host = await this.host(name);
    await byHand(host, relay, lines);
    return host;
  }

  async close(): Promise<void> {
    await this.world.close();
  }
}

/** What a file of tests begins with, if each of them has hosts of its own: a scene, and what ends each test. */
export async function openScene(): Promise<Scene> {
  const scene = await Scene.open();
  afterEach(() => scene.tidy());
  afterAll(() => scene.close());
  return scene;
}

/** What a file of tests begins with, if all of them change one host: that host, `web`, set up with these arguments. */
export async function openWeb(args: (scene: Scene) => Args | Promise<Args> = () => ({}), packages = postfix) {
  const scene = await Scene.open();
  afterAll(() => scene.close());
  const host = await scene.host("web", packages);
  const steps = scene.steps(host, await args(scene));
  const run = await steps.up();
  expect(run.code, run.text).toBe(0);
  return { scene, host, steps };
}

/** The same with a scripted relay host, which takes the place of the real one. */
export async function openScriptedWeb(more: Args = {}, packages = postfix) {
  const servers: Scripted[] = [];
  const web = await openWeb(async ({ world }) => {
    const server = await openScripted(world);
    servers.push(server);
    return { relayHost: { host: server.host, port: server.port }, ...more };
  }, packages);
  return { ...web, server: servers[0] as Scripted };
}

/** A scripted relay host for the tests of a file. */
export async function openScripted({ lab }: World, name?: string): Promise<Scripted> {
  const server = await Scripted.open(lab, name);
  afterAll(() => server.close());
  return server;
}

/** The account that the relay host knows. */
export const right = { username: "relayuser", password: "relaypass" };

/** Another account than the one the relay host knows. */
export const wrong = { username: "relayuser", password: "typo-Hx8-never" };

/** Writes main.cf and sasl_passwd by hand: all mail leaves by this relay host. Further lines end main.cf. */
export async function byHand(host: LabHost, relay: LabRelay, lines = ""): Promise<void> {
  const account = `[${relay.host}]:587 relayuser:relaypass\n`;
  await host.must("umask 077; cat > /etc/postfix/hand_passwd && postmap hash:/etc/postfix/hand_passwd", {
    input: account,
  });
  const input = `compatibility_level = 3.6
myhostname = hand.example.com
mydestination = hand.example.com, localhost
relayhost = [${relay.host}]:587
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = hash:/etc/postfix/hand_passwd
smtp_sasl_tls_security_options = noanonymous
smtp_tls_security_level = encrypt
inet_interfaces = loopback-only
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
${lines}`;
  // Through a link, if main.cf is one; and Postfix waits for two seconds before it reads a file that is new.
  await host.must("cat > /etc/postfix/main.cf && touch -d '-10 seconds' /etc/postfix/main.cf", { input });
  await host.must("systemctl restart postfix");
}

/** Writes the host's own aliases: root's mail goes to an address outside. */
export async function ownAliases(host: LabHost, root = "admin@example.net"): Promise<void> {
  await host.must("cat > /etc/aliases && chmod 644 /etc/aliases && newaliases", {
    input: `# made by hand\nroot: ${root}\n`,
  });
}

/** Hands in a message, and gives the exit code of sendmail. */
export async function send(host: LabHost, to: string): Promise<number> {
  const message = `printf 'Subject: to %s\\n\\nx\\n' ${to}`;
  return (await host.run(`${message} | /usr/sbin/sendmail -i -f root@${host.name}.example.com ${to}`)).code;
}

/** Whether a message that is handed in now reaches this relay host; an error if it does not. */
export async function arrives(host: LabHost, relay: LabRelay, to: string): Promise<void> {
  const code = await send(host, to);
  if (code !== 0) throw new Error(`sendmail on ${host.name} refused a message to ${to}: exit code ${code}`);
  await relay.waitFor(({ recipients }) => recipients.includes(to));
}

/** All files below these paths: type, link, mode, owner and digest of each. */
export function asFound(host: LabHost, ...paths: string[]): Promise<string> {
  const look = `-printf '%p %y %l %m %u:%g ' \\( -type f -exec sha256sum {} \\; -o -printf '\\n' \\)`;
  return host.must(`find ${paths.join(" ")} ${look} 2> /dev/null | sort`);
}

/** Files with inode and time, which show whether one was written at all. */
export function untouched(host: LabHost, ...paths: string[]): Promise<string> {
  const look = "-path '*/.postfix-relay' -prune -o ! -type d -printf '%p %i %T@ %y %l\\n'";
  return host.must(`find ${paths.join(" ")} ${look} 2> /dev/null | sort`);
}

/** The process that is the master of Postfix: another one after a restart. */
export async function master(host: LabHost): Promise<string> {
  return (await host.run("pgrep -xo -u root master")).stdout.trim();
}

/** The lines of a run about files that somebody had edited: where each is kept. */
export const keptLines = ({ results }: Run): string[] =>
  results.flatMap(({ report: { kept } }) => (Array.isArray(kept) ? kept : [kept]).filter(Boolean).map(String));

/** Whether `postrelay check` finds the host in order. */
export async function inOrder(host: LabHost): Promise<boolean> {
  return (await host.run("postrelay check")).code === 0;
}

/** Runs destroy until it succeeds, a few times at most; returns the exit code of each run. */
export async function destroyed(steps: Steps, goes = 4): Promise<{ codes: number[]; runs: Run[] }> {
  const runs: Run[] = [];
  do runs.push(await steps.destroy());
  while (runs.at(-1)?.code !== 0 && runs.length < goes);
  return { codes: runs.map(({ code }) => code), runs };
}

/** Waits until nothing is in the queue of the host, whichever Postfix reads it. */
export async function queueEmpty(host: LabHost, seconds = 60): Promise<void> {
  const waiting = "find /var/spool/postfix/{maildrop,incoming,active,deferred,hold} -type f 2> /dev/null";
  await until(`${host.name}: an empty queue`, async () => (await host.run(`bash -c '${waiting}'`)).stdout === "", {
    seconds,
    every: 200,
  });
}
