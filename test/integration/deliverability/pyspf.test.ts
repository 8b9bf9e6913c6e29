// Random zones, judged by us and by pyspf, which shares no code with us.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { libraries } from "../../../src/deliverability/libraries.ts";
import { looksAt, type Zones } from "../../deliverability/zones.ts";
import { openWorld } from "../world.ts";

const { mx } = await openWorld({ mx: { packages: ["python3-spf"] } });

const COUNT = 4000;
const NAMES = ["example.com", "a.example.com", "b.example.com", "c.example.net"] as const;
const ADDRESSES = ["192.0.2.9", "2001:db8::9"] as const;

const name = fc.constantFrom(...NAMES, "gone.example.net");
const qualifier = fc.constantFrom("", "", "", "-", "~", "?", "+");
const mechanism = fc.oneof(
  fc.constantFrom("all", "a", "mx", "ip4:192.0.2.0/24", "ip4:192.0.2.9", "ip4:198.51.100.0/24", "ip6:2001:db8::/32"),
  fc.constantFrom("ip6:2001:db8:1::/48", "a/24", "mx/24//64", "a//64", "ip4:192.0.2.300", "ipv4:192.0.2.9", "include:"),
  fc.constantFrom(
    "exists:%{ir}.z.example.net",
    "exists:%{d}",
    "ptr",
    "a:%{o}",
    "include:%{d2}",
    "a:",
    "ip4:192.0.2.9/33",
  ),
  name.map((name) => `include:${name}`),
  name.map((name) => `a:${name}`),
  name.map((name) => `mx:${name}`),
  name.map((name) => `exists:${name}`),
);
const term = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(qualifier, mechanism).map(([sign, text]) => sign + text) },
  { weight: 1, arbitrary: name.map((name) => `redirect=${name}`) },
  { weight: 1, arbitrary: fc.constantFrom("exp=e.example.net", "foo=bar", "foo=%{d}", "redirect=") },
);
const record = fc
  .tuple(fc.array(term, { maxLength: 5 }), fc.constantFrom("", " -all", " ~all", " ?all"))
  .map(([terms, end]) => `TXT v=spf1 ${terms.join(" ")}${end}`.replace(/ +/g, " "));
const entry = fc.oneof(
  { weight: 6, arbitrary: record },
  { weight: 1, arbitrary: fc.constantFrom("TXT other text", "TXT v=spf10 -all", "TXT v=spf1") },
  { weight: 2, arbitrary: fc.constantFrom("A 192.0.2.9", "A 198.51.100.7", "AAAA 2001:db8::9", "AAAA 2001:db8:7::1") },
  { weight: 1, arbitrary: name.map((name) => `MX ${name}`) },
);
const zone: fc.Arbitrary<Zones> = fc
  .tuple(...NAMES.map(() => fc.array(entry, { maxLength: 3 })))
  .map((all) => Object.fromEntries(NAMES.map((name, at) => [name, all[at] as string[]])));

async function ours(zones: Zones): Promise<string[]> {
  const { spf } = await libraries();
  const { resolver } = looksAt(zones);
  const common = {
    sender: "postmaster@example.com",
    helo: "mail.example.net",
    mta: "postfix-relay",
    resolver,
    strict: true,
  };
  const judged = ADDRESSES.map(async (ip) => (await spf({ ...common, ip, maxVoidCount: 1000 })).status.result);
  return await Promise.all(judged);
}

const records = (zones: Zones) =>
  Object.entries(zones).flatMap(([name, lines]) => lines.map((line) => [name, line] as const));

/** What pyspf is stricter in than the RFC; each of these it calls a permanent error. */
const exceptions: readonly (readonly [name: string, holds: (zones: Zones) => boolean])[] = [
  [
    "an include of itself",
    (zones) =>
      records(zones).some(([name, line]) => line.includes(`include:${name}`) || line.includes("include:%{d2}")),
  ],
  ["a modifier twice", (zones) => records(zones).some(([, line]) => /\b(\w+)=\S*.* \1=/.test(line))],
];

test(`${COUNT} random zones: no other result than pyspf's, but for two exceptions that are named`, async () => {
  const zones = fc.sample(zone, { numRuns: COUNT, seed: 7208 });
  const input = JSON.stringify(zones.map((zones) => ({ zones, domain: "example.com", addresses: ADDRESSES })));
  const script = readFileSync(join(import.meta.dirname, "pyspf.py"), "utf8");
  await mx.must("cat >/root/judge.py", { input: script });
  const theirs: string[][] = JSON.parse(await mx.must("python3 /root/judge.py", { input }));
  const counts: Record<string, number> = {};
  const wrong: string[] = [];
  for (const [index, zones_] of zones.entries()) {
    const own = await ours(zones_);
    const other = theirs[index] ?? [];
    for (const [at, address] of ADDRESSES.entries()) {
      if (own[at] === other[at]) continue;
      const exception = other[at] === "permerror" ? exceptions.find(([, holds]) => holds(zones_)) : undefined;
      if (exception) counts[exception[0]] = (counts[exception[0]] ?? 0) + 1;
      else wrong.push(`${address}: ours ${own[at]}, pyspf ${other[at]}: ${JSON.stringify(zones_)}`);
    }
  }
  console.log(JSON.stringify(counts));
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(new Set(theirs.flat()).size).toBeGreaterThan(5);
});
