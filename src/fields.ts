// The kinds of single values, each with everything that can be wrong with it.

import { isIP } from "node:net";
import { z } from "zod";

/** A row of what can be wrong with a text: when, and how to say it after "got …,". The first row that applies is told. */
type Fault = readonly [when: RegExp | ((value: string) => boolean), what: string];

interface Kind {
  /** What is allowed and what to change: the end of every message about the value. */
  readonly allowed: string;
  /** Never show the value. */
  readonly secret?: boolean;
}

const LINE_BREAK: Fault = [/[\r\n\u2028\u2029]/, "which contains a line break"];
const CONTROL: Fault = [/\p{Cc}/u, "which contains a control character"];
const EMPTY: Fault = [/^$/, "which is empty"];
const OUTER_SPACE: Fault = [/^\s|\s$/u, "which begins or ends with a space"];

function got(input: unknown, { allowed, secret }: Kind): string {
  if (input === undefined) return `missing; ${allowed}`;
  if (typeof input === "string") return `got ${secret ? "a text" : shown(input)}; ${allowed}`;
  const kind = input === null ? "null" : Array.isArray(input) ? "a list" : typeof input === "object" ? "an object" : "";
  return `got ${kind || (secret ? `a ${typeof input}` : `the ${typeof input} ${String(input)}`)}; ${allowed}`;
}

/** A value in quotes, on one line, cut when it is long; what would look like nothing or like a space is spelled out. */
function shown(value: string): string {
  const text = JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  return text.replace(/(?! )[\p{C}\p{Z}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

const error = (kind: Kind) => (issue: { input?: unknown }) => got(issue.input, kind);

/** A text without any of the faults, on one line unless `lines` says otherwise. */
export function text(kind: Kind & { readonly lines?: boolean }, ...faults: Fault[]) {
  const all = kind.lines ? [EMPTY, ...faults] : [EMPTY, LINE_BREAK, CONTROL, ...faults];
  return z.string({ error: error(kind) }).check((context) => {
    const input = context.value;
    const fault = all.find(([when]) => (when instanceof RegExp ? when.test(input) : when(input)));
    if (!fault) return;
    const value = kind.secret ? "a text" : shown(input);
    context.issues.push({ code: "custom", input, message: `got ${value}, ${fault[1]}; ${kind.allowed}` });
  });
}

/** A whole number from `min` to `max`. */
export function wholeNumber(what: string, min: number, max: number) {
  const kind = { error: error({ allowed: `${what} is a whole number from ${min} to ${max}` }) };
  return z.int(kind).min(min, kind).max(max, kind);
}

/** One word of a closed list. */
export function oneOf<T extends Record<string, string>>(words: T) {
  return z.enum(words, { error: error({ allowed: `allowed: ${Object.values(words).join(", ")}` }) });
}

/** A list with at least one entry. */
export function listOf<T extends z.ZodType>(entry: T, allowed: string) {
  return z.array(entry, { error: error({ allowed }) }).min(1, { error: error({ allowed }) });
}

/** An object that takes these keys and no others. */
export function object<T extends z.ZodRawShape>(shape: T, known: readonly string[] = Object.keys(shape)) {
  const keys = `known here: ${known.join(", ")}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `unknown; ${keys}`
        : got(issue.input, { allowed: `needs an object; ${keys}` }),
  });
}

function isDnsName(value: string): boolean {
  const labels = value.split(".");
  return (
    value.length <= 253 &&
    labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

const NO_NAME: Fault[] = [
  [/:\/\//, "which is a URL"],
  [/[[\]]/, "which has brackets; they are added where Postfix needs them"],
  [/@/, "which is an address"],
  [/\s/u, "which contains a space"],
  [/[^\x20-\x7e]/, "which is not ASCII; write an international name in its xn-- form"],
  [/\.$/, "which ends with a dot"],
];
const LOCAL: Fault = [/^localhost$|(^|\.)localdomain$/i, "which means every host"];
const ONE_LABEL: Fault = [/^[^.]*$/, "which has no domain"];
const NOT_DNS: Fault = [(value) => !isDnsName(value), "which is no DNS name"];
const IS_IP: Fault = [(value) => isIP(value) !== 0, "which is an address"];
const WITH_PORT: Fault = [/^[^:]*:\d+$/, "which has a port; that goes into `port`"];

/** A DNS name with a domain. */
export const fullName = (allowed: string) => text({ allowed }, ...NO_NAME, IS_IP, WITH_PORT, LOCAL, ONE_LABEL, NOT_DNS);

const unlessIp = (faults: Fault[]): Fault[] =>
  faults.map(([when, what]) => [
    (value) => isIP(value) === 0 && (when instanceof RegExp ? when.test(value) : when(value)),
    what,
  ]);

/** A DNS name with a domain, or an IP address. */
export const relayName = text(
  { allowed: "give the full name of the relay host, such as smtp.example.net" },
  ...unlessIp([...NO_NAME, WITH_PORT, LOCAL, ONE_LABEL, NOT_DNS]),
  [/^127\.|^::1$|^0\.0\.0\.0$|^::$/, "which is this host itself"],
  [/%/, "which has a zone"],
);

/** Anything that SSH can connect to. */
export const sshHost = text(
  { allowed: "give the name or the address of the host" },
  ...unlessIp([...NO_NAME, WITH_PORT, NOT_DNS]),
);

/** A TCP port. */
export const port = wholeNumber("a port", 1, 65535);

/** A login user of the host. */
export const loginUser = text({ allowed: "give the name of a login user, such as root" }, [
  (value) => !/^[a-z_][a-z0-9_.-]{0,31}$/i.test(value),
  "which is no user name",
]);

const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LOCAL_PART = new RegExp(`^${ATOM}(\\.${ATOM})*$`, "i");

/** A mail address, without a display name. */
export const mailAddress = text(
  { allowed: "give one mail address, such as ops@example.org" },
  [/[<>]/, "which has angle brackets"],
  [/[,;\s]/u, "which is more than one address"],
  [/[^\x20-\x7e]/, "which is not ASCII"],
  [(value) => value.split("@").length !== 2, "which needs exactly one @"],
  [(value) => !LOCAL_PART.test(value.split("@")[0] ?? ""), "whose part before the @ is not valid"],
  [(value) => (value.split("@")[0] ?? "").length > 64, "whose part before the @ is longer than 64 characters"],
  [
    (value) => !isDnsName(value.split("@")[1] ?? "") || !/@.+\./.test(value),
    "whose part after the @ is no full DNS name",
  ],
);

/** The user name at the relay host: goes into sasl_passwd in front of a colon. */
export const saslUser = text(
  { allowed: "give the user name as the provider writes it" },
  OUTER_SPACE,
  [/:/, "which contains a colon; Postfix would take what follows as the password"],
  [(value) => value.length > 320, "which is longer than 320 characters"],
);

/** The password at the relay host: goes into sasl_passwd as it is. */
export const saslPassword = text(
  { allowed: "give the password as one line, without quotes around it", secret: true },
  [/\s$/u, "which ends with a space; Postfix would cut it off"],
  [(value) => value.length > 1024, "which is longer than 1024 characters"],
);

const MECHANISMS = ["CRAM-MD5", "DIGEST-MD5", "LOGIN", "NTLM", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"];

/** A SASL mechanism that works with a user name and a password. */
export const mechanism = text(
  { allowed: `known: ${MECHANISMS.join(", ")}` },
  [/^(XOAUTH2|OAUTHBEARER)$/i, "which needs tokens; take an account with a password or an API key"],
  [/^!/, "which excludes; name the ones to use"],
  [(value) => !MECHANISMS.includes(value.toUpperCase()), "which is unknown"],
);
