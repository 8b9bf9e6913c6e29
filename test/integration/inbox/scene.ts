// Hosts, and behind their relay a receiver with mailboxes, which the machine where Pulumi runs can read.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach } from "vitest";
import { quietDns } from "../../../lab/engine/pulumi.ts";
import type { LabHost, LabReceiver, NameServer, Ways, Zones } from "../../../lab/index.ts";
import type { Arrival } from "../../../src/deliverability/inbox/arrival.ts";
import type { Stack } from "../stack.ts";
import { openWorld, type World } from "../world.ts";

/** What a file of these tests has opened. */
export interface Scene {
  readonly world: World;
  readonly receiver: LabReceiver;
  /** The DNS of the receiver, and of the programs that have `env`. */
  readonly dns: NameServer;
  /** What lets a program ask that DNS, and trust the lab's authority. */
  readonly env: Record<string, string>;
}

/** Opens it, with a fresh host for each name. */
export async function openInbox<Name extends string>(names: readonly Name[]): Promise<Scene & Record<Name, LabHost>> {
  const {
    world,
    relay: _,
    ...hosts
  } = await openWorld(Object.fromEntries(names.map((name) => [name, {}])) as Record<Name, object>);
  const receiver = await world.lab.receiver();
  const dns = await world.lab.zones(receiver.zones);
  afterAll(() => dns.close());
  await receiver.set();
  const ca = join(world.folder, "ca.pem");
  // Beside the machine's own ones: `pulumi` installs packages with this environment, too.
  const own = process.env.NODE_EXTRA_CA_CERTS;
  writeFileSync(ca, (own === undefined ? "" : readFileSync(own, "utf8")) + world.lab.ca);
  const env = { ...quietDns, LAB_DNS: dns.address, NODE_EXTRA_CA_CERTS: ca };
  return { world, receiver, dns, env, ...(hosts as unknown as Record<Name, LabHost>) };
}

/** The public part of `testDelivery`. */
export const proofOf = ({ mailboxes: { inbox, bounces } }: LabReceiver, more: object = {}) => ({
  to: "ops@example.org",
  timeoutSeconds: 30,
  inbox: { host: inbox.host, user: inbox.user, timeoutSeconds: 30, ...more },
  bounces: { host: bounces.host, user: bounces.user },
});

/** A stack whose hosts send as ops@example.com, with both mailboxes. */
export async function inboxStack(
  { world, receiver, env }: Scene,
  name: string,
  hosts: LabHost[],
  { inbox = {}, ...more }: { inbox?: object; [key: string]: unknown } = {},
): Promise<Stack> {
  const stack = await world.stack(name, receiver, hosts, {
    ...{ env, sender: "ops@example.com", testDelivery: proofOf(receiver, inbox) },
    deliverability: { sentFrom: [receiver.address] },
    ...more,
  });
  for (const one of ["inbox", "bounces"] as const)
    await stack.secret(`postfix-relay:testDelivery.${one}.password`, receiver.mailboxes[one].password);
  return stack;
}

/** Opens one host of a stack program, before whose tests the receiver does what it did at first. */
export async function openOne(name: string) {
  const scene = await openInbox(["web"]);
  const { receiver, dns, web } = scene;
  const stack = await inboxStack(scene, name, [web]);
  let changes = 0;

  const messages = () => receiver.mailbox().filter(({ raw }) => /^Subject: Test /m.test(raw)).length;
  /** Sets what the message meets, and the zone behind it. */
  const meets = async (ways: Ways = {}, zones: Zones = {}): Promise<void> => {
    await receiver.set(ways);
    dns.zones = { ...receiver.zones, ...zones };
  };
  /** A change that sends a new message. */
  const change = () => stack.set("postfix-relay:testDelivery.timeoutSeconds", 31 + (changes++ % 9));
  /** What was found, by the names of hosts. */
  const found = async () => (await stack.outputs()).inboxes as Record<string, Arrival>;
  /** What the mailbox has seen of an operation. */
  const counted = async <T>(operation: () => Promise<T>) => {
    const before = { logins: await receiver.logins(), messages: messages() };
    const result = await operation();
    return { result, logins: (await receiver.logins()) - before.logins, messages: messages() - before.messages };
  };
  beforeEach(() => meets());
  return { ...scene, host: web, stack, meets, change, found, counted };
}
