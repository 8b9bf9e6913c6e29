// What each argument takes. The compiler compares it with the documented arguments, in inputs.ts.

import { z } from "zod";
import { IpVersion, Listen, MxCheck, OwnDomainMail } from "./args/mail.ts";
import { RelayProvider } from "./args/provider.ts";
import { Rotation, TlsLevel } from "./args/relay-host.ts";
import { aliasTarget, localUser, mailAddress, mapAddress, rewrittenSender, senderKey } from "./fields/addresses.ts";
import { caCertificate, fingerprint, hostKey, privateKey } from "./fields/keys.ts";
import { listOf, mapOf, object, oneOf, text, truth, wholeNumber } from "./fields/kinds.ts";
import { headerName, parameterName, parameterValue } from "./fields/main-cf.ts";
import { fullName, loginUser, port, relayName, sshHost } from "./fields/names.ts";
import { bridge } from "./fields/network.ts";
import { formerOwner } from "./fields/owner.ts";
import { mechanism, saslPassword, saslUser } from "./fields/sasl.ts";

const login = {
  host: sshHost,
  port: port.default(22),
  user: loginUser.default("root"),
  hostKey,
  privateKey: privateKey.optional(),
  privateKeyPassword: text({ allowed: "give the passphrase of `privateKey`", secret: true }).optional(),
  agentSocketPath: text({ allowed: "give the path of the agent's socket" }).optional(),
};

/** How to log in to the host. */
export const connection = object({
  ...login,
  proxy: object(login).optional(),
  dialErrorLimit: wholeNumber("a number of further attempts", 0, 1000).optional(),
});

/** The account at the relay host. */
export const credentials = object({ username: saslUser.optional(), password: saslPassword });

/** The keys of `accounts`. */
const accountKey = text(
  { allowed: "give the name of a relay host, a sender's address or a domain such as @example.org" },
  [(value) => !(value.includes("@") ? senderKey : relayName).safeParse(value).success, "which is neither"],
);

/** Further accounts. */
export const accounts = mapOf(
  accountKey,
  object({ username: saslUser, password: saslPassword }),
  "needs accounts by relay host or sender",
).optional();

const otherRelayHost = object({ host: relayName, port: port.default(587), lookupMx: truth().default(false) });
const hours = (what: string, min: number) => wholeNumber(`${what} in hours`, min, 720).optional();

/** Everything that may be read by anybody. */
export const mail = {
  domain: fullName("give the domain this host belongs to, such as example.com"),
  relayHost: object({ host: relayName.optional(), port: port.optional(), lookupMx: truth().default(false) }).optional(),
  provider: oneOf(RelayProvider).optional(),
  region: text({ allowed: "give the region of the account" }, [/[^a-z0-9-]/, "which is no region"]).optional(),
  hostname: fullName("give the host's full name, such as web-1.example.com").optional(),
  ownDomainMail: oneOf(OwnDomainMail).default("relay"),
  mxCheck: oneOf(MxCheck).default("warn"),
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
  testDelivery: object({
    to: mailAddress,
    from: mailAddress.optional(),
    timeoutSeconds: wholeNumber("a time in seconds", 5, 600).default(60),
  }),
  mainCf: mapOf(parameterName, parameterValue, "needs parameters of main.cf, each with a text").default({}),
  replaceMailServer: truth().default(false),
  formerly: listOf(formerOwner, "needs a list of earlier owners, or leave it out").default([]),
  gone: truth().default(false),
};

/** The names of all arguments of a Relay. */
export const argumentNames = ["connection", "credentials", "accounts", ...Object.keys(mail)];

/** What names the relay host. */
export const relayArgs = z.object({ relayHost: mail.relayHost, provider: mail.provider, region: mail.region });

/** All that is public about a Relay, as the user wrote it. */
export const publicArgs = object(mail, argumentNames);

/** The name of a Relay. */
export const relayLabel = text({ allowed: "give the Relay a name" });

/** What is checked once more when the name of the Relay has become a part of it. */
export const named = z.object({ hostname: mail.hostname });

/** All arguments of a Relay, as the schema has them. */
export type RelayInput = z.input<typeof publicArgs> & {
  connection: z.input<typeof connection>;
  credentials: z.input<typeof credentials>;
  accounts?: z.input<typeof accounts>;
};
