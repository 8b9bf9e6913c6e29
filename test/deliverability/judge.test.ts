import { expect, test } from "vitest";
import { verdict } from "./scene.ts";
import { KEY, WEAK_KEY, type Zones } from "./zones.ts";

const MAIL = { "example.com": ["MX mx.example.com"] };
const BOTH = "ip4:203.0.113.25 ip6:2001:db8::25";

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
