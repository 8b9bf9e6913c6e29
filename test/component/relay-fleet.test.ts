import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { type FleetHostArgs, InvalidArgs, RelayFleet, type RelayFleetArgs } from "../../src/index.ts";
import { HOST_KEY, relayArgs } from "../support/args.ts";
import { readable, registered } from "../support/mocks.ts";

const hosts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `web-${index + 1}`,
    ...relayArgs({ connection: { host: `203.0.113.${index + 1}`, hostKey: HOST_KEY } }),
  }));

const build = (args: RelayFleetArgs) => registered(() => new RelayFleet("hosts", args));

test("is one Relay for each host", async () => {
  const all = await build({ hosts: hosts(3) });
  const relays = all.filter(({ type }) => type === "postfix-relay:index:Relay");
  expect(relays.map(({ name, parent }) => [name, parent])).toEqual([
    ["web-1", "hosts"],
    ["web-2", "hosts"],
    ["web-3", "hosts"],
  ]);
  expect(all).toHaveLength(1 + 3 * 6);
});

test("a wave begins when every delivery of the wave before is proven", async () => {
  const all = await build({ hosts: hosts(6), waves: ["1", "2", "100%"] });
  const after = (host: number) => all.find(({ name }) => name === `web-${host}-packages`)?.after;
  const proven = (...hosts: number[]) => expect.arrayContaining(hosts.map((host) => `web-${host}-delivery`));
  expect(after(1)).toEqual([]);
  expect([2, 3].map(after)).toEqual([proven(1), proven(1)]);
  expect([4, 5, 6].map(after)).toEqual([proven(2, 3), proven(2, 3), proven(2, 3)]);
  expect(JSON.stringify(after(4))).not.toContain("web-1-");
});

test("a host that is gone is no canary: the first one that is there is", async () => {
  const [old, ...others] = hosts(4) as [FleetHostArgs, ...FleetHostArgs[]];
  const all = await build({ hosts: [{ ...old, gone: true }, ...others], waves: ["1", "100%"] });
  const after = (host: number) => all.find(({ name }) => name === `web-${host}-packages`)?.after;
  expect(after(2)).toEqual([]);
  for (const host of [1, 3, 4]) expect(after(host)).toContain("web-2-delivery");
});

test("takes in a Relay that once stood alone", async () => {
  const all = await build({ hosts: hosts(1) });
  const relay = all.find(({ name }) => name === "web-1");
  expect(relay?.aliases).toHaveLength(1);
  expect(relay?.aliases[0]).toContain('"noparent":true');
});

describe("earlier owners", () => {
  /** By the name of the host. */
  async function formerly(args: RelayFleetArgs): Promise<string[][]> {
    const all = await build(args);
    const stdin = args.hosts.map(({ name }) => all.find((one) => one.name === `${name}-main-cf`)?.inputs.stdin);
    return stdin.map((text) => [...String(text).matchAll(/^#% formerly (.*)$/gm)].map(([, owner]) => owner ?? ""));
  }

  test.each([
    ["plain", (list: string[]) => list],
    ["an Output", (list: string[]) => pulumi.output(list)],
  ])("of all hosts, and of one beside them, %s", async (_, how) => {
    const [first, ...others] = hosts(2) as [FleetHostArgs, ...FleetHostArgs[]];
    const args = { hosts: [{ ...first, formerly: how(["post/old/www"]) }, ...others], formerly: how(["mail/old"]) };
    expect(await formerly(args)).toEqual([["mail/old/web-1", "post/old/www"], ["mail/old/web-2"]]);
  });

  test("of a fleet that was in another stack", async () => {
    const all = await registered(() => new RelayFleet("hosts", { hosts: hosts(1) }, { aliases: [{ stack: "old" }] }));
    const stdin = all.find(({ name }) => name === "web-1-main-cf")?.inputs.stdin;
    expect(String(stdin).match(/^#% formerly .*$/gm)).toEqual(["#% formerly mail/old/web-1"]);
  });
});

test("shows no secret", async () => {
  const poisoned = hosts(2).map((host) => ({ ...host, credentials: { username: "user", password: "POISON" } }));
  const all = await build({ hosts: poisoned });
  expect(JSON.stringify(all)).toContain("POISON");
  expect(readable("POISON", all)).toEqual([]);
});

describe("refuses", () => {
  test("all problems of all hosts at once, before anything is registered", async () => {
    const [first, second] = hosts(2);
    const args = { hosts: [first, { ...second, name: "web-1", domain: "example" }], waves: ["0"] };
    let thrown: unknown;
    const all = await registered(() => {
      try {
        new RelayFleet("hosts", args as RelayFleetArgs);
      } catch (error) {
        thrown = error;
      }
    });
    expect(all).toEqual([]);
    expect((thrown as InvalidArgs).errors.map(({ propertyPath }) => propertyPath)).toEqual([
      "hosts[1].name",
      "waves[0]",
      "hosts[1].domain",
    ]);
  });

  test("one host twice, and earlier owners that are none", () => {
    const [first] = hosts(1) as [FleetHostArgs];
    const args = { hosts: [first, { ...first, name: "web-2" }], formerly: ["old"] };
    expect(() => new RelayFleet("hosts", args)).toThrow(
      /^RelayFleet hosts:\n {2}hosts\[1\]\.connection\.host: is the host of Relay web-1 too.*\n {2}formerly\[0\]: got "old"/,
    );
  });

  test("a fleet without hosts", () => {
    expect(() => new RelayFleet("hosts", { hosts: [] })).toThrow(InvalidArgs);
  });
});
