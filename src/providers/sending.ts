// What a relay host does with the sender of a message, and the DNS records that its customers publish. Checked in 2026;
// look at the provider's pages before you rely on a name.

import type { RelayProvider } from "../args/provider.ts";
import type { Certainty } from "./preset.ts";

/** A record that makes the envelope's domain align with the sender's. */
export interface AlignedRecord {
  /** Label below the sender's domain. */
  readonly name: string;
  readonly type: "CNAME" | "TXT";
  readonly value: string;
  /** Whether all customers have this name; else it is a default that can be changed, or is shown in the account. */
  readonly fixed: boolean;
}

/** The names under which a provider's keys are published. */
export interface KeyNames {
  /** Selectors; none where each customer has others. */
  readonly names: readonly string[];
  readonly type: "TXT" | "CNAME";
  /** Target of the CNAME, with {selector}, {n} its number, {domain}, and {dashed} the domain with dashes. */
  readonly target?: string;
  /** The names are usual ones: that none of them is there proves nothing. */
  readonly guess?: boolean;
}

/** What becomes of a sender at a provider. */
export interface Sending {
  /** The domain that SPF judges: the sender's own (`kept`), or one of the provider (`own`). */
  readonly envelope: "kept" | "own";
  /**
   * The term for the sender's SPF record: {relayHost} is the name of the relay host. With several, any of them may be
   * the right one for an account.
   */
  readonly spf: readonly string[];
  /** The provider's domain in the envelope. */
  readonly ownDomain?: string;
  readonly aligned?: AlignedRecord;
  readonly dkim: KeyNames;
  /** With a signing domain of its own, the envelope is of that domain. */
  readonly envelopeSigns?: true;
  /** The sender that leaves is that of the account, whatever the message says. */
  readonly fixedSender?: true;
  /** An empty key means that the domain is not set up yet; elsewhere it means that the key was revoked. */
  readonly emptyKeyIsUnset?: true;
  /** The source of these facts, and how sure it is. */
  readonly source: string;
  readonly checked: string;
  readonly certainty: Certainty;
}

const NO_NAMES: KeyNames = { names: [], type: "TXT" };

const POSTMARK: Sending = {
  envelope: "own",
  spf: [],
  ownDomain: "pm.mtasv.net",
  aligned: { name: "pm-bounces", type: "CNAME", value: "pm.mtasv.net", fixed: false },
  dkim: { names: ["pm"], type: "TXT", guess: true },
  source: "postmarkapp.com/blog; postmarkapp.com/support",
  checked: "2026-11",
  certainty: "official page",
};

/** One row for each provider. */
export const sending: Readonly<Record<RelayProvider, Sending>> = {
  sakura: {
    envelope: "kept",
    spf: ["a:{relayHost}"],
    dkim: NO_NAMES,
    source: "memo.furyutei.com; zones of customers; help.sakura.ad.jp/mail/2811 has DKIM (values not read)",
    checked: "2026-11",
    certainty: "third-party page",
  },
  gmail: {
    envelope: "own",
    spf: [],
    ownDomain: "gmail.com",
    dkim: NO_NAMES,
    fixedSender: true,
    source: "developer.nylas.com/docs/cookbook/email/gmail-smtp-settings",
    checked: "2026-11",
    certainty: "third-party page",
  },
  "workspace-relay": {
    envelope: "kept",
    spf: ["include:_spf.google.com"],
    dkim: { names: ["google"], type: "TXT", guess: true },
    source: "support.google.com/a/answer/177063; Domain Connect template of Google",
    checked: "2026-11",
    certainty: "official page",
  },
  microsoft365: {
    envelope: "kept",
    spf: ["include:spf.protection.outlook.com"],
    dkim: { names: ["selector1", "selector2"], type: "CNAME" },
    source: "Domain Connect template of Microsoft 365; zones of customers",
    checked: "2026-11",
    certainty: "official page",
  },
  outlook: {
    envelope: "own",
    spf: [],
    ownDomain: "outlook.com",
    dkim: NO_NAMES,
    fixedSender: true,
    source: "an account of Outlook.com sends as itself",
    checked: "2026-11",
    certainty: "not confirmed",
  },
  fastmail: {
    envelope: "kept",
    spf: ["include:spf.messagingengine.com"],
    dkim: { names: ["fm1", "fm2", "fm3"], type: "CNAME", target: "{selector}.{domain}.dkim.fmhosted.com" },
    source: "fastmail.help/hc/en-us/articles/360060591153",
    checked: "2026-11",
    certainty: "official page",
  },
  icloud: {
    envelope: "kept",
    spf: ["include:icloud.com"],
    dkim: { names: ["sig1"], type: "CNAME", target: "sig1.dkim.{domain}.at.icloudmailadmin.com" },
    source: "support.apple.com/102374; Domain Connect template of iCloud",
    checked: "2026-11",
    certainty: "official page",
  },
  zoho: {
    envelope: "kept",
    spf: ["include:zohomail.com", "include:one.zoho.com", "include:zohomail.eu", "include:zohomail.in"],
    dkim: { names: ["zmail", "zoho"], type: "TXT", guess: true },
    source: "Domain Connect template of Zoho (all values variable); zones of customers",
    checked: "2026-11",
    certainty: "third-party page",
  },
  ovh: {
    envelope: "kept",
    spf: ["include:mx.ovh.com"],
    dkim: { names: [], type: "CNAME" },
    source: "github.com/ovh/docs dns_zone_spf, dns_zone_dkim (ovhmoNNN-selector1; NNN in the panel)",
    checked: "2026-11",
    certainty: "official page",
  },
  migadu: {
    envelope: "kept",
    spf: ["include:spf.migadu.com"],
    dkim: { names: ["key1", "key2", "key3"], type: "CNAME", target: "{selector}.{domain}._domainkey.migadu.com" },
    source: "zones of customers, 12 of 2024 to 2026",
    checked: "2026-11",
    certainty: "third-party page",
  },
  ses: {
    envelope: "own",
    spf: [],
    ownDomain: "amazonses.com",
    dkim: { names: [], type: "CNAME" },
    source: "docs.aws.amazon.com/ses/latest/dg/mail-from.html",
    checked: "2026-11",
    certainty: "official page",
  },
  sendgrid: {
    envelope: "own",
    spf: [],
    ownDomain: "sendgrid.net",
    dkim: { names: ["s1", "s2"], type: "CNAME", guess: true },
    source: "twilio.com/docs/sendgrid/ui/account-and-settings/how-to-set-up-domain-authentication",
    checked: "2026-11",
    certainty: "official page",
  },
  mailgun: {
    envelope: "kept",
    envelopeSigns: true,
    spf: ["include:mailgun.org"],
    dkim: { names: ["pdk1", "pdk2", "k1", "mx", "pic", "smtp"], type: "CNAME", guess: true },
    source: "documentation.mailgun.com; zones of customers",
    checked: "2026-11",
    certainty: "third-party page",
  },
  postmark: POSTMARK,
  "postmark-broadcasts": POSTMARK,
  brevo: {
    envelope: "own",
    spf: [],
    ownDomain: "sender-sib.com",
    dkim: { names: ["brevo1", "brevo2"], type: "CNAME", target: "b{n}.{dashed}.dkim.brevo.com" },
    source: "Domain Connect template brevo.com 2026-04; developers.brevo.com",
    checked: "2026-11",
    certainty: "official page",
  },
  mailjet: {
    envelope: "own",
    spf: [],
    ownDomain: "bnc3.mailjet.com",
    dkim: { names: ["mailjet"], type: "TXT" },
    source: "mailjet.com/blog; Domain Connect template of Mailjet",
    checked: "2026-11",
    certainty: "official page",
  },
  smtp2go: {
    envelope: "own",
    spf: [],
    ownDomain: "smtp2go.net",
    dkim: { names: [], type: "CNAME" },
    source: "support.smtp2go.com/hc/articles/28543815517209 (emNNN, sNNN; NNN in the account)",
    checked: "2026-11",
    certainty: "official page",
  },
  resend: {
    envelope: "own",
    spf: [],
    ownDomain: "amazonses.com",
    aligned: { name: "send", type: "TXT", value: "v=spf1 include:amazonses.com ~all", fixed: false },
    dkim: { names: ["resend"], type: "TXT" },
    source: "Domain Connect template resend.com 2026-04",
    checked: "2026-11",
    certainty: "official page",
  },
  sparkpost: {
    envelope: "own",
    spf: [],
    ownDomain: "sparkpostmail.com",
    dkim: NO_NAMES,
    source: "docs.bird.com; Domain Connect template 2026-01 (selector of each account)",
    checked: "2026-11",
    certainty: "official page",
  },
  mandrill: {
    envelope: "own",
    spf: [],
    ownDomain: "mandrillapp.com",
    dkim: { names: ["mte1", "mte2"], type: "CNAME", target: "dkim{n}.mandrillapp.com" },
    source: "mailchimp.com/developer/transactional/docs/authentication-delivery; Domain Connect template 2023-10",
    checked: "2026-11",
    certainty: "official page",
  },
  cloudflare: {
    envelope: "own",
    spf: [],
    ownDomain: "_spf.mx.cloudflare.net",
    aligned: { name: "cf-bounce", type: "TXT", value: "v=spf1 include:_spf.mx.cloudflare.net ~all", fixed: true },
    dkim: { names: ["cf-bounce"], type: "TXT" },
    emptyKeyIsUnset: true,
    source: "developers.cloudflare.com/email-service",
    checked: "2026-11",
    certainty: "official page",
  },
};
