// Mail addresses, and the keys that stand for several of them in maps of Postfix.

import { type Fault, onlyIf, text } from "./kinds.ts";
import { isDnsName } from "./names.ts";

const LOCAL_PART: Fault[] = [
  [/[<>]/, "which has angle brackets"],
  [/[,;\s]/u, "which is more than one address"],
  [/[^\x20-\x7e]/, "which is not ASCII"],
  [/^[^@]*$|@.*@/, "which needs exactly one @"],
  [/^[^@]{65}/, "whose part before the @ is longer than 64 characters"],
  [/^\.|\.\.|\.@|^@|[^a-z0-9!#$%&'*+/=?^_`{|}~.@-].*@/i, "whose part before the @ is not valid"],
];
const DOMAIN: Fault = [
  (value) => !/@.*\./.test(value) || !isDnsName(value.replace(/^.*@/, "")),
  "whose part after the @ is not a full DNS name",
];
const UNUSUAL: Fault = [/[^a-z0-9_.+=@-]/i, "which has characters that mean something else in a map of Postfix"];
const NO_USER: Fault = [(value) => !/^[a-z_][a-z0-9_.+-]{0,63}$/i.test(value), "which is not a user name"];

const hasAt = (value: string) => value.includes("@");
const isMailbox = (value: string) => /.@/.test(value);
const isLocal = (value: string) => !hasAt(value);

/** A mail address, without a display name. */
export const mailAddress = text({ allowed: "give one mail address, such as ops@example.org" }, ...LOCAL_PART, DOMAIN);

/** A mail address to send as. */
export const mapAddress = text(
  { allowed: "give one mail address, such as ops@example.org" },
  ...LOCAL_PART,
  DOMAIN,
  UNUSUAL,
);

/** One sender, or all of a domain. */
export const senderKey = text(
  { allowed: "give a mail address, or a domain such as @example.org" },
  ...LOCAL_PART.map(onlyIf((value) => !value.startsWith("@"))),
  DOMAIN,
  UNUSUAL,
);

/** One sender, all of a domain, or a local user. */
export const rewrittenSender = text(
  { allowed: "give a mail address, a local user such as root, or a domain such as @example.org" },
  ...LOCAL_PART.map(onlyIf(isMailbox)),
  ...[DOMAIN, UNUSUAL].map(onlyIf(hasAt)),
  onlyIf(isLocal)(NO_USER),
);

/** A local user. */
export const localUser = text({ allowed: "give the name of a local user, such as root or www-data" }, NO_USER);

/** The one who gets the mail of an alias. Commands and files are refused: they would be run and written as its user. */
export const aliasTarget = text(
  { allowed: "give a mail address or a local user" },
  [/^"?[|/]|^:include:/, "which is a command or a file"],
  ...[...LOCAL_PART, DOMAIN, UNUSUAL].map(onlyIf(hasAt)),
  onlyIf(isLocal)(NO_USER),
);
