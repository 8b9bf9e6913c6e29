// The arguments of a host are checked once on their way from a stack file to the commands, and main.cf is rendered
// once.

import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test, vi } from "vitest";
import { fleetHosts } from "../../src/component/parsed.ts";
import { Relay, type RelayArgs, RelayFleet } from "../../src/index.ts";
import { mainCf } from "../../src/postfix/main-cf.ts";
import * as schema from "../../src/settings/schema.ts";
import { readStack } from "../../src/stack/read.ts";
import { HOST_KEY, relayArgs } from "../support/args.ts";
import { registered } from "../support/mocks.ts";

vi.mock("../../src/postfix/main-cf.ts", { spy: true });

afterEach(() => void vi.restoreAllMocks());

/** How often the public arguments, the connection and the credentials are checked while a program runs. */
async function checks(program: () => unknown): Promise<number[]> {
  const parts = [schema.publicArgs, schema.connection, schema.credentials].map((part) => vi.spyOn(part, "safeParse"));
  expect(await registered(program)).not.toEqual([]);
  return parts.map(({ mock }) => mock.calls.length);
}

const hosts = ["web-1", "web-2", "web-3"].map((name) => ({
  name,
  connection: { host: `${name}.example.com`, hostKey: HOST_KEY },
}));

function stackProgram(): void {
  const { connection: _, ...common } = relayArgs();
  const config = Object.entries({ ...common, hosts }).map(([key, value]) => [
    `postfix-relay:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const { hosts: checked, waves, problems } = readStack(Object.fromEntries(config), ["postfix-relay:credentials"]);
  if (!checked) throw new Error(JSON.stringify(problems));
  new RelayFleet("hosts", { hosts: fleetHosts(checked), waves });
}

const fleet = (more: Partial<RelayArgs> = {}) => ({ hosts: hosts.map((host) => ({ ...relayArgs(more), ...host })) });
const later = { username: "user", password: pulumi.output("correct horse") };

test.each<[what: string, program: () => unknown, counts: number[]]>([
  ["a Relay", () => new Relay("web-1", relayArgs()), [1, 1, 1]],
  ["each host of a fleet", () => new RelayFleet("hosts", fleet()), [3, 3, 3]],
  ["… with earlier owners of all", () => new RelayFleet("hosts", { ...fleet(), formerly: ["mail/old"] }), [3, 3, 3]],
  ["each host of a stack", stackProgram, [3, 3, 3]],
])("%s: once", async (_, program, counts) => {
  expect(await checks(program)).toEqual(counts);
});

test.each<[what: string, program: () => unknown, counts: number[]]>([
  ["a password", () => new Relay("web-1", relayArgs({ credentials: later })), [1, 1, 2]],
  ["a domain", () => new RelayFleet("hosts", fleet({ domain: pulumi.output("example.com") })), [6, 3, 3]],
])("%s that only an Output tells is checked again when it is known, and nothing else", async (_, program, counts) => {
  expect(await checks(program)).toEqual(counts);
});

test("arguments that were changed after a run are checked anew", async () => {
  const args = relayArgs();
  await registered(() => new Relay("web-1", args));
  args.domain = "example";
  await expect(registered(() => new Relay("web-1", args))).rejects.toThrow('domain: got "example"');
});

test("main.cf is rendered once for the steps of a host and its Output", async () => {
  vi.mocked(mainCf).mockClear();
  await registered(() => new Relay("web-1", relayArgs()));
  expect(mainCf).toHaveBeenCalledTimes(1);
});
