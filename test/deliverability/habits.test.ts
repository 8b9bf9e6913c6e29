// What providers do with a sender, and what it means for the verdict.

import { expect, test } from "vitest";
import { verdict } from "./scene.ts";
import { KEY, type Zones } from "./zones.ts";

const MAIL = { "example.com": ["MX mx.example.com"] };
const spf = (record: string): Zones => ({ "example.com": ["MX mx.example.com", `TXT ${record}`] });
const dmarc = (policy: string): Zones => ({ "_dmarc.example.com": [`TXT v=DMARC1; p=${policy}`] });

const through = (provider: string, more: Record<string, unknown> = {}) => ({ provider, relayHost: undefined, ...more });
const FASTMAIL = {
  "smtp.fastmail.com": ["A 192.0.2.80"],
  "spf.messagingengine.com": ["TXT v=spf1 ip4:192.0.2.0/28 ip4:192.0.2.128/28 ?all"],
};

test("a provider's include is judged by the networks that it reaches: a flattened record passes, half of one does not", async () => {
  const of = async (record: string) => (await verdict({ ...FASTMAIL, ...spf(record) }, through("fastmail"))).judged;
  expect((await of("v=spf1 include:spf.messagingengine.com -all")).verdict).toBe("accepted");
  expect((await of("v=spf1 ip4:192.0.2.0/24 -all")).verdict).toBe("accepted");
  const half = await of("v=spf1 ip4:192.0.2.0/28 -all");
  expect([half.verdict, half.evidence.spf.failing]).toEqual(["doubtful", ["192.0.2.128"]]);
});

test("an envelope of the provider's own does not count, a record of the sender for it does", async () => {
  const zones = {
    ...MAIL,
    ...dmarc("reject"),
    "smtp.resend.com": ["A 192.0.2.80"],
    "amazonses.com": ["TXT v=spf1 ip4:192.0.2.0/28 -all"],
  };
  const without = await verdict(zones, through("resend"));
  expect([without.judged.verdict, without.action?.records]).toEqual([
    "refused",
    ['send.example.com. TXT "v=spf1 include:amazonses.com ~all"'],
  ]);
  const withIt = await verdict(
    { ...zones, "send.example.com": ["TXT v=spf1 include:amazonses.com ~all"] },
    through("resend"),
  );
  expect([withIt.judged.verdict, withIt.judged.by]).toEqual(["accepted", ["spf"]]);
});

test("strict alignment asks for the sender's own domain", async () => {
  const zones = {
    ...MAIL,
    "_dmarc.example.com": ["TXT v=DMARC1; p=reject; aspf=s"],
    "smtp.resend.com": ["A 192.0.2.80"],
    "amazonses.com": ["TXT v=spf1 ip4:192.0.2.0/28 -all"],
    "send.example.com": ["TXT v=spf1 include:amazonses.com ~all"],
  };
  expect((await verdict(zones, through("resend"))).judged.verdict).toBe("refused");
});

test("a domain that signs for the sender counts for it", async () => {
  const zones = {
    ...MAIL,
    ...dmarc("reject"),
    "smtp.mailgun.org": ["A 192.0.2.80"],
    "mailgun.org": ["TXT v=spf1 ip4:192.0.2.0/28 ~all"],
    "mg.example.com": ["TXT v=spf1 include:mailgun.org ~all"],
    "pic._domainkey.mg.example.com": [`TXT ${KEY}`],
  };
  const values = through("mailgun", { region: "us", "deliverability.signingDomain": "mg.example.com" });
  expect((await verdict(zones, values)).judged).toMatchObject({ verdict: "accepted", by: ["spf", "dkim"] });
});
