// Drawn pairs of a zone and of what a relay does with mail: the verdict before, and what three judges that are not ours
// write into the header after.

import { Resolver } from "node:dns/promises";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { Ways } from "../../../lab/index.ts";
import { submit } from "../../../lab/smtp.ts";
import { until } from "../../../lab/until.ts";
import { Looks } from "../../../src/deliverability/dns.ts";
import { identities } from "../../../src/deliverability/identities.ts";
import { judgementIn } from "../../../src/deliverability/inbox/header.ts";
import { openReader } from "../../../src/deliverability/inbox/reader.ts";
import { judge } from "../../../src/deliverability/judge.ts";
import type { Verdict } from "../../../src/deliverability/verdict.ts";
import { settings } from "../../support/args.ts";
import { openInbox } from "./scene.ts";

const { world, receiver, dns } = await openInbox([]);

const COUNT = 200;
const SEED = 8601;
const here = receiver.address;

interface Pair {
  /** Whether the sender's domain is below the one that was registered. */
  readonly below: boolean;
  readonly sign: "none" | "sender" | "relay";
  /** The envelope as the receiver gets it: the sender's, the relay's, or a name of the sender's for returned mail. */
  readonly envelope: "kept" | "own" | "aligned";
  readonly spf: readonly string[];
  readonly pathSpf: readonly string[];
  readonly key: "right" | "none" | "empty";
  readonly dmarc: readonly string[];
  /** Whether the policy stands at the registered domain. */
  readonly above: boolean;
}

const passing = [
  "ip4:HERE -all",
  "ip4:HERE ~all",
  "a:relay.example.net -all",
  "include:spf.example.net ~all",
  "mx -all",
];
const failing = [
  "-all",
  "~all",
  "?all",
  "ip4:198.51.100.0/24 -all",
  "ip4:198.51.100.7 ~all",
  "include:gone.example.net",
];
const record = fc.constantFrom(
  ...passing,
  ...failing,
  "redirect=spf.example.net",
  "ipv4:HERE -all",
  "a:gone.example.net",
);
const spf = fc.oneof(
  { weight: 6, arbitrary: record.map((one) => [one]) },
  { weight: 2, arbitrary: fc.constant([] as string[]) },
  { weight: 1, arbitrary: fc.tuple(record, record).map(([one, other]) => [one, `${other} `]) },
);
const policy = fc
  .tuple(
    fc.constantFrom("none", "quarantine", "reject"),
    fc.constantFrom("", "", "", "; aspf=s", "; adkim=s", "; sp=reject", "; sp=none", "; t=y", "; np=reject"),
  )
  .map(([asks, more]) => `v=DMARC1; p=${asks}${more}`);
const pair: fc.Arbitrary<Pair> = fc.record({
  below: fc.boolean(),
  sign: fc.constantFrom("none", "sender", "relay"),
  envelope: fc.constantFrom("kept", "kept", "own", "aligned"),
  spf,
  pathSpf: spf,
  key: fc.constantFrom("right", "right", "none", "empty"),
  dmarc: fc.oneof(
    { weight: 5, arbitrary: policy.map((one) => [one]) },
    { weight: 2, arbitrary: fc.constant([] as string[]) },
    { weight: 1, arbitrary: fc.tuple(policy, policy).map(([one, other]) => [one, `${other} `]) },
  ),
  above: fc.boolean(),
});
const pairs = fc.sample(pair, { numRuns: COUNT, seed: SEED });

/** Its name, which no other pair has: nothing is asked twice. */
const domainOf = ({ below }: Pair, at: number) => `${below ? "mail." : ""}p${at}.com`;
const texts = (form: string, all: readonly string[]) => all.map((one) => `TXT ${form}${one.replaceAll("HERE", here)}`);
const empty = "v=DKIM1; k=rsa; p=";

/** The zone of a pair. */
function zoneOf(one: Pair, at: number): Record<string, string[]> {
  const domain = domainOf(one, at);
  const key = { right: [`TXT ${receiver.key}`], none: undefined, empty: [`TXT ${empty}`] }[one.key];
  return {
    [`p${at}.com`]: ["MX mx.example.org"],
    [domain]: ["MX mx.example.org", ...texts("v=spf1 ", one.spf)],
    [`bounce.${domain}`]: ["A 198.51.100.9", ...texts("v=spf1 ", one.pathSpf)],
    ...(key && { [`lab._domainkey.${domain}`]: key }),
    ...(one.dmarc.length > 0 && { [`_dmarc.${one.above ? `p${at}.com` : domain}`]: texts("", one.dmarc) }),
  };
}

/** What the user would say of that relay host. */
function habitsOf({ sign, envelope, key }: Pair, domain: string) {
  const returnPath = { kept: undefined, own: "example.net", aligned: `bounce.${domain}` }[envelope];
  const signing = sign === "relay" ? { signingDomain: "example.net" } : {};
  const selectors = key === "none" && sign === "none" ? {} : { selectors: ["lab"] };
  return { sentFrom: [here], ...selectors, ...signing, ...(returnPath && { returnPath }) };
}

/** Where the judges differ from the RFC, or know less. */
const exceptions: readonly (readonly [name: string, holds: (one: Pair) => boolean])[] = [
  ["aspf=s is not looked at", (one) => one.envelope === "aligned" && one.dmarc.join().includes("aspf=s")],
  ["t=y is not known", (one) => one.dmarc.join().includes("t=y")],
  ["np is not known", (one) => one.dmarc.join().includes("np=")],
  ["one of two DMARC records is applied", (one) => one.dmarc.length > 1],
];

/** A key is there, and the relay does not sign: the DNS cannot show it. */
const breaksHabit = ({ sign, key }: Pair) => sign === "none" && key === "right";

const verdicts: Verdict[] = [];
const headers: { spf: string; dkim: string; dmarc: string }[] = [];

/** Whether the mail has passed: by DMARC, or where there is no policy by what aligns. */
function passes(one: Pair, { spf, dkim, dmarc }: { spf: string; dkim: string; dmarc: string }): boolean {
  if (dmarc !== "none") return dmarc === "pass";
  return (spf === "pass" && one.envelope !== "own") || (dkim === "pass" && one.sign === "sender");
}

beforeAll(async () => {
  dns.zones = {
    ...receiver.zones,
    "spf.example.net": [`TXT v=spf1 ip4:${here} ~all`],
    "lab._domainkey.example.net": [`TXT ${receiver.key}`],
    ...Object.assign({}, ...pairs.map(zoneOf)),
  };
  const resolver = new Resolver();
  resolver.setServers([dns.address]);
  const looks = new Looks((name, type) => resolver.resolve(name, type) as Promise<unknown[]>);
  for (const [at, one] of pairs.entries()) {
    const domain = domainOf(one, at);
    const own = settings({
      ...{ domain, sender: `ops@${domain}`, "relayHost.host": "relay.example.net" },
      deliverability: habitsOf(one, domain),
    });
    const identity = identities(own).find((other) => other.domain === domain);
    if (!identity) throw new Error(`no sender at ${domain}`);
    verdicts[at] = (await judge(looks, identity, own.deliverability)).verdict;
  }
  const ways = pairs.map(({ sign, envelope }): Ways => ({ sign, envelope: envelope === "own" ? "own" : "kept" }));
  for (const key of new Set(ways.map((one) => JSON.stringify(one)))) {
    await receiver.set(JSON.parse(key));
    const sent = [...pairs.entries()].filter(([at]) => JSON.stringify(ways[at]) === key);
    for (const [at, one] of sent) await send(one, at);
  }
  const stored = await until(
    "all messages are in the mailbox",
    () => {
      const all = receiver.mailbox().filter(({ raw }) => /^Subject: pair /m.test(raw));
      return all.length >= COUNT && all;
    },
    { seconds: 120, every: 500 },
  );
  const reader = await openReader();
  for (const { raw } of stored) {
    const at = Number(/^Subject: pair (\d+)/m.exec(raw)?.[1]);
    headers[at] = judgementIn(raw, ["mx.example.org"], reader);
  }
});

/** Sends the message of a pair, as the relay's customer. */
async function send(one: Pair, at: number): Promise<void> {
  const domain = domainOf(one, at);
  const fields = [
    `From: Ops <ops@${domain}>`,
    "To: ops@example.org",
    `Subject: pair ${at}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${at}.pair@${domain}>`,
  ];
  await submit({
    ...{ address: receiver.address, port: 587, starttls: true, user: receiver.user },
    verify: { ca: world.lab.ca, name: receiver.host },
    from: one.envelope === "aligned" ? `bounce@bounce.${domain}` : `ops@${domain}`,
    to: ["ops@example.org"],
    text: `${fields.join("\n")}\n\nx\n`,
  });
}

test(`${COUNT} pairs: what is accepted passes, what is refused does not, but for what is named`, () => {
  const counts: Record<string, number> = {};
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const wrong: string[] = [];
  for (const [at, one] of pairs.entries()) {
    const verdict = verdicts[at];
    const header = headers[at];
    if (!verdict || !header) throw new Error(`pair ${at} has no result`);
    const hasPassed = passes(one, header);
    count(`${verdict}, ${hasPassed ? "passed" : "no pass"}`);
    if (!(verdict === "accepted" && !hasPassed) && !(verdict === "refused" && hasPassed)) continue;
    const exception = exceptions.find(([, holds]) => holds(one));
    if (verdict === "accepted" && breaksHabit(one)) count("the relay breaks its habit");
    else if (exception) count(exception[0]);
    else wrong.push(`pair ${at}: ${verdict}, ${JSON.stringify({ ...header, ...one })}`);
  }
  console.log(JSON.stringify(counts));
  expect(wrong.slice(0, 5)).toEqual([]);
  // There was enough of both to be wrong about.
  expect(counts["accepted, passed"]).toBeGreaterThan(COUNT / 10);
  expect(counts["refused, no pass"]).toBeGreaterThan(COUNT / 10);
});
