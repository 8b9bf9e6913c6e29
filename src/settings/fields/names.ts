// Names and addresses of hosts, names of users.

import { isIP } from "node:net";
import { type Fault, onlyIf, text, wholeNumber } from "./kinds.ts";

/** Whether the text is a name that DNS can have. */
export const isDnsName = (value: string) =>
  value.length <= 253 && /^((?!-)[a-z0-9-]{1,63}(?<!-)\.)*(?!-|\d+$)[a-z0-9-]{1,63}(?<!-)$/i.test(value);

const NO_NAME: Fault[] = [
  [/:\/\//, "which is a URL"],
  [/[[\]]/, "which has brackets; they are added where Postfix needs them"],
  [/@/, "which is a mail address"],
  [/\s/u, "which contains a space"],
  [/[^\x20-\x7e]/, "which is not ASCII; write an international name in its xn-- form"],
  [/^[^:]*:\d+$/, "which has a port; that goes into `port`"],
  [/\.$/, "which ends with a dot"],
];
const NO_DOMAIN: Fault[] = [
  [/^localhost$|(^|\.)localdomain$/i, "which is a name of every host"],
  [/^[^.]*$/, "which has no domain"],
];
const IP: Fault = [(value) => isIP(value) !== 0, "which is an IP address"];
const NOT_DNS: Fault = [(value) => !isDnsName(value), "which is not a DNS name"];

const unlessIp = onlyIf((value) => isIP(value) === 0);

/** A DNS name with a domain. */
export const fullName = (allowed: string) => text({ allowed }, IP, ...NO_NAME, ...NO_DOMAIN, NOT_DNS);

/** A DNS name with a domain, or an IP address. */
export const relayHostName = text(
  { allowed: "give the full name of the relay host, such as smtp.example.net" },
  ...[...NO_NAME, ...NO_DOMAIN, NOT_DNS].map(unlessIp),
  [/^127\.|^::1$|^0\.0\.0\.0$|^::$/, "which is this host itself"],
  [/%/, "which has a zone"],
);

/** The name or the address of an IMAP server. */
export const imapHost = text(
  { allowed: "give the full name of the IMAP server, such as imap.example.org" },
  ...[...NO_NAME, ...NO_DOMAIN, NOT_DNS].map(unlessIp),
  [/%/, "which has a zone"],
);

/** Anything that SSH can connect to. */
export const sshHost = text(
  { allowed: "give the name or the address of the host" },
  ...[...NO_NAME, NOT_DNS].map(unlessIp),
);

/** A TCP port. */
export const port = wholeNumber("a port", 1, 65535);

/** A login user of the host. */
export const loginUser = text({ allowed: "give the name of a login user, such as root" }, [
  (value) => !/^[a-z_][a-z0-9_.-]{0,31}$/i.test(value),
  "which is not a user name",
]);

/** The selector of a DKIM key. */
export const selector = text(
  { allowed: "give the selector alone, such as s1" },
  [/\._domainkey/i, "which has the rest of the record's name"],
  [/^_|_$/, "which begins or ends with an underscore"],
  [(value) => !isDnsName(value.replaceAll("_", "x").replace(/^\d+$/, "x")), "which is not a part of a DNS name"],
);
