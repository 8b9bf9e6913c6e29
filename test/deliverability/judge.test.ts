import { expect, test } from "vitest";
import { adviseOn } from "../../src/deliverability/acceptance.ts";
import { identities } from "../../src/deliverability/identities.ts";
import { settings } from "../support/args.ts";
import { KEY, looksAt, WEAK_KEY, type Zones } from "./zones.ts";

const RELAY = { "smtp.example.net": ["A 203.0.113.25", "AAAA 2001:db8::25"] };
const MAIL = { "example.com": ["MX mx.example.com"] };
const BOTH = "ip4:203.0.113.25 ip6:2001:db8::25";

/** The verdict about the first sender, and what to do. */
async function verdict(zones: Zones, values: Record<string, unknown> = {}, account?: string) {
  const own = settings({ "relayHost.host": "smtp.example.net", sender: "ops@example.com", ...values });
  const [identity] = identities(own);
  if (!identity) throw new Error("no sender");
  const around = { habits: own.deliverability, mailDomain: own.domain, account };
  return await adviseOn(looksAt({ ...RELAY, ...zones }), identity, around);
}

const spf = (...records: string[]): Zones => ({
  "example.com": ["MX mx.example.com", ...records.map((one) => `TXT ${one}`)],
});
const key = (name: string, text = KEY): Zones => ({ [`${name}._domainkey.example.com`]: [`TXT ${text}`] });
const dmarc = (policy: string): Zones => ({ "_dmarc.example.com": [`TXT v=DMARC1; p=${policy}`] });
const selectors = { "deliverability.selectors": ["s1"] };
const ADD = "a:smtp.example.net";

test.each<
  [
    what: string,
    zones: Zones,
    values: Record<string, unknown>,
    verdict: string,
    does: RegExp | undefined,
    records: string[],
  ]
>([
  ["both addresses pass", spf(`v=spf1 ${BOTH} -all`), {}, "accepted", undefined, []],
  ["the relay host is named", spf(`v=spf1 ${ADD} -all`), {}, "accepted", undefined, []],
  [
    "the record has only the IPv4 address",
    spf("v=spf1 ip4:203.0.113.25 -all"),
    {},
    "doubtful",
    /^change the SPF record of example\.com to$/,
    [`example.com. TXT "v=spf1 ip4:203.0.113.25 ${ADD} -all"`],
  ],
  [
    "… beside p=reject and no key",
    { ...spf("v=spf1 ip4:203.0.113.25 -all"), ...dmarc("reject") },
    {},
    "refused",
    /^change/,
    [`example.com. TXT "v=spf1 ip4:203.0.113.25 ${ADD} -all"`],
  ],
  ["there is no record", MAIL, {}, "refused", /^publish$/, [`example.com. TXT "v=spf1 ${ADD} ~all"`]],
  [
    "there are two records",
    spf("v=spf1 mx -all", "v=spf1 a ~all"),
    {},
    "refused",
    /^publish one SPF record in place of those at example\.com/,
    [`example.com. TXT "v=spf1 a mx ${ADD} ~all"`],
  ],
  [
    "the record forbids an assumed address",
    spf("v=spf1 mx -all"),
    {},
    "doubtful",
    /^change/,
    [`example.com. TXT "v=spf1 mx ${ADD} -all"`],
  ],
  [
    "the record forbids a given address",
    spf("v=spf1 mx -all"),
    { "deliverability.sentFrom": ["198.51.100.7", "2001:db8:7::/48"] },
    "refused",
    /^change/,
    ['example.com. TXT "v=spf1 mx ip4:198.51.100.7 ip6:2001:db8:7::/48 -all"'],
  ],
  ["a key is there", { ...MAIL, ...key("s1") }, selectors, "accepted", undefined, []],
  [
    "a key is there and SPF forbids",
    { ...spf("v=spf1 mx -all"), ...key("s1") },
    selectors,
    "doubtful",
    /^change/,
    [`example.com. TXT "v=spf1 mx ${ADD} -all"`],
  ],
  [
    "the key is too short",
    { ...MAIL, ...key("s1", WEAK_KEY) },
    selectors,
    "refused",
    /^publish$/,
    [`example.com. TXT "v=spf1 ${ADD} ~all"`],
  ],
  [
    "the key was revoked",
    { ...MAIL, ...key("s1", "v=DKIM1; p=") },
    selectors,
    "refused",
    /^publish$/,
    [`example.com. TXT "v=spf1 ${ADD} ~all"`],
  ],
  [
    "some key is there, and the selectors are not known",
    { ...MAIL, ...key("other") },
    {},
    "doubtful",
    /^publish$/,
    [`example.com. TXT "v=spf1 ${ADD} ~all"`],
  ],
  ["the domain has no mail", { "example.com": ["MX .", "TXT v=spf1 -all"] }, {}, "refused", /another domain/, []],
  ["the domain is not there", {}, {}, "refused", /MX record/, []],
  [
    "the record has a slip",
    spf("v=spf1 ipv4:192.0.2.1 -all"),
    {},
    "refused",
    /^mend .* first: ipv4:192\.0\.2\.1 is no term/,
    [],
  ],
  [
    "an include is not there",
    spf("v=spf1 include:gone.example.net -all"),
    {},
    "refused",
    /^mend .*receivers stop at it/,
    [],
  ],
  [
    "the record is full",
    spf(`v=spf1 ${Array.from({ length: 10 }, (_, at) => `include:s${at}.example.net`).join(" ")} -all`),
    {},
    "refused",
    /^mend/,
    [],
  ],
  [
    "an include cannot be looked up",
    { ...spf("v=spf1 include:slow.example.net -all"), "slow.example.net": ["FAIL ETIMEOUT"] },
    {},
    "unknown",
    undefined,
    [],
  ],
  [
    "nothing can be looked up",
    {
      "example.com": ["FAIL ESERVFAIL"],
      "_domainkey.example.com": ["FAIL ESERVFAIL"],
      "_dmarc.example.com": ["FAIL ESERVFAIL"],
    },
    {},
    "unknown",
    undefined,
    [],
  ],
  ["there is no network", { "smtp.example.net": ["FAIL ECONNREFUSED"] }, {}, "unknown", undefined, []],
  ["the relay host is not found either", { "smtp.example.net": ["TXT x"] }, {}, "unknown", undefined, []],
  [
    "the sender is a mailbox of everybody",
    { "gmail.com": ["MX mx.example.com", "TXT v=spf1 -all"] },
    { sender: "me@gmail.com" },
    "doubtful",
    /domain of your own/,
    [],
  ],
])("when %s", async (_, zones, values, expected, does, records) => {
  const { judged, action } = await verdict(zones, values);
  expect([judged.verdict, action?.records ?? []]).toEqual([expected, records]);
  if (does) expect(action?.text).toMatch(does);
  else expect(action).toBeUndefined();
});

test("the name of a host never gets records: the sender is changed, and the mail domain gets them", async () => {
  const { judged, action } = await verdict({ ...spf("v=spf1 mx ~all"), ...dmarc("reject") }, { sender: undefined });
  expect([judged.verdict, judged.identity.domain]).toEqual(["refused", "web-1.example.com"]);
  expect(action).toEqual({
    text: expect.stringMatching(
      /^set `sender` to an address of example\.com; then change the SPF record of example\.com to$/,
    ),
    records: [`example.com. TXT "v=spf1 mx ${ADD} ~all"`],
  });
});

test("a user name that is an address is the sender to take", async () => {
  const zones = { ...spf(`v=spf1 ${ADD} -all`) };
  const { action } = await verdict(zones, { sender: undefined }, "ops@example.com");
  expect(action).toEqual({ text: "set `sender` to ops@example.com, which the relay host surely takes", records: [] });
});

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

test("answers in another order are the same verdict, in the same words", async () => {
  const records = ["v=spf1 mx -all", "v=spf1 a ~all", "other"];
  const addresses = ["A 203.0.113.25", "A 203.0.113.26", "AAAA 2001:db8::25"];
  const both = [records, records.toReversed()].map(async (texts, at) => {
    const relay = { "smtp.example.net": at === 0 ? addresses : addresses.toReversed() };
    const { judged, action } = await verdict({ ...spf(...texts), ...relay });
    return [judged.evidence, action];
  });
  const [first, second] = await Promise.all(both);
  expect(second).toEqual(first);
});
