// The verdict before a message, beside what three judges write into its header after: policyd-spf, OpenDKIM, OpenDMARC.

import { generateKeyPairSync } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { type NameServer, openNameServer, type Zones } from "../../../lab/name-server.ts";
import { becomeReceiver, MAILBOX, RECEIVER, RECEIVER_PACKAGES, received } from "../../../lab/receiver.ts";
import { must, run } from "../../../lab/shell.ts";
import { submit } from "../../../lab/smtp.ts";
import { Looks } from "../../../src/deliverability/dns.ts";
import { identities } from "../../../src/deliverability/identities.ts";
import { judge } from "../../../src/deliverability/judge.ts";
import { askZones } from "../../deliverability/zones.ts";
import { settings } from "../../support/args.ts";
import { openWorld } from "../world.ts";
import { draw, type Pair, zoneOf } from "./draw.ts";

const COUNT = 200;
const pairs = draw(COUNT, 26);
const RELAY = "smtp.example.net";
const OWN = "bounces.example.net";

const { world, mx } = await openWorld({ mx: { packages: RECEIVER_PACKAGES } });
const { prefix, gateway, bridge } = world.lab.record.net;
// The lab's DNS has the first address; the judges ask ours.
const address = `${prefix}253`;
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keyText = `v=DKIM1; k=rsa; p=${keys.publicKey.export({ type: "spki", format: "der" }).toString("base64")}`;
const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" }) as string;

const domainAt = (index: number) => `p${index}.example.com`;
const zones: Zones = Object.assign(
  {
    [RELAY]: [`A ${gateway}`],
    [OWN]: [`TXT v=spf1 ip4:${gateway} -all`],
    "client.example.test": [`A ${gateway}`],
  },
  ...pairs.map((pair, index) => zoneOf(domainAt(index), pair, gateway, keyText)),
);

let server: NameServer | undefined;
afterAll(async () => {
  server?.close();
  await run("ip", ["addr", "del", `${address}/24`, "dev", bridge]);
});

/** The message as such a relay host passes it on. */
async function message(domain: string, token: string, signs: boolean): Promise<string> {
  const text = `From: ops@${domain}\r\nTo: ${MAILBOX}\r\nSubject: ${token}\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: <${token}@${domain}>\r\n\r\n${token}\r\n`;
  if (!signs) return text;
  const { dkimSign } = await import("mailauth/lib/dkim/sign.js");
  const { signatures } = await dkimSign(text, { signingDomain: domain, selector: "s1", privateKey });
  return signatures + text;
}

const envelopes = (domain: string) => ({
  kept: `ops@${domain}`,
  aligned: `ops@bounce.${domain}`,
  own: `ops@${OWN}`,
});

/** What the judges have written: the result of each method. */
function judges(text: string): Record<string, string> {
  const fields =
    text
      .split(/\r?\n\r?\n/)[0]
      ?.replace(/\r?\n[ \t]+/g, " ")
      .split(/\r?\n/) ?? [];
  const own = fields.filter((line) => line.startsWith(`Authentication-Results: ${RECEIVER}`));
  return Object.fromEntries(
    own.flatMap((line) => [...line.matchAll(/\b(spf|dkim|dmarc)=(\w+)/g)].map(([, a, b]) => [a, b])),
  );
}

/** The verdict of ours about a pair. */
async function verdict(index: number, pair: Pair) {
  const domain = domainAt(index);
  const own = settings({
    "relayHost.host": RELAY,
    sender: `ops@${domain}`,
    "deliverability.sentFrom": [gateway],
    // The user knows the selectors; the own envelope of this relay host is the return path that he has not set up.
    "deliverability.selectors": ["s1"],
    ...(pair.envelope === "kept"
      ? {}
      : { "deliverability.returnPath": pair.envelope === "own" ? OWN : `bounce.${domain}` }),
  });
  const [identity] = identities(own);
  if (!identity) throw new Error("no sender");
  return await judge(new Looks(askZones(zones)), identity, own.deliverability);
}

/** Whether the mail is authenticated for its sender, as the judges see it. */
function passes({ policy, envelope }: Pair, { spf, dkim, dmarc }: Record<string, string>): boolean {
  if (policy !== "absent" && dmarc !== "none") return dmarc === "pass";
  return dkim === "pass" || (spf === "pass" && envelope !== "own");
}

/** Where the judges differ from the RFCs: OpenDMARC 1.4.2 has no strict alignment, and takes one of two records. */
const isJudgesOwn = ({ policy, envelope }: Pair) => (policy === "strict" && envelope === "aligned") || policy === "two";

test(`of ${COUNT} drawn pairs none is accepted and does not pass, and none is refused and passes`, async () => {
  await must("ip", ["addr", "add", `${address}/24`, "dev", bridge]);
  server = await openNameServer(zones, address, 53);
  await becomeReceiver(mx, address);
  for (let index = 0; index < COUNT; index += 8)
    await Promise.all(
      pairs.slice(index, index + 8).map(async (pair, at) => {
        const domain = domainAt(index + at);
        const text = await message(domain, `token${index + at}x`, pair.key === "signs");
        await submit({
          address: mx.address,
          port: 25,
          from: envelopes(domain)[pair.envelope],
          to: [MAILBOX],
          text,
          timeout: 60,
        });
      }),
    );
  await mx.must(
    "postqueue -f; for i in $(seq 60); do [ $(grep -c '^Subject: token' /var/mail/box) -ge 200 ] && exit; sleep 1; done; exit 1",
  );
  const all = await received(mx);
  const wrong: string[] = [];
  const counts: Record<string, number> = {};
  for (const [index, pair] of pairs.entries()) {
    const text = all.find((one) => one.includes(`Subject: token${index}x`)) ?? "";
    const header = judges(text);
    const { verdict: ours, evidence } = await verdict(index, pair);
    const passed = passes(pair, header);
    const kind =
      pair.key === "published" && !evidence.spf.aligned
        ? "does not sign"
        : isJudgesOwn(pair)
          ? "the judge's own"
          : ours;
    counts[kind] = (counts[kind] ?? 0) + 1;
    const says = `${JSON.stringify(pair)}: ${ours}, ${JSON.stringify(header)}`;
    if (!header.spf) wrong.push(`no header: ${says}`);
    else if (isJudgesOwn(pair)) continue;
    else if (ours === "accepted" && !passed && pair.key !== "published") wrong.push(says);
    else if (ours === "refused" && passed) wrong.push(says);
  }
  console.log(JSON.stringify(counts));
  expect(wrong).toEqual([]);
  expect(counts.accepted).toBeGreaterThan(30);
  expect(counts.refused).toBeGreaterThan(30);
});
