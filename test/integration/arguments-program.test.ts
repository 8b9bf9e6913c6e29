// A program of the user's own, with the real engine: values that are known only while `pulumi up` runs.

import { afterAll, expect, test } from "vitest";
import { Stack } from "./stack.ts";
import { openWorld } from "./world.ts";

const { world, relay, web: host } = await openWorld({ web: { release: "trixie" } });
let stack: Stack | undefined;
afterAll(() => stack?.remove());

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
