import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { Stack } from "../stack.ts";
import { openWorld } from "../world.ts";

// A Relay that has another name than before goes on with its host, if it says who it was.
const { world, relay } = await openWorld();
let host: LabHost;
let stack: Stack | undefined;
afterEach(async () => {
  stack?.remove();
  if (host) await world.lab.discard(host);
});

/** A program with one Relay, as a user may write it. */
const program = (name: string, { more = "", options = "" } = {}) => `
import * as pulumi from "@pulumi/pulumi";
import { Relay } from "../src/index.ts";
const config = new pulumi.Config("mail");
export const relay = new Relay("${name}", {
  connection: { host: "${host.address}", hostKey: "${host.hostKey}", privateKey: config.requireSecret("key") },
  domain: "example.com",
  relayHost: { host: "${relay.host}" },
  credentials: { username: "relayuser", password: config.requireSecret("password") },
  caCertificate: ${JSON.stringify(world.lab.ca)},
  testDelivery: { to: "ops@example.org", timeoutSeconds: 20 },
  hostname: "web.example.com",
  ${more}
}${options && `, ${options}`}).delivery.status;
`;

async function first(name = "web-one"): Promise<Stack> {
  host = await world.lab.host({ release: "bookworm", name: "web", packages: ["postfix", "libsasl2-modules"] });
  const made = await Stack.create("prod", { program: program(name) });
  await made.secret("mail:password", "relaypass");
  await made.secret("mail:key", world.lab.key.private);
  const result = await made.up();
  expect(result.code, result.text).toBe(0);
  return made;
}
const write = (stack: Stack, ...given: Parameters<typeof program>) =>
  writeFileSync(join(stack.folder, "stacks/index.ts"), program(...given));

/**
 * Green, for the same host and with its new owner; the queue, the files and the process of Postfix are what they were.
 */
async function goesOn(stack: Stack, owner: string): Promise<void> {
  const master = await host.must("pgrep -xo -u root master");
  const result = await stack.up();
  expect(result.code, result.text).toBe(0);
  expect(result.text).not.toMatch(/\bdeleted\b|\bcreated\b|\breplaced\b/);
  expect(await host.must("pgrep -xo -u root master")).toBe(master);
  expect(JSON.parse(await host.must("$(command -v postrelay || command -v postfix-relay) status"))).toMatchObject({
    owner,
  });
  const again = await stack.up();
  expect(again.text).not.toMatch(/\bupdated\b/);
}

async function destroys(stack: Stack): Promise<void> {
  const result = await stack.destroy();
  expect(result.code, result.text).toBe(0);
  expect((await host.run("ls -d /var/lib/postfix-relay")).code).not.toBe(0);
}

test("with an alias from the start: green, no step is done anew by another owner", async () => {
  stack = await first();
  write(stack, "web-1", { options: '{ aliases: [{ name: "web-one" }] }' });
  await goesOn(stack, `${await project(stack)}/prod/web-1`);
  await destroys(stack);
});

test("without one: red 77, and the advice is true", async () => {
  stack = await first();
  write(stack, "web-1");
  const result = await stack.up();
  expect(result.code).not.toBe(0);
  expect(result.text).toMatch(/status 77/);
  expect(result.text).toMatch(/alias/);
  write(stack, "web-1", { options: '{ aliases: [{ name: "web-one" }] }' });
  const again = await stack.up();
  expect(again.code, again.text).toBe(0);
  expect(JSON.parse(await host.must("$(command -v postrelay || command -v postfix-relay) status"))).toMatchObject({
    owner: `${await project(stack)}/prod/web-1`,
    running: "yes",
  });
  await destroys(stack);
});

test("twice renamed, with both aliases", async () => {
  stack = await first();
  write(stack, "web-1", { options: '{ aliases: [{ name: "web-one" }] }' });
  expect(await stack.up()).toMatchObject({ code: 0 });
  write(stack, "gateway", { options: '{ aliases: [{ name: "web-1" }, { name: "web-one" }] }' });
  await goesOn(stack, `${await project(stack)}/prod/gateway`);
});

const project = async (stack: Stack) =>
  /^name: (.*)$/m.exec(readFileSync(join(stack.folder, "Pulumi.yaml"), "utf8"))?.[1];

test("`pulumi stack rename`: red 77 with the argument, then green with `formerly`, which may stay", async () => {
  stack = await first();
  await stack.must(["stack", "rename", "live", "--stack", "prod"]);
  const file = (name: string) => join((stack as Stack).folder, `stacks/Pulumi.${name}.yaml`);
  try {
    renameSync(file("prod"), file("live"));
  } catch {
    // Pulumi has renamed it itself.
  }
  const up = () => (stack as Stack).pulumi(["up", "--yes", "--skip-preview", "--stack", "live"]);
  const red = await up();
  expect(red.code, red.text).not.toBe(0);
  expect(red.text).toMatch(/status 77/);
  expect(red.text).toContain("formerly");
  const master = await host.must("pgrep -xo -u root master");
  write(stack, "web-one", { more: `formerly: ["${await project(stack)}/prod"],` });
  const green = await up();
  expect(green.code, green.text).toBe(0);
  expect(await host.must("pgrep -xo -u root master")).toBe(master);
  expect(JSON.parse(await host.must("$(command -v postrelay || command -v postfix-relay) status"))).toMatchObject({
    owner: `${await project(stack)}/live/web-one`,
  });
  // Who came before does not get the host back by chance.
  write(stack, "web-one");
  const after = await up();
  expect(after.code, after.text).toBe(0);
  const destroy = await stack.pulumi(["destroy", "--yes", "--skip-preview", "--stack", "live"]);
  expect(destroy.code, destroy.text).toBe(0);
});

test("`formerly` of somebody else does not open the host", async () => {
  stack = await first();
  write(stack, "web-1", { more: 'formerly: ["other/prod", "other/prod/web-one"],' });
  const result = await stack.up();
  expect(result.code).not.toBe(0);
  expect(result.text).toMatch(/status 77/);
});
