import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PulumiResult, Stack } from "../stack.ts";
import { openWorld } from "../world.ts";
import { Bench } from "./bench.ts";
import type { Place, Stopped } from "./breakpoint.ts";
import { drain, Sender } from "./sender.ts";
import { Table } from "./table.ts";

// A step that is replaced, a Relay that is moved: Pulumi undoes and does anew what a host works with. Messages wait in
// the queue and are handed in all the time, on both hosts of a fleet.
const { world, relay, web, db } = await openWorld({ web: {}, db: {} });
const hosts = [web, db];
let stack: Stack;
let bench: Bench;
const table = new Table("A step replaced, a Relay moved", [
  "what",
  "fault",
  "`pulumi up`",
  "accepted",
  "delivered",
  "twice",
  "bounced",
  "missing",
]);

/** A program with a fleet of both hosts, or with the first one moved out of it, under another component. */
const program = (where: "fleet" | "moved", password = "password") => `
import * as pulumi from "@pulumi/pulumi";
import { Relay, RelayFleet } from "../src/index.ts";
const config = new pulumi.Config("mail");
const args = (host, hostKey) => ({
  connection: { host, hostKey, privateKey: config.requireSecret("key") },
  domain: "example.com",
  relayHost: { host: "${relay.host}" },
  credentials: { username: "relayuser", password: config.requireSecret("${password}") },
  caCertificate: ${JSON.stringify(world.lab.ca)},
  testDelivery: { to: "ops@example.org", timeoutSeconds: 20 },
});
const [web, db] = ${JSON.stringify(hosts.map(({ name, address, hostKey }) => [name, address, hostKey]))}
  .map(([name, host, key]) => ({ name, ...args(host, key) }));
if (${where === "fleet"}) new RelayFleet("hosts", { waves: ["1"], hosts: [web, db] });
else {
  const parent = new pulumi.ComponentResource("test:index:Machine", "machine");
  const { name, ...alone } = web;
  new Relay(name, alone, { parent });
  new RelayFleet("hosts", { hosts: [db] });
}
`;
const write = (...given: Parameters<typeof program>) =>
  writeFileSync(join(stack.folder, "stacks/index.ts"), program(...given));

beforeAll(async () => {
  stack = await Stack.create("cycle", { program: program("fleet") });
  await stack.secret("mail:password", "relaypass");
  await stack.secret("mail:wrong", "no-such-password");
  await stack.secret("mail:key", world.lab.key.private);
  bench = Bench.of(world, relay, web, stack);
  const result = await stack.up();
  expect(result.code, result.text).toBe(0);
});
afterAll(async () => {
  await table.close();
  stack?.remove();
});

let runs = 0;

/** Counts the messages of both hosts around a change, which ends in a host as it was proven. */
async function counted(what: string, fault: string, change: () => Promise<PulumiResult>): Promise<PulumiResult> {
  const run = `l${++runs}`;
  await relay.set("refuse-421");
  const senders = await Promise.all(hosts.map((host) => Sender.start(host, `${run}${host.name}`)));
  await Promise.all(senders.map((sender) => sender.more(3)));
  await relay.set("normal");
  const result = await change();
  const color = result.code === 0 ? "green" : "red";
  await Promise.all(senders.map((sender) => sender.more(2)));
  await Promise.all(senders.map((sender) => sender.stop()));
  await Promise.all(hosts.map(drain));
  const counts = await Promise.all(senders.map((sender) => sender.count(relay)));
  const sum = (key: keyof (typeof counts)[number]) => counts.reduce((all, count) => all + count[key], 0);
  table.add(what, fault, color, sum("accepted"), sum("delivered"), sum("twice"), sum("bounced"), sum("missing"));
  for (const count of counts)
    expect(count, result.text).toMatchObject({ delivered: count.accepted, missing: 0, bounced: 0 });
  for (const host of hosts) expect(await host.run("postrelay check"), result.text).toMatchObject({ code: 0 });
  return result;
}

const nothingToDo = async () => expect((await stack.up()).text).not.toMatch(/updated|created|replaced/);
const tests = async () => (await relay.messages()).filter(({ raw }) => raw.includes("Test delivery")).length;

test.each(["packages", "main-cf", "sasl-passwd", "service", "delivery"])(
  "up --replace '**-%s' of a fleet ends with hosts that are proven",
  async (step) => {
    const before = await tests();
    const result = await counted(`-${step} of each host replaced`, "-", () => stack.up("--replace", `**-${step}`));
    expect(result.code, result.text).toBe(0);
    expect(await tests()).toBe(before + hosts.length);
    await nothingToDo();
  },
);

/** Where the tool is stopped while all of a host is taken away and set up anew. */
const places: [at: string, place: Place][] = [
  ["Postfix is about to be removed", { command: "apt-get", arguments: "*remove*postfix*" }],
  ["the tool is put in place again", { command: "cp", arguments: "*/postrelay.new" }],
  ["half of the files are renamed", { command: "mv", arguments: "*/new/sasl_passwd.db *" }],
];
interface Fault {
  what: string;
  happen: (stopped: Stopped) => Promise<void> | void;
  /** What has to be done before `pulumi` runs again. */
  repair?: () => Promise<unknown>;
}

const faults: Fault[] = [
  {
    what: "engine killed",
    happen: async (stopped) => {
      bench.killEngine();
      await stopped.finish();
    },
    repair: () => stack.must(["cancel", "--yes", stack.name]),
  },
  { what: "remote shell killed", happen: (stopped) => stopped.kill() },
];
const cuts = faults.flatMap((fault) => places.map(([at, place]) => ({ ...fault, at, place })));

test.each(cuts)("$what while -packages is replaced, $at: the next `up` sets the host up", async (cut) => {
  await counted("-packages of one host replaced", `${cut.what}: ${cut.at}`, async () => {
    const result = await bench.upTo(cut.place, cut.happen, "--replace", "**web-packages");
    expect(result.code, result.text).not.toBe(0);
    await cut.repair?.();
    // Pulumi does not know that the command of the killed engine has come to its end; the look at the host does.
    const next = await stack.up();
    expect(next.code, next.text).toBe(0);
    return result;
  });
  await nothingToDo();
});

test("a move that fails and is reverted leaves the host with what was proven", async () => {
  await counted("a Relay moved, the new one cannot be proven, then reverted", "-", async () => {
    write("moved", "wrong");
    const result = await stack.up();
    expect(result.code).not.toBe(0);
    write("fleet");
    const back = await stack.up();
    expect(back.code, back.text).toBe(0);
    return result;
  });
});

test("out of the fleet and under another component, without an alias: the old one's delete does nothing", async () => {
  const result = await counted("a Relay moved out of a fleet, without an alias", "-", () => {
    write("moved");
    return stack.up();
  });
  expect(result.code, result.text).toBe(0);
  expect(result.text).toMatch(/web-packages deleted/);
  for (const host of hosts) expect(await host.must("systemctl is-active postfix")).toBe("active\n");
  await nothingToDo();
});

test("destroy ends well where the tool, and all that it knew, is gone", async () => {
  await web.must("rm -r /usr/local/sbin/postrelay /var/lib/postfix-relay");
  const result = await stack.destroy();
  expect(result.code, result.text).toBe(0);
  expect(result.text).toMatch(/nothing of postfix-relay is recorded on this host/);
  expect(await web.must("find / -xdev -name 'sasl_passwd*' -not -path '/usr/*'")).toBe("");
});
