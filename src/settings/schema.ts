// The schema of the arguments: types, limits, defaults, and what is secret. The compiler compares it with the
// documented arguments, in component/inputs.ts.

import { z } from "zod";
import { DeliverabilityMode } from "../args/deliverability.ts";
import { Drift } from "../args/host.ts";
import { IpVersion, Listen, MxCheck, OwnDomainMail } from "../args/mail.ts";
import { RelayProvider } from "../args/provider.ts";
import { OAuth2Mechanism, Rotation, TlsLevel } from "../args/relay-host.ts";
import { IMAP_PORT, INBOX_SECONDS, LOGIN_USER, SSH_PORT, SUBMISSION_PORT } from "./defaults.ts";
import { aliasTarget, localUser, mailAddress, mapAddress, rewrittenSender, senderKey } from "./fields/addresses.ts";
import { probeInterval } from "./fields/duration.ts";
import { folder } from "./fields/folder.ts";
import { caCertificate, fingerprint, hostKey, privateKey } from "./fields/keys.ts";
import { boolean, listOf, mapOf, object, oneOf, openObject, secretText, text, wholeNumber } from "./fields/kinds.ts";
import { imapPassword, imapUser } from "./fields/mailbox.ts";
import { headerName, parameterName, parameterValue } from "./fields/main-cf.ts";
import { fullName, imapHost, loginUser, port, relayHostName, selector, sshHost } from "./fields/names.ts";
import { bridge, publicNetwork } from "./fields/network.ts";
import * as oauth from "./fields/oauth2.ts";
import { formerOwner } from "./fields/owner.ts";
import { mechanism, saslPassword, saslUser } from "./fields/sasl.ts";

const login = {
  host: sshHost,
  port: port.default(SSH_PORT),
  user: loginUser.default(LOGIN_USER),
  hostKey,
  privateKey: privateKey.optional(),
  privateKeyPassword: secretText({ allowed: "give the passphrase of `privateKey`" }).optional(),
  agentSocketPath: text({ allowed: "give the path of the agent's socket" }).optional(),
};

/** The login to the host. */
export const connection = object({
  ...login,
  proxy: object(login).optional(),
  dialErrorLimit: wholeNumber("a number of further attempts", 0, 1000).optional(),
});

/** How the host gets tokens. */
export const oauth2 = object({
  tokenEndpoint: oauth.tokenEndpoint.optional(),
  clientId: oauth.clientId,
  scope: oauth.scope.optional(),
  clientSecret: oauth.clientSecret.optional(),
  refreshToken: oauth.refreshToken.optional(),
  privateKey: oauth.signingKey.optional(),
  certificate: oauth.signingCertificate.optional(),
  mechanism: oneOf(OAuth2Mechanism).default("XOAUTH2"),
});

/** What an account logs in with. */
const secretOfAccount = { password: saslPassword.optional(), oauth2: oauth2.optional() };

/** The account at the relay host. */
export const credentials = object({
  username: saslUser.optional(),
  ...secretOfAccount,
  byAddress: boolean().default(false),
});

/** The keys of `accounts`. */
const accountKey = text(
  { allowed: "give the name of a relay host, a sender's address or a domain such as @example.org" },
  [(value) => !(value.includes("@") ? senderKey : relayHostName).safeParse(value).success, "which is neither"],
);

/** Further accounts. */
export const accounts = mapOf(
  accountKey,
  object({ username: saslUser, ...secretOfAccount }),
  "needs accounts by relay host or sender",
).optional();

const otherRelayHost = object({
  host: relayHostName,
  port: port.default(SUBMISSION_PORT),
  lookupMx: boolean().default(false),
});
const hours = (what: string, min: number) => wholeNumber(`${what} in hours`, min, 720).optional();

/** What is public about a mailbox. */
const mailbox = { host: imapHost, port: port.default(IMAP_PORT), user: imapUser };
const inbox = {
  ...mailbox,
  timeoutSeconds: wholeNumber("a time in seconds", 5, 1800).default(INBOX_SECONDS),
  required: boolean().default(false),
};
const mailboxLogin = { password: imapPassword };
const testDelivery = {
  to: mailAddress,
  from: mailAddress.optional(),
  timeoutSeconds: wholeNumber("a time in seconds", 5, 600).default(60),
};

/** The passwords of the mailboxes, by the arguments that they stand in. */
export const mailboxes = object({ inbox: object(mailboxLogin).optional(), bounces: object(mailboxLogin).optional() });

/** The arguments about mail: they shape public files, so no secret is among them. */
const mail = {
  domain: fullName("give the domain this host belongs to, such as example.com"),
  relayHost: object({
    host: relayHostName.optional(),
    port: port.optional(),
    lookupMx: boolean().default(false),
  }).optional(),
  provider: oneOf(RelayProvider).optional(),
  region: text({ allowed: "give the region of the account" }, [/[^a-z0-9-]/, "which is not a region"]).optional(),
  hostname: fullName("give the host's full name, such as web-1.example.com").optional(),
  ownDomainMail: oneOf(OwnDomainMail).default("relay"),
  mxCheck: oneOf(MxCheck).default("warn"),
  deliverability: object({
    mode: oneOf(DeliverabilityMode).default("warn"),
    sentFrom: listOf(publicNetwork, "needs a list of addresses or networks, or leave it out").optional(),
    selectors: listOf(selector, "needs a list of selectors, or leave it out").optional(),
    returnPath: fullName("give the domain in the envelope, such as bounce.example.com").optional(),
    signingDomain: fullName("give the domain that signs, such as mg.example.com").optional(),
  }).default({ mode: "warn" }),
  sender: mapAddress.optional(),
  senders: mapOf(rewrittenSender, mapAddress, "needs senders, each with the address to send as").default({}),
  rootAlias: mapAddress.optional(),
  aliases: mapOf(
    localUser,
    listOf(aliasTarget, "needs a list of mail addresses or local users"),
    "needs local users, each with a list of those who get the mail",
  ).default({}),
  fallback: listOf(otherRelayHost, "needs a list of relay hosts, or leave it out").default([]),
  senderDependent: mapOf(senderKey, otherRelayHost, "needs senders, each with a relay host").default({}),
  tls: object({
    level: oneOf(TlsLevel).optional(),
    fingerprints: listOf(fingerprint, "needs a list of fingerprints, or leave it out").optional(),
    certificateNames: listOf(
      fullName("give the full name in the certificate"),
      "needs a list of names, or leave it out",
    ).optional(),
  }).default({}),
  mechanisms: listOf(mechanism, "name at least one mechanism, or leave it out").optional(),
  rotation: oneOf(Rotation).default("overlap"),
  caCertificate: caCertificate.optional(),
  limits: object({
    rateDelaySeconds: wholeNumber("a pause in seconds", 1, 3600).optional(),
    concurrency: wholeNumber("a number of connections", 1, 100).optional(),
    messageSize: wholeNumber("a size in bytes", 65536, 2 ** 31 - 1).optional(),
    queueLifetimeHours: hours("a lifetime", 1),
    bounceLifetimeHours: hours("a lifetime", 0),
    delayWarningHours: hours("a time", 1),
  }).default({}),
  ipVersion: oneOf(IpVersion).default("any"),
  listen: oneOf(Listen).default("loopback"),
  bridges: listOf(bridge, "needs a list of bridges, or leave it out").default([]),
  stripHeaders: listOf(headerName, "needs a list of header fields, or leave it out").default([]),
  testDelivery: openObject(
    {
      ...testDelivery,
      inbox: openObject(inbox, ["password"]).optional(),
      bounces: openObject(mailbox, ["password"]).optional(),
    },
    [],
  ),
  mainCf: mapOf(parameterName, parameterValue, "needs parameters of main.cf, each with a text").default({}),
  replaceMailServer: boolean().default(false),
  drift: oneOf(Drift).default("repair"),
  monitoring: object({ textfile: folder, probe: probeInterval.optional() }).optional(),
  formerly: listOf(formerOwner, "needs a list of earlier owners, or leave it out").default([]),
  gone: boolean().default(false),
};

/** All arguments of a Relay. */
export const relay = object({
  connection,
  credentials,
  accounts,
  ...mail,
  testDelivery: object({
    ...testDelivery,
    inbox: object({ ...inbox, ...mailboxLogin }).optional(),
    bounces: object({ ...mailbox, ...mailboxLogin }).optional(),
  }),
});

/** The names of the arguments. */
export const argumentNames = Object.keys(relay.shape);

/** The public arguments of a Relay, as the user wrote them. */
export const publicArgs = object(mail, argumentNames);

/** The arguments that name the relay host. */
export const relayArgs = z.object({ relayHost: mail.relayHost, provider: mail.provider, region: mail.region });

/** The name of a Relay. */
export const relayName = text({ allowed: "give the Relay a name" });

/** Values that are checked again once the name of the Relay is part of them. */
export const derivedNames = z.object({ hostname: mail.hostname });

/** Earlier owners of a host. */
export const formerly = mail.formerly;

/** The name of a host of a fleet. */
export const hostName = text({ allowed: "give each host a name of its own, such as web-1" }, [
  /[^\w.-]/,
  "which takes letters, digits, dots, dashes and underscores",
]);

const WAVE = 'give a number of hosts or a percentage, such as "1" or "25%"';

/** The sizes of the waves. */
export const waves = listOf(
  text({ allowed: WAVE }, [/^(?!0*[1-9]\d*$|0*([1-9]\d?|100)%$)/, "which is not a wave size"]),
  `needs a list; ${WAVE}`,
).optional();

/** All arguments of a fleet and of one host: those at the top of a stack's configuration count for all hosts. */
export const fleet = relay.extend({ name: hostName, waves, hosts: z.array(relay.extend({ name: hostName })) });

/** The arguments of a Relay that the schema accepts. */
export type RelayInput = z.input<typeof relay>;
