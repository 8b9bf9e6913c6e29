import type { z } from "zod";
import { isEncrypted } from "./fields/keys.ts";
import type { Problem } from "./problems.ts";
import { presetHost, providers } from "./providers.ts";
import { presetProblems } from "./rules/preset.ts";
import { accountProblems, brokenRules } from "./rules.ts";
import * as schema from "./schema.ts";

/** How to log in, checked. */
export type Connection = z.output<typeof schema.connection>;

/** An account at a relay host. */
export interface Account {
  readonly username: string;
  readonly password: string;
}

/** The accounts, checked: that of the relay host, and others by relay host or sender. */
export type Credentials = z.output<typeof schema.credentials> & {
  readonly accounts?: Readonly<Record<string, Account>>;
};

/** A relay host, checked. */
export interface RelayHost {
  readonly host: string;
  readonly port: number;
  readonly lookupMx: boolean;
}

/** All that is public about a Relay: checked, with defaults filled in. */
export type Settings = ReturnType<typeof withDefaults>;

/** A checked value, or what is wrong with it. */
export type Checked<T> = { value: T; problems?: undefined } | { value?: undefined; problems: Problem[] };

function check<T extends z.ZodType>(schema: T, input: unknown, at: string[] = []): Checked<z.output<T>> {
  const result = schema.safeParse(input);
  if (result.success) return { value: result.data };
  return {
    problems: result.error.issues.flatMap((issue) => {
      const path = [...at, ...issue.path] as Problem["path"];
      if (issue.code !== "unrecognized_keys") return [{ path, reason: issue.message }];
      return issue.keys.map((key) => ({ path: [...path, key], reason: issue.message }));
    }),
  };
}

/** The value, unless something is wrong with it. */
const unless = <T>(problems: Problem[], value: () => T): Checked<T> =>
  problems.length > 0 ? { problems } : { value: value() };

/** Checks the name of the Relay, which goes into comments and messages on the host. */
const checkName = (input: unknown): Checked<string> => check(schema.relayLabel, input, ["name"]);

/** A key that cannot be read without a passphrase that is not given. */
function lockedKey(login: Omit<Connection, "proxy"> | undefined, at: string[]): Problem[] {
  if (!login?.privateKey || login.privateKeyPassword || !isEncrypted(login.privateKey)) return [];
  return [{ path: [...at, "privateKeyPassword"], reason: "missing; `privateKey` is encrypted: give its passphrase" }];
}

/** Checks how to log in. */
export function checkConnection(input: unknown): Checked<Connection> {
  const found = check(schema.connection, input, ["connection"]);
  const { value } = found;
  if (!value) return found;
  return unless([...lockedKey(value, ["connection"]), ...lockedKey(value.proxy, ["connection", "proxy"])], () => value);
}

/** Checks earlier owners by themselves. */
export const checkFormerly = (input: unknown): Checked<string[]> => check(schema.mail.formerly, input, ["formerly"]);

/** Checks the accounts by themselves. */
export function checkCredentials(input: unknown, others: unknown): Checked<Credentials> {
  const main = check(schema.credentials, input, ["credentials"]);
  const accounts = check(schema.accounts, others, ["accounts"]);
  return unless([...(main.problems ?? []), ...(accounts.problems ?? [])], () => ({
    ...(main.value as Credentials),
    accounts: accounts.value,
  }));
}

/** Checks whether the accounts are those that the settings need. */
export const checkAccounts = (settings: Settings, credentials: Credentials): Checked<Credentials> =>
  unless(accountProblems(settings, credentials), () => credentials);

/** Checks all that is public; the name of the Relay is needed for the name of the host. */
export function checkSettings(name: string, input: unknown): Checked<Settings> {
  const { value, problems = [] } = check(schema.publicArgs, input);
  const relay = check(schema.relayArgs, input ?? {});
  const all = [...problems, ...(relay.value ? presetProblems(relay.value) : [])];
  if (!value || all.length > 0) return { problems: all.sort((a, b) => place(a) - place(b)) };
  const full = withDefaults(name, value);
  return unless(check(schema.named, full).problems ?? brokenRules(full), () => full);
}

/** Problems come in the order of the arguments; unknown ones are last. */
const place = ({ path }: Problem) => schema.argumentNames.indexOf(String(path[0])) + 1 || 1000;

/** All that is wrong with the arguments of a Relay; without the rules between values, where some are not known yet. */
export function problemsOf(name: string, args: Record<string, unknown>, isComplete = true): Problem[] {
  const { connection, credentials, accounts, ...mail } = args;
  const settings = isComplete ? checkSettings(name, mail) : { problems: check(schema.publicArgs, mail).problems };
  const account = checkCredentials(credentials, accounts);
  const checks = [checkName(name), checkConnection(connection), account, settings];
  const problems = checks.flatMap(({ problems = [] }) => problems);
  return "value" in settings && settings.value && account.value
    ? [...problems, ...accountProblems(settings.value, account.value)]
    : problems;
}

function withDefaults(name: string, value: z.output<typeof schema.publicArgs>) {
  const { rootAlias, tls } = value;
  const hostname = value.hostname ?? `${name}.${value.domain}`;
  const preset = value.provider && providers[value.provider];
  const relayHost: RelayHost = {
    host: value.relayHost?.host ?? (preset && presetHost(preset, value.region)) ?? "",
    port: value.relayHost?.port ?? preset?.ports[0] ?? 587,
    lookupMx: value.relayHost?.lookupMx ?? false,
  };
  return {
    ...value,
    hostname,
    relayHost,
    testDelivery: { ...value.testDelivery, from: value.testDelivery.from ?? value.sender ?? `root@${hostname}` },
    tls: { ...tls, level: tls.level ?? (tls.fingerprints ? "fingerprint" : "secure") },
    allAliases: { ...(rootAlias && { root: [rootAlias] }), ...value.aliases },
  };
}
