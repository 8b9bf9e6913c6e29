import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drain, Sender } from "./faults/sender.ts";
import { Stack } from "./stack.ts";
import { openWorld } from "./world.ts";

// Pulumi creates before it deletes, and has two resources for one host in between. Messages are handed in all the time.
const { world, relay, web: host } = await openWorld({ web: {} });
let stack: Stack;

/** A program with one Relay, which stands alone or in another component. */
const program = (parent: boolean, password = "password") => `
import * as pulumi from "@pulumi/pulumi";
import { Relay } from "../src/index.ts";
const config = new pulumi.Config("mail");
const parent = ${parent ? 'new pulumi.ComponentResource("test:index:Machine", "machine")' : "undefined"};
export const status = new Relay("web", {
  connection: { host: "${host.address}", hostKey: "${host.hostKey}", privateKey: config.requireSecret("key") },
  domain: "example.com",
  relayHost: { host: "${relay.host}" },
  credentials: { username: "relayuser", password: config.requireSecret("${password}") },
  caCertificate: ${JSON.stringify(world.lab.ca)},
  testDelivery: { to: "ops@example.org", timeoutSeconds: 20 },
}, { parent }).delivery.status;
`;
const write = (...given: Parameters<typeof program>) =>
  writeFileSync(join(stack.folder, "stacks/index.ts"), program(...given));

beforeAll(async () => {
  stack = await Stack.create("cycle", { program: program(false) });
  await stack.secret("mail:password", "relaypass");
  await stack.secret("mail:wrong", "no-such-password");
  await stack.secret("mail:key", world.lab.key.private);
  const said = await stack.up();
  expect(said.code, said.text).toBe(0);
});
afterAll(() => stack?.remove());

/** What `pulumi` says while messages are handed in; all of them arrive, and the host is as it was proven. */
async function counted(run: string, args: string[] = [], green = true): Promise<string> {
  const sender = await Sender.start(host, run);
  await sender.more(2);
  const said = await stack.up(...args);
  expect(said.code === 0, said.text).toBe(green);
  await sender.more(2);
  await sender.stop();
  await drain(host);
  const count = await sender.count(relay);
  expect(count, said.text).toMatchObject({ delivered: count.accepted, missing: 0, bounced: 0 });
  expect(await host.run("postrelay check")).toMatchObject({ code: 0 });
  expect((await stack.up()).text).not.toMatch(/updated|created|replaced/);
  return said.text;
}

test.each(["packages", "main-cf", "sasl-passwd", "service", "delivery"])(
  "up --replace '**-%s' ends with a host that is proven",
  async (step) => {
    const before = (await relay.messages()).filter(({ raw }) => raw.includes("Test delivery")).length;
    await counted(`r${step.slice(0, 2)}`, ["--replace", `**web-${step}`]);
    const after = (await relay.messages()).filter(({ raw }) => raw.includes("Test delivery")).length;
    expect(after).toBe(before + 1);
  },
);

test("a move that fails and is reverted leaves the host with the one that was proven", async () => {
  write(true, "wrong");
  const sender = await Sender.start(host, "mf");
  const said = await stack.up();
  expect(said.code).not.toBe(0);
  write(false);
  const back = await stack.up();
  expect(back.code, back.text).toBe(0);
  await sender.stop();
  await drain(host);
  const count = await sender.count(relay);
  expect(count).toMatchObject({ delivered: count.accepted, missing: 0, bounced: 0 });
  expect(await host.run("postrelay check")).toMatchObject({ code: 0 });
});

test("a move under another component without an alias: the old one's delete does nothing", async () => {
  write(true);
  const text = await counted("mv");
  expect(text).toMatch(/web-packages deleted/);
  expect(await host.must("systemctl is-active postfix")).toBe("active\n");
});

test("destroy ends well where the tool, and all that it knew, is gone", async () => {
  await host.must("rm -r /usr/local/sbin/postrelay /var/lib/postfix-relay");
  const said = await stack.destroy();
  expect(said.code, said.text).toBe(0);
  expect(said.text).toMatch(/nothing of postfix-relay is recorded on this host/);
  expect(await host.must("find / -xdev -name 'sasl_passwd*' -not -path '/usr/*'")).toBe("");
});
