// Each provider with a zone as its own guide has it: such mail is accepted; without the records it is not.

import { describe, expect, test } from "vitest";
import { adviseOn } from "../../src/deliverability/acceptance.ts";
import { identities } from "../../src/deliverability/identities.ts";
import { providers } from "../../src/providers/providers.ts";
import { sending } from "../../src/providers/sending.ts";
import { settings } from "../support/args.ts";
import { KEY, looksAt, type Zones } from "./zones.ts";

interface Guide {
  /** What a customer has to write beside `provider`. */
  values?: Record<string, unknown>;
  /** The provider's own zone. */
  theirs?: Zones;
  /** The records that a customer publishes. */
  ours: Zones;
}

const D = "example.com";
const KEY_TXT = [`TXT ${KEY}`];
const permits = (network: string) => [`TXT v=spf1 ip4:${network} -all`];
const deliverability = (more: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(more).map(([key, value]) => [`deliverability.${key}`, value]));

const guides: Record<string, Guide> = {
  sakura: {
    values: { relayHost: { host: "example.sakura.ne.jp" } },
    theirs: { "example.sakura.ne.jp": ["A 192.0.2.20"], "www1234.sakura.ne.jp": ["A 192.0.2.20"] },
    ours: { [D]: ["TXT v=spf1 a:www1234.sakura.ne.jp mx ~all"] },
  },
  "workspace-relay": {
    theirs: {
      "_spf.google.com": ["TXT v=spf1 include:_netblocks.google.com ~all"],
      "_netblocks.google.com": permits("192.0.2.0/28"),
    },
    ours: { [D]: ["TXT v=spf1 include:_spf.google.com ~all"], [`google._domainkey.${D}`]: KEY_TXT },
  },
  microsoft365: {
    theirs: { "spf.protection.outlook.com": permits("192.0.2.0/28"), "selector1-example.onmicrosoft.com": KEY_TXT },
    ours: {
      [D]: ["TXT v=spf1 include:spf.protection.outlook.com -all"],
      [`selector1._domainkey.${D}`]: ["CNAME selector1-example.onmicrosoft.com"],
    },
  },
  azure: {
    theirs: {
      "spf.protection.outlook.com": permits("192.0.2.0/28"),
      "selector1-azurecomm-prod-net._domainkey.azurecomm.net": KEY_TXT,
    },
    ours: {
      [D]: ["TXT v=spf1 include:spf.protection.outlook.com -all"],
      [`selector1-azurecomm-prod-net._domainkey.${D}`]: ["CNAME selector1-azurecomm-prod-net._domainkey.azurecomm.net"],
    },
  },
  hve: {
    theirs: { "spf.protection.outlook.com": permits("192.0.2.0/28") },
    ours: { [D]: ["TXT v=spf1 include:spf.protection.outlook.com -all"] },
  },
  fastmail: {
    theirs: { "spf.messagingengine.com": permits("192.0.2.0/28"), [`fm1.${D}.dkim.fmhosted.com`]: KEY_TXT },
    ours: {
      [D]: ["TXT v=spf1 include:spf.messagingengine.com ?all"],
      [`fm1._domainkey.${D}`]: [`CNAME fm1.${D}.dkim.fmhosted.com`],
    },
  },
  icloud: {
    theirs: { "icloud.com": permits("192.0.2.0/28") },
    ours: { [D]: ["TXT v=spf1 include:icloud.com ~all"] },
  },
  zoho: {
    values: { region: "eu" },
    theirs: { "zohomail.eu": permits("192.0.2.0/28"), "zohomail.com": permits("198.51.100.0/28") },
    ours: { [D]: ["TXT v=spf1 include:zohomail.eu -all"] },
  },
  ovh: {
    theirs: { "mx.ovh.com": ["TXT v=spf1 ptr:mail-out.ovh.net ip4:192.0.2.0/28 ?all"] },
    ours: { [D]: ["TXT v=spf1 include:mx.ovh.com ~all"] },
  },
  migadu: {
    theirs: { "spf.migadu.com": permits("192.0.2.0/28"), [`key1.${D}._domainkey.migadu.com`]: KEY_TXT },
    ours: {
      [D]: ["TXT v=spf1 include:spf.migadu.com -all"],
      [`key1._domainkey.${D}`]: [`CNAME key1.${D}._domainkey.migadu.com`],
    },
  },
  ses: {
    values: {
      region: "eu-west-1",
      ...deliverability({ selectors: ["abcdef1", "abcdef2"], returnPath: `bounce.${D}` }),
    },
    theirs: { "amazonses.com": permits("192.0.2.0/28"), "abcdef1.dkim.amazonses.com": KEY_TXT },
    ours: {
      [`bounce.${D}`]: ["MX feedback-smtp.eu-west-1.amazonses.com", "TXT v=spf1 include:amazonses.com ~all"],
      [`abcdef1._domainkey.${D}`]: ["CNAME abcdef1.dkim.amazonses.com"],
    },
  },
  sendgrid: {
    values: deliverability({ returnPath: `em1234.${D}` }),
    theirs: { "u1234.wl.sendgrid.net": permits("192.0.2.7"), "s1.domainkey.u1234.wl.sendgrid.net": KEY_TXT },
    ours: {
      [`em1234.${D}`]: ["CNAME u1234.wl.sendgrid.net"],
      [`s1._domainkey.${D}`]: ["CNAME s1.domainkey.u1234.wl.sendgrid.net"],
    },
  },
  mailgun: {
    values: { region: "us", ...deliverability({ signingDomain: `mg.${D}` }) },
    theirs: { "mailgun.org": permits("192.0.2.0/28") },
    ours: { [`mg.${D}`]: ["TXT v=spf1 include:mailgun.org ~all"], [`pic._domainkey.mg.${D}`]: KEY_TXT },
  },
  postmark: {
    values: deliverability({ selectors: ["20260101pm"] }),
    theirs: { "pm.mtasv.net": permits("192.0.2.0/28") },
    ours: { [`pm-bounces.${D}`]: ["CNAME pm.mtasv.net"], [`20260101pm._domainkey.${D}`]: KEY_TXT },
  },
  "postmark-broadcasts": {
    theirs: { "pm.mtasv.net": permits("192.0.2.0/28") },
    ours: { [`pm-bounces.${D}`]: ["CNAME pm.mtasv.net"] },
  },
  brevo: {
    theirs: { "b1.example-com.dkim.brevo.com": KEY_TXT, "b2.example-com.dkim.brevo.com": KEY_TXT },
    ours: { [`brevo1._domainkey.${D}`]: ["CNAME b1.example-com.dkim.brevo.com"] },
  },
  mailjet: { ours: { [`mailjet._domainkey.${D}`]: KEY_TXT } },
  smtp2go: {
    values: deliverability({ selectors: ["s1234"], returnPath: `em1234.${D}` }),
    theirs: { "return.smtp2go.net": permits("192.0.2.0/28"), "dkim.smtp2go.net": KEY_TXT },
    ours: { [`em1234.${D}`]: ["CNAME return.smtp2go.net"], [`s1234._domainkey.${D}`]: ["CNAME dkim.smtp2go.net"] },
  },
  resend: {
    theirs: { "amazonses.com": permits("192.0.2.0/28") },
    ours: { [`send.${D}`]: ["TXT v=spf1 include:amazonses.com ~all"], [`resend._domainkey.${D}`]: KEY_TXT },
  },
  sparkpost: {
    values: { region: "us", ...deliverability({ selectors: ["scph0126"] }) },
    ours: { [`scph0126._domainkey.${D}`]: KEY_TXT },
  },
  mandrill: {
    theirs: { "dkim1.mandrillapp.com": KEY_TXT, "dkim2.mandrillapp.com": KEY_TXT },
    ours: { [`mte1._domainkey.${D}`]: ["CNAME dkim1.mandrillapp.com"] },
  },
  cloudflare: {
    theirs: { "_spf.mx.cloudflare.net": permits("192.0.2.0/28") },
    ours: {
      [`cf-bounce.${D}`]: ["TXT v=spf1 include:_spf.mx.cloudflare.net ~all"],
      [`cf-bounce._domainkey.${D}`]: KEY_TXT,
    },
  },
};

const STRICT = { [`_dmarc.${D}`]: ["TXT v=DMARC1; p=reject"] };

/** Zones in which the customer has a mail domain, and the relay host a name. */
function zonesOf(host: string, theirs: Zones, ours: Zones): Zones {
  const all: Record<string, readonly string[]> = { ...STRICT, [host]: ["A 192.0.2.80"], ...theirs, ...ours };
  return { ...all, [D]: [`MX mx.${D}`, ...(all[D] ?? [])] };
}

test("every provider has a row, and a guide here unless the sender is that of the account", () => {
  expect(Object.keys(sending).sort()).toEqual(Object.keys(providers).sort());
  const others = Object.entries(sending).filter(([, { fixedSender }]) => !fixedSender);
  expect(Object.keys(guides).sort()).toEqual(others.map(([name]) => name).sort());
});

describe.each(Object.entries(guides))("%s", (provider, { values = {}, theirs = {}, ours }) => {
  const own = settings({ provider, relayHost: undefined, sender: `ops@${D}`, ...values });
  const verdict = async (records: Zones) => {
    const [identity] = identities(own);
    if (!identity) throw new Error("no sender");
    const looks = looksAt(zonesOf(own.relayHost.host, theirs, records));
    return await adviseOn(looks, identity, { habits: own.deliverability, mailDomain: D });
  };

  test("with the records of its guide: accepted", async () => {
    expect((await verdict(ours)).judged.verdict).toBe("accepted");
  });

  test("without them: not accepted, and the advice is one of them, or names the argument that is missing", async () => {
    const { judged, action } = await verdict({});
    expect(judged.verdict).not.toBe("accepted");
    if (action?.records.length) {
      expect((await verdict(Object.fromEntries(action.records.map(recordIn)))).judged.verdict).toBe("accepted");
      const kinds = (names: readonly string[]) => names.map((name) => name.replace(/^\w+(?=\._domainkey)/, "KEY"));
      expect(kinds(Object.keys(ours))).toEqual(
        expect.arrayContaining(kinds(action.records.map((line) => recordIn(line)[0]))),
      );
    } else expect(action?.text).toMatch(/`deliverability\.selectors`|publish the DKIM records/);
  });
});

/** A line of a zone file as these zones have it. */
function recordIn(line: string): [name: string, records: string[]] {
  const [, name = "", type, value = ""] = /^(\S+)\. (TXT|CNAME) (.*)$/.exec(line) ?? [];
  const text =
    type === "TXT" ? [...value.matchAll(/"([^"]*)"/g)].map(([, part]) => part).join("") : value.replace(/\.$/, "");
  return [name, [`${type} ${text}`]];
}

test("a mailbox of Gmail sends as itself; another sender is told to take the account's", async () => {
  const zones = {
    ...STRICT,
    "smtp.gmail.com": ["A 192.0.2.80"],
    "gmail.com": ["MX mx.gmail.com", ...permits("192.0.2.0/28")],
    [D]: ["MX mx.example.com"],
  };
  const verdict = async (sender: string) => {
    const own = settings({ provider: "gmail", relayHost: undefined, sender });
    const [identity] = identities(own);
    if (!identity) throw new Error("no sender");
    return await adviseOn(looksAt(zones), identity, {
      habits: own.deliverability,
      mailDomain: D,
      account: "me@gmail.com",
    });
  };
  expect((await verdict("me@gmail.com")).judged.verdict).toBe("accepted");
  expect((await verdict(`ops@${D}`)).action?.text).toBe(
    "set `sender` to the address of the account, such as me@gmail.com: it is the sender that leaves",
  );
});
