// From arguments to Settings: every value is checked here, once.

import type { z } from "zod";
import { isEncrypted } from "./fields/keys.ts";
import { unknownKey } from "./nearest.ts";
import type { Path, Problem } from "./problems.ts";
import { presetProblems } from "./rules/preset.ts";
import { accountProblems, brokenRules } from "./rules.ts";
import * as schema from "./schema.ts";
import { isObject, withoutSecrets } from "./secrets.ts";
import {
  type Account,
  type Connection,
  type Credentials,
  type Mailboxes,
  type Settings,
  withDefaults,
} from "./settings.ts";

/** A checked value, or what is wrong with it. */
export type Checked<T> = { value: T; problems?: undefined } | { value?: undefined; problems: Problem[] };

/** The result of the check of a Relay's arguments. If there is no problem, every part that is known is there. */
export interface Parsed {
  readonly problems: readonly Problem[];
  readonly settings?: Settings;
  readonly credentials?: Credentials;
  readonly connection?: Connection;
  readonly mailboxes?: Mailboxes;
  /** The arguments as they were written, if they are right. */
  readonly input?: schema.RelayInput;
}

/** Which arguments may be judged together with others. Those that only an Output will tell are not among them. */
export interface Complete {
  readonly settings: boolean;
  readonly accounts: boolean;
}

/** Checks all arguments of a Relay; `name` is its name. */
export function parse(
  name: string,
  args: Readonly<Record<string, unknown>>,
  complete: Complete = { settings: true, accounts: true },
): Parsed {
  const { connection, credentials, accounts, ...given } = args;
  const mail = withoutSecrets(schema.relay, given);
  const access = parseConnection(connection);
  const account = parseCredentials(credentials, accounts);
  const mailboxes = parseMailboxes(args.testDelivery);
  const settings = complete.settings ? parseSettings(name, mail) : check(schema.publicArgs, mail);
  const mailSettings = complete.settings ? (settings as Checked<Settings>).value : undefined;
  const between =
    mailSettings && account.value && complete.accounts ? accountProblems(mailSettings, account.value) : [];
  const parts = [check(schema.relayName, name, ["name"]), access, account, settings, mailboxes, { problems: between }];
  const problems = parts.flatMap(({ problems = [] }) => problems);
  return {
    problems,
    // What the schema has accepted has its input type.
    input: problems.length === 0 ? (args as schema.RelayInput) : undefined,
    settings: mailSettings,
    credentials: account.value,
    connection: access.value,
    mailboxes: mailboxes.value,
  };
}

/** Checks how to log in. */
export function parseConnection(input: unknown): Checked<Connection> {
  const found = check(schema.connection, input, ["connection"]);
  const { value } = found;
  if (!value) return found;
  return unless(
    [...passphraseProblems(value, ["connection"]), ...passphraseProblems(value.proxy, ["connection", "proxy"])],
    value,
  );
}

/** A key without the passphrase that it needs, or with one that it does not have: the command provider refuses both. */
function passphraseProblems(login: Omit<Connection, "proxy"> | undefined, at: Path): Problem[] {
  const { privateKey, privateKeyPassword } = login ?? {};
  const encrypted = privateKey === undefined ? undefined : isEncrypted(privateKey);
  const wrong = (reason: string) => [{ path: [...at, "privateKeyPassword"], reason }];
  if (encrypted && !privateKeyPassword) return wrong("missing; `privateKey` is encrypted: give its passphrase");
  if (encrypted === false && privateKeyPassword)
    return wrong("given, but `privateKey` has no passphrase; leave it out");
  return [];
}

/** Checks the accounts by themselves. */
export function parseCredentials(input: unknown, others: unknown): Checked<Credentials> {
  const main = check(schema.credentials, input, ["credentials"]);
  const accounts = check(schema.accounts, others, ["accounts"]);
  const problems = [
    ...(main.problems ?? secretProblems(main.value, ["credentials"])),
    ...(accounts.problems ??
      Object.entries(accounts.value ?? {}).flatMap(([name, one]) => secretProblems(one, ["accounts", name]))),
  ];
  if (!main.value || problems.length > 0) return { problems };
  return { value: { ...main.value, accounts: accounts.value } };
}

/** An account has one thing that it logs in with. */
function secretProblems(account: Account & { readonly byAddress?: boolean }, at: Path): Problem[] {
  const { password, oauth2, byAddress } = account;
  const given = [
    ...(password === undefined ? [] : ["password"]),
    ...(oauth2 === undefined ? [] : ["oauth2"]),
    ...(byAddress ? ["byAddress"] : []),
  ];
  const [first, ...others] = given;
  if (first === undefined) return [{ path: [...at, "password"], reason: "missing; give the password as one line" }];
  return others.map((name) => ({
    path: [...at, name],
    reason: `is given beside \`${first}\`, and an account logs in one way; leave one of them out`,
  }));
}

/** Checks the passwords of the mailboxes, given all of `testDelivery`. */
export function parseMailboxes(testDelivery: unknown): Checked<Mailboxes> {
  const given = ["inbox", "bounces"].flatMap((name) => {
    const mailbox = isObject(testDelivery) ? testDelivery[name] : undefined;
    return isObject(mailbox) && !Array.isArray(mailbox) ? [[name, { password: mailbox.password }]] : [];
  });
  return check(schema.mailboxes, Object.fromEntries(given), ["testDelivery"]);
}

/** Checks whether the accounts are those that the settings need. */
export const matchAccounts = (settings: Settings, credentials: Credentials): Checked<Credentials> =>
  unless(accountProblems(settings, credentials), credentials);

/** Checks all that is public, without secrets. The host is named after the Relay unless `hostname` is given. */
export function parseSettings(name: string, input: unknown): Checked<Settings> {
  const { value, problems = [] } = check(schema.publicArgs, input);
  const relay = schema.relayArgs.safeParse(input ?? {});
  const all = [...problems, ...(relay.data ? presetProblems(relay.data) : [])];
  if (!value || all.length > 0) return { problems: all.sort((a, b) => argumentIndex(a) - argumentIndex(b)) };
  const settings = withDefaults(name, value);
  return unless(check(schema.derivedNames, settings).problems ?? brokenRules(settings), settings);
}

/** Checks a value; `at` is where it stands. */
export function check<T extends z.ZodType>(schema: T, input: unknown, at: Path = []): Checked<z.output<T>> {
  const result = schema.safeParse(input);
  const lost = lostNames(input, at);
  if (result.success) return unless(lost, result.data);
  const problems = result.error.issues.flatMap((issue) => {
    const path = [...at, ...issue.path] as Path;
    if (issue.code !== "unrecognized_keys") return [{ path, reason: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key], reason: unknownReason(key, issue.message) }));
  });
  const told = problems.map(({ path }) => JSON.stringify(path));
  return { problems: [...problems, ...lost.filter(({ path }) => !told.includes(JSON.stringify(path)))] };
}

/** The one name that a map of JavaScript cannot hold, and the schema passes over without a word. */
const LOST = "__proto__";

/** Where it stands, in the value or in a map right below it. */
function lostNames(input: unknown, at: Path, levels = 1): Problem[] {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return [];
  const own = Object.hasOwn(input, LOST)
    ? [{ path: [...at, LOST], reason: "is a name that JavaScript keeps for itself; give another one" }]
    : [];
  const below = levels === 0 ? [] : Object.entries(input).filter(([key]) => key !== LOST);
  return [...own, ...below.flatMap(([key, value]) => lostNames(value, [...at, key], levels - 1))];
}

/** The message of an unknown key lists what is known there. */
const unknownReason = (key: string, message: string) => {
  const [, known] = /^unknown; known here: (.*)$/.exec(message) ?? [];
  return known === undefined ? message : unknownKey(key, known.split(", "));
};

const unless = <T>(problems: Problem[], value: T): Checked<T> => (problems.length > 0 ? { problems } : { value });

/** Problems come in the order of the arguments; unknown ones are last. */
const argumentIndex = ({ path }: Problem) => schema.argumentNames.indexOf(String(path[0])) + 1 || 1000;
