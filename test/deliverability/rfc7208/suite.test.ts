// The test suite of RFC 7208 (https://github.com/sdgathman/pyspf, BSD), through the answers that the verdict asks.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { type Ask, Looks } from "../../../src/deliverability/dns.ts";
import { libraries } from "../../../src/deliverability/libraries.ts";

type Entry = string | Record<string, unknown>;

interface Scenario {
  readonly description: string;
  readonly tests: Readonly<Record<string, { helo: string; host: string; mailfrom: string; result: string | string[] }>>;
  readonly zonedata: Readonly<Record<string, readonly Entry[]>>;
}

const text = readFileSync(join(import.meta.dirname, "tests.yml"), "utf8");
const scenarios = parseAllDocuments(text).map((document) => document.toJS() as Scenario);
const cases = scenarios.flatMap(({ description, tests, zonedata }) =>
  Object.entries(tests).map(([name, one]) => ({ name: `${description}: ${name}`, ...one, zonedata })),
);

const fail = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

/** The answers of such a zone. Records of the type SPF are texts where a name has no others. */
function askZone(zonedata: Scenario["zonedata"]): Ask {
  const zone = new Map(Object.entries(zonedata).map(([name, entries]) => [name.toLowerCase(), entries]));
  const ask: Ask = async (name, type) => {
    if (name.split(".").some((label) => label === "" || label.length > 63)) return await fail("EBADNAME");
    const entries = zone.get(name.toLowerCase().replace(/\.$/, ""));
    if (!entries) return await fail("ENOTFOUND");
    const has = entries.some((entry) => typeof entry === "object" && "TXT" in entry);
    const found: unknown[] = [];
    for (const entry of entries) {
      if (entry === "TIMEOUT") {
        if (found.length === 0) return await fail("ETIMEOUT");
        continue;
      }
      const [given, value] = Object.entries(entry as Record<string, unknown>)[0] ?? [];
      if (given === "CNAME") return await ask(String(value), type);
      const kind = given === "SPF" && !has ? "TXT" : given;
      if (kind !== type || value === "NONE") continue;
      if (value === "TIMEOUT") return await fail("ETIMEOUT");
      if (kind === "TXT") found.push([value].flat().map(String));
      else if (kind === "MX")
        found.push({ priority: (value as [number, string])[0], exchange: (value as [number, string])[1] });
      else found.push(value);
    }
    return found.length > 0 ? found : await fail("ENODATA");
  };
  return ask;
}

test("there are 203 cases", () => {
  expect(cases).toHaveLength(203);
});

test.each(cases)("$name", async ({ helo, host, mailfrom, result, zonedata }) => {
  const { spf } = await libraries();
  const { resolver } = new Looks(askZone(zonedata));
  const found = await spf({ sender: mailfrom, ip: host, helo, mta: "receiver.example.net", resolver, strict: true });
  expect([result].flat()).toContain(found.status.result);
});
