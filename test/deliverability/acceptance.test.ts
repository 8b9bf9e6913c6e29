import fc from "fast-check";
import { expect, test } from "vitest";
import { acceptanceOf, adviseOn, HOST_NAMES, Run } from "../../src/deliverability/acceptance.ts";
import { identities } from "../../src/deliverability/identities.ts";
import { judge } from "../../src/deliverability/judge.ts";
import { parseSettings } from "../../src/settings/parse.ts";
import { changed, settings } from "../support/args.ts";
import { looksAt, type Zones } from "./zones.ts";

const NET = {
  "smtp.example.net": ["A 203.0.113.25"],
  "x.example.net": ["TXT v=spf1 ip4:192.0.2.0/24 -all", "A 192.0.2.1", "MX smtp.example.net"],
  "y.example.net": ["TXT v=spf1 include:x.example.net ?all"],
  "open.example.net": ["TXT v=spf1 +all"],
};
const values = { "relayHost.host": "smtp.example.net", sender: "ops@example.com" };
const zone = (...texts: string[]): Zones => ({
  ...NET,
  "example.com": ["MX smtp.example.net", ...texts.map((text) => `TXT ${text}`)],
});

/** Settings of a host of that name. */
function host(name: string, more: Record<string, unknown> = {}) {
  const { connection, credentials, ...mail } = changed({ "relayHost.host": "smtp.example.net", ...more });
  const { value } = parseSettings(name, mail);
  if (!value) throw new Error("wrong");
  return value;
}

const text = async (run: Run, of: ReturnType<typeof host>) => {
  const advised = await run.judge(of);
  return [...run.findings(advised, of), ...run.rest(advised, of)].map(
    ({ severity, reason }) => `${severity}: ${reason}`,
  );
};

test("300 hosts with one sender ask as much as one, and one of them warns", async () => {
  const asked: string[] = [];
  const run = new Run(looksAt(zone("v=spf1 include:y.example.net -all"), asked));
  const said = await Promise.all(Array.from({ length: 300 }, (_, at) => text(run, host(`web-${at}`, values))));
  expect(asked.length).toBeLessThan(24);
  expect(said.flat()).toHaveLength(1);
  expect(said.flat()[0]).toMatch(
    /^warning: mail from example\.com \(root, .*\) by smtp\.example\.net may be refused or go to Junk:\n/,
  );
});

test("of 300 hosts that send as their own name the first are judged, one is shown, and one sentence is about the rest", async () => {
  const asked: string[] = [];
  const run = new Run(looksAt(zone("v=spf1 a:smtp.example.net -all"), asked));
  const said = (await Promise.all(Array.from({ length: 300 }, (_, at) => text(run, host(`web-${at}`))))).flat();
  expect(said).toEqual([
    expect.stringMatching(
      /^warning: mail from web-0\.example\.com .* {2}name {3}no MX, A or AAAA record.*Do: set `sender` to an address of example\.com$/s,
    ),
    expect.stringMatching(/^note: the names of 20 hosts were judged as senders/),
  ]);
  expect(new Set(asked.filter((one) => /^MX web-/.test(one))).size).toBe(HOST_NAMES);
});

test("nothing is asked with mode off", async () => {
  const asked: string[] = [];
  const run = new Run(looksAt(zone(), asked));
  expect(await text(run, host("web-1", { ...values, "deliverability.mode": "off" }))).toEqual([]);
  expect(asked).toEqual([]);
});

test.each([
  ["warn", "v=spf1 -all", "warning"],
  ["error", "v=spf1 -all", "warning"],
  ["warn", undefined, "warning"],
  ["error", undefined, "error"],
])("with mode %s and the record %s the preview has a: %s", async (mode, record, severity) => {
  const run = new Run(looksAt(zone(...(record ? [record] : []))));
  const [said] = await text(run, host("web-1", { ...values, "deliverability.mode": mode }));
  expect(said?.split(":")[0]).toBe(severity);
});

test("the output has words, no counts and no times", async () => {
  const [identity] = identities(settings(values));
  if (!identity) throw new Error();
  const looks = looksAt({ ...zone("v=spf1 mx -all"), "_dmarc.example.com": ["TXT v=DMARC1; p=quarantine"] });
  const around = { habits: settings(values).deliverability, mailDomain: "example.com" };
  expect(acceptanceOf(await adviseOn(looks, identity, around))).toEqual({
    domain: "example.com",
    relayHost: "smtp.example.net",
    verdict: "accepted",
    by: ["spf"],
    name: "found",
    spf: "passes (example.com)",
    dkim: "no key at example.com",
    dmarc: "quarantine: what does not pass goes to Junk",
    action: "",
    records: [],
  });
});

const term = fc.constantFrom(
  ...["mx", "a", "-a", "ip4:192.0.2.0/24", "-ip4:203.0.113.0/25", "include:x.example.net", "?include:y.example.net"],
  ...[
    "include:gone.example.net",
    "include:open.example.net",
    "exists:%{i}.z.example.net",
    "ptr",
    "-all",
    "~all",
    "?all",
    "+all",
  ],
  ...[
    "redirect=y.example.net",
    "redirect=gone.example.net",
    "ipv4:192.0.2.1",
    "exp=e.example.net",
    "include:",
    "a:s1.example.net",
  ],
);
const records = fc.array(
  fc.array(term, { maxLength: 12 }).map((terms) => ["v=spf1", ...terms].join(" ")),
  { maxLength: 2 },
);

test("records that are advised make the verdict accepted; where none are, the words name what is in the way", async () => {
  const own = settings(values);
  const [identity] = identities(own);
  if (!identity) throw new Error();
  const around = { habits: own.deliverability, mailDomain: own.domain };
  const seen = { advised: 0, named: 0, fine: 0 };
  await fc.assert(
    fc.asyncProperty(records, async (texts) => {
      const { judged, action } = await adviseOn(looksAt(zone(...texts)), identity, around);
      if (judged.verdict === "accepted") seen.fine += 1;
      else if (action?.records.length) {
        seen.advised += 1;
        expect(action.records).toHaveLength(1);
        const record = [...(action.records[0] ?? "").matchAll(/"([^"]*)"/g)].map(([, part]) => part).join("");
        expect((await judge(looksAt(zone(record)), identity, own.deliverability)).verdict).toBe("accepted");
      } else {
        seen.named += 1;
        expect(action?.text).toMatch(/^mend the SPF record of example\.com first: ./);
      }
    }),
    { numRuns: 600, seed: 26 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
});
