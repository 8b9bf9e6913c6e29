// Names and addresses of hosts, users and mailboxes.

import { isIP } from "node:net";
import { applies, type Fault, text, wholeNumber } from "./kinds.ts";

const isDnsName = (value: string) =>
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
  [/^localhost$|(^|\.)localdomain$/i, "which every host has"],
  [/^[^.]*$/, "which has no domain"],
];
const IP: Fault = [(value) => isIP(value) !== 0, "which is an IP address"];
const NOT_DNS: Fault = [(value) => !isDnsName(value), "which is no DNS name"];

const unlessIp = (fault: Fault): Fault => [(value) => isIP(value) === 0 && applies(fault, value), fault[1]];

/** A DNS name with a domain. */
export const fullName = (allowed: string) => text({ allowed }, IP, ...NO_NAME, ...NO_DOMAIN, NOT_DNS);

/** A DNS name with a domain, or an IP address. */
export const relayName = text(
  { allowed: "give the full name of the relay host, such as smtp.example.net" },
  ...[...NO_NAME, ...NO_DOMAIN, NOT_DNS].map(unlessIp),
  [/^127\.|^::1$|^0\.0\.0\.0$|^::$/, "which is this host itself"],
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
  "which is no user name",
]);

/** A mail address, without a display name. */
export const mailAddress = text(
  { allowed: "give one mail address, such as ops@example.org" },
  [/[<>]/, "which has angle brackets"],
  [/[,;\s]/u, "which is more than one address"],
  [/[^\x20-\x7e]/, "which is not ASCII"],
  [/^[^@]*$|@.*@/, "which needs exactly one @"],
  [/^[^@]{65}/, "whose part before the @ is longer than 64 characters"],
  [/^\.|\.\.|\.@|^@|[^a-z0-9!#$%&'*+/=?^_`{|}~.@-].*@/i, "whose part before the @ is not valid"],
  [/@[^.]*$/, "whose part after the @ is no full DNS name"],
  [(value) => !isDnsName(value.replace(/^.*@/, "")), "whose part after the @ is no full DNS name"],
);
