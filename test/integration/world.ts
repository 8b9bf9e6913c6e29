import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type HostOptions, type Lab, type LabHost, type LabRelay, openLab, type Release } from "../../lab/index.ts";
import { Stack } from "./stack.ts";

// A worker of vitest runs one file after the other. They share a lab with a relay host, which takes as long to open as
// the tests of a small file do; both end with the worker.
const shared: { lab?: Lab; relay?: LabRelay } = {};

/** What the tests of a file share: a lab, and what has to be taken down at the end. A file has one. */
export class World {
  readonly lab: Lab;
  /** A folder of this file, for keys and the like: the lab and its folder are another's later. */
  readonly folder = mkdtempSync(join(tmpdir(), "postfix-relay-world-"));
  readonly #stacks: Stack[] = [];

  private constructor(lab: Lab) {
    this.lab = lab;
  }

  /** Opens it: nothing is in it that an earlier file has left, even one that broke. */
  static async open(): Promise<World> {
    shared.lab ??= await openLab();
    const world = new World(shared.lab);
    await world.#clear();
    await shared.relay?.reset();
    return world;
  }

  /** The relay host. Further ones are made with `lab.relay()`. */
  async relay(): Promise<LabRelay> {
    shared.relay ??= await this.lab.relay();
    return shared.relay;
  }

  async #clear(): Promise<void> {
    await this.lab.clear(...(shared.relay ? [shared.relay] : []));
  }

  /** A stack that these hosts belong to, with what a user would write in its config, and the secrets set. */
  async stack(
    name: string,
    relay: Submission,
    hosts: LabHost[],
    { user = "root", agent, env, ...config }: StackOptions = {},
  ): Promise<Stack> {
    const stack = await Stack.create(name, { agent, env });
    this.#stacks.push(stack);
    stack.write({ ...this.config(relay, hosts, user), ...config });
    await stack.secret("postfix-relay:credentials.password", "relaypass");
    if (!agent) await stack.secret("postfix-relay:connection.privateKey", this.lab.key.private);
    return stack;
  }

  /** The plain part of a stack's config. */
  config(relay: Submission, hosts: LabHost[], user: string) {
    return {
      domain: "example.com",
      relayHost: { host: relay.host },
      credentials: { username: "relayuser" },
      caCertificate: this.lab.ca,
      testDelivery: { to: "ops@example.org" },
      connection: { user },
      hosts: hosts.map(({ name, address, hostKey }) => ({ name, connection: { host: address, hostKey } })),
    };
  }

  async close(): Promise<void> {
    for (const stack of this.#stacks) stack.remove();
    rmSync(this.folder, { recursive: true, force: true });
    await this.#clear();
  }
}

/**
 * What a file of tests begins with: a lab with a relay host, and a fresh bookworm host for each name, all gone when its
 * tests are over. A file calls it once, before its tests.
 */
export async function openWorld<Name extends string = never>(
  hosts = {} as Record<Name, Partial<HostOptions>>,
): Promise<{ world: World; relay: LabRelay } & Record<Name, LabHost>> {
  const world = await World.open();
  afterAll(() => world.close());
  const boot = async ([name, options]: [string, Partial<HostOptions>]) =>
    [name, await world.lab.host({ release: "bookworm", name, ...options })] as const;
  const [relay, ...booted] = await Promise.all([
    world.relay(),
    ...Object.entries<Partial<HostOptions>>(hosts).map(boot),
  ]);
  return { world, relay, ...(Object.fromEntries(booted) as Record<Name, LabHost>) };
}

/** The server that takes the mail of a stack's hosts. */
type Submission = Pick<LabRelay, "host">;

interface StackOptions {
  /** Login user. Defaults to root. */
  user?: "root" | "deploy" | "plain";
  /** Socket of the SSH agent to use instead of a private key in the config. */
  agent?: string;
  /** What else the program sees. */
  env?: Record<string, string>;
  [key: string]: unknown;
}

/** The releases that can be had here; the lab says why it leaves one out. */
export const releasesOf = (world: World, wanted: Release[]): Release[] =>
  wanted.filter((release) => !world.lab.missing(release));
