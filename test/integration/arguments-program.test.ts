// A program of the user's own, with the real engine: values that are known only while `pulumi up` runs.

import { afterAll, beforeAll, expect, test } from "vitest";
import type { LabHost, LabRelay } from "../lab/index.ts";
import { Stack } from "./stack.ts";
import { World } from "./world.ts";

let world: World;
let relay: LabRelay;
let host: LabHost;
let stack: Stack | undefined;

beforeAll(async () => {
  world = await World.open();
  [relay, host] = await Promise.all([world.lab.relay(), world.lab.host({ release: "trixie", name: "web" })]);
});
afterAll(async () => {
  stack?.remove();
  await world?.close();
});

test("a host whose address is known only when another resource is there", async () => {
  // Stands for a server that the same program orders: its address and its key are outputs.
  const program = `
import { remote } from "@pulumi/command";
import { Relay } from "../src/index.ts";

const login = { host: "${host.address}", hostKey: "${host.hostKey}", privateKey: process.env.LAB_KEY };
const vps = new remote.Command("vps", { connection: login, create: "echo ${host.address}; cat /etc/ssh/ssh_host_ed25519_key.pub" });
const line = (number: number) => vps.stdout.apply((text) => text.split("\\n")[number]!);
const { delivery } = new Relay("web", {
  connection: { host: line(0), hostKey: line(1), privateKey: login.privateKey },
  domain: "example.com",
  relayHost: { host: "${relay.host}" },
  credentials: { username: "relayuser", password: "relaypass" },
  caCertificate: ${JSON.stringify(world.lab.ca)},
  testDelivery: { to: "ops@example.org" },
});
export const status = delivery.status;
`;
  stack = await Stack.create("later", { program, env: { LAB_KEY: world.lab.key.private } });
  const preview = await stack.preview();
  expect(preview).toMatchObject({ code: 0 });
  expect(preview.text).toMatch(/stdin .*#% owner postfix-relay.later.web/);
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await stack.outputs()).toEqual({ status: "sent" });
});
