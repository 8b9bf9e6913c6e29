// A name server that fails in some way, and the verdict that comes of it.

import { Resolver } from "node:dns/promises";
import { afterEach, expect, test } from "vitest";
import { type Manner, type NameServer, openNameServer } from "../../lab/name-server.ts";
import { Run } from "../../src/deliverability/acceptance.ts";
import { Looks } from "../../src/deliverability/dns.ts";
import { settings } from "../support/args.ts";

const ZONES = {
  "smtp.example.net": ["A 203.0.113.25"],
  "example.com": ["MX mx.example.com", "TXT v=spf1 include:_spf.example.com -all", `TXT ${"long ".repeat(200)}`],
  "_spf.example.com": ["TXT v=spf1 ip4:203.0.113.0/24 -all"],
};

const opened: NameServer[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close();
});

async function verdictWith(manner: Manner, before: string[] = []): Promise<string> {
  const server = await openNameServer(ZONES);
  opened.push(server);
  server.manner = manner;
  const resolver = new Resolver({ timeout: 800, tries: 2 });
  resolver.setServers([...before, server.address]);
  const own = settings({ "relayHost.host": "smtp.example.net", sender: "ops@example.com" });
  const [found] = await new Run(new Looks((name, type) => resolver.resolve(name, type) as Promise<unknown[]>)).judge(
    own,
  );
  return found?.judged.verdict ?? "none";
}

test.each<[Manner, string]>([
  ["right", "accepted"],
  ["truncated", "accepted"],
  ["silent", "unknown"],
  ["servfail", "unknown"],
  ["refused", "unknown"],
])("a name server that is %j: %s", async (manner, verdict) => {
  expect(await verdictWith(manner)).toBe(verdict);
});
