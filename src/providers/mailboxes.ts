// Providers of mailboxes, which also take mail from programs. Checked in 2026; look at their pages before you rely on a
// limit.

import type { Preset } from "./preset.ts";

const GOOGLE = "https://oauth2.googleapis.com/token";
/** The one scope with which Google lets programs log in by SMTP. It opens the whole mailbox. */
const GOOGLE_MAIL = "https://mail.google.com/";
const GOOGLE_TOKENS = {
  userEndpoint: GOOGLE,
  userScope: GOOGLE_MAIL,
  appEndpoint: GOOGLE,
  appScope: GOOGLE_MAIL,
};

/** The consent to send as oneself; without `offline_access` no refresh token comes with it. */
const SMTP_SEND = "https://outlook.office.com/SMTP.Send offline_access";
const microsoft = (tenant: string) => `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;

/** One row for each provider. */
export const mailboxes = {
  sakura: {
    title: "Sakura Internet (rental server, mailbox)",
    hostPattern: /^[a-z0-9-]+\.sakura\.ne\.jp$/i,
    ports: [587, 465],
    mechanisms: ["CRAM-MD5", "PLAIN", "LOGIN"],
    account: "full mailbox address, and the mailbox's password",
    notes: "accepts root@ of your own domain as sender",
    source: "an article about this setup, tried out by its author",
    certainty: "third-party page",
    unsure: "port 465, limits, checks of the sender",
  },
  gmail: {
    title: "Gmail",
    host: "smtp.gmail.com",
    ports: [587, 465],
    mechanisms: ["PLAIN", "LOGIN", "XOAUTH2"],
    appPassword: "in groups",
    account: "full address, and an app password of 16 characters without spaces; it can read the mailbox too",
    notes: "500 messages a day, 2000 for a Workspace user; From becomes the account's unless it is a verified alias",
    oauth2: GOOGLE_TOKENS,
    source: "developer.nylas.com/docs/cookbook/email/gmail-smtp-settings",
    certainty: "third-party page",
    unsure: "mechanisms, change of From",
  },
  "workspace-relay": {
    title: "Google Workspace relay",
    host: "smtp-relay.gmail.com",
    ports: [587, 465, 25],
    mechanisms: ["PLAIN", "LOGIN", "XOAUTH2"],
    appPassword: "in groups",
    account: "full address, and an app password",
    notes: "10000 recipients a day for each user; HELO has to be one of your domains",
    oauth2: GOOGLE_TOKENS,
    source: "developer.nylas.com/docs/cookbook/email/gmail-smtp-settings",
    certainty: "third-party page",
    unsure: "mechanisms, HELO",
  },
  microsoft365: {
    title: "Microsoft 365",
    host: "smtp.office365.com",
    ports: [587],
    mechanisms: ["LOGIN", "XOAUTH2"],
    account: "user principal name and password, where the tenant and the mailbox allow SMTP AUTH (off by default)",
    notes:
      "password logins end: off by default from the end of December 2026, their last day is announced in the second half " +
      "of 2027; 30 messages a minute, 10000 recipients a day, 3 connections; the sender has to be the mailbox or " +
      "one it may send as",
    oauth2: {
      userEndpoint: microsoft("organizations"),
      userScope: SMTP_SEND,
      appScope: "https://outlook.office365.com/.default",
      concurrency: 3,
    },
    source:
      "learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements; message MC786329 of " +
      "2026-01-27",
    certainty: "official page",
    unsure: "end of password logins, read in a copy at mc.merill.net",
  },
  outlook: {
    title: "Outlook.com",
    host: "smtp-mail.outlook.com",
    ports: [587],
    mechanisms: ["XOAUTH2"],
    onlyTokens: true,
    account: "full address, of a personal account",
    notes: "takes no passwords since September 2024; the sender is the account; 3 connections",
    oauth2: { userEndpoint: microsoft("consumers"), userScope: SMTP_SEND, concurrency: 3 },
    source:
      "developer.nylas.com/docs/cookbook/email/outlook-smtp-settings; learn.microsoft.com/exchange/client-developer/" +
      "legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth",
    certainty: "third-party page",
    unsure: "sender, 3 connections",
  },
  fastmail: {
    title: "Fastmail",
    host: "smtp.fastmail.com",
    ports: [465, 587],
    mechanisms: ["PLAIN", "LOGIN"],
    appPassword: "in groups",
    account: "primary login address, and an app password of 16 characters without spaces",
    notes: "an alias of the account may be the sender; 587 is discouraged",
    source: "github.com/chatmail/provider-db (2022)",
    certainty: "public configuration database",
  },
  icloud: {
    title: "iCloud Mail",
    host: "smtp.mail.me.com",
    ports: [587],
    mechanisms: ["PLAIN", "LOGIN"],
    appPassword: "as it is",
    account: "full @icloud.com address, and an app-specific password",
    notes: "the sender may be of a custom domain",
    source: "github.com/thunderbird/autoconfig me.com.xml, github.com/chatmail/provider-db",
    certainty: "public configuration database",
    unsure: "mechanisms",
  },
  zoho: {
    title: "Zoho Mail",
    regions: { com: "smtp.zoho.com", eu: "smtp.zoho.eu", in: "smtp.zoho.in" },
    ports: [465, 587],
    mechanisms: ["LOGIN", "PLAIN"],
    appPassword: "as it is",
    account:
      "full address, and an app password where there is a second factor; paid accounts may need smtppro.zoho.com",
    notes: "the sender has to be the account or an alias (else 553 Relaying disallowed as …)",
    source: "zoho.com/zeptomail/help/smtp-error-codes.html",
    certainty: "official page",
    unsure: "ports",
  },
  ovh: {
    title: "OVHcloud MX Plan",
    host: "ssl0.ovh.net",
    ports: [465, 587],
    mechanisms: ["PLAIN", "LOGIN"],
    account: "full address and its password; newer accounts may have smtp.mail.ovh.net",
    notes: "messages up to 10 MB, 200 an hour",
    source: "gids.ovh.nl/EmailSmtpPop3Imap (old)",
    certainty: "official page",
    unsure: "mechanisms, limits, newer servers",
  },
  migadu: {
    title: "Migadu",
    host: "smtp.migadu.com",
    ports: [465, 587],
    mechanisms: ["PLAIN", "LOGIN"],
    account: "full address and its password",
    notes: "a daily limit by plan; the sender has to be an identity of the mailbox",
    source: "github.com/thunderbird/autoconfig migadu.com.xml",
    certainty: "public configuration database",
    unsure: "port 587, sender",
  },
} satisfies Record<string, Preset>;
