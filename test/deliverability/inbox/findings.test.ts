// What a preview says of a mailbox before anybody looks into it.

import { expect, test } from "vitest";
import { inboxFindings } from "../../../src/deliverability/inbox/findings.ts";
import { settings } from "../../support/args.ts";
import { looksAt, type Zones } from "../zones.ts";

const inbox = { host: "imap.example.org", user: "ops" };
const ZONES: Zones = { "example.org": ["MX mx.mailhost.net"], "elsewhere.org": ["MX mx1.sakura.ne.jp"] };

const findings = (values: Record<string, unknown>, place: string | undefined = "/x/imapflow.js", zones = ZONES) => {
  const asked: string[] = [];
  const known = { place: () => place, looks: looksAt(zones, asked) };
  return inboxFindings(settings(values), known).then((found) => ({ found, asked }));
};

test("without a mailbox, and for a host that is gone, nothing is asked or said", async () => {
  for (const values of [{}, { "testDelivery.inbox": inbox, gone: true }])
    expect(await findings(values, undefined)).toEqual({ found: [], asked: [] });
});

test("a package that is missing is an error, before anything connects", async () => {
  const known = { place: () => undefined, looks: looksAt({}) };
  expect(await inboxFindings(settings({ "testDelivery.inbox": inbox }), known)).toEqual([
    {
      severity: "error",
      path: ["testDelivery", "inbox"],
      reason: expect.stringMatching(
        /^needs the package imapflow; run `npm install imapflow@\^\d[\d.]+`, or leave it out$/,
      ),
    },
  ]);
});

test.each<[what: string, values: Record<string, unknown>, said: boolean]>([
  ["a mailbox elsewhere", {}, false],
  [
    "the IMAP server is at the relay host's provider",
    { "testDelivery.inbox": { ...inbox, host: "www9.sakura.ne.jp" } },
    true,
  ],
  ["the MX of the recipient is", { "testDelivery.to": "ops@elsewhere.org" }, true],
  [
    "the same, where nothing may be looked up",
    { "testDelivery.to": "ops@elsewhere.org", "deliverability.mode": "off" },
    false,
  ],
  ["a domain that is not found", { "testDelivery.to": "ops@nowhere.org" }, false],
])("%s", async (_, values, said) => {
  const { found, asked } = await findings({
    ...{ "relayHost.host": "sakura.ne.jp", "testDelivery.inbox": inbox },
    ...values,
  });
  expect(found.map(({ severity, reason }) => [severity, /proves less/.test(reason)])).toEqual(
    said ? [["note", true]] : [],
  );
  if (values["deliverability.mode"] === "off") expect(asked).toEqual([]);
});
