// An account in the configuration of a stack, and sasl_passwd as that configuration renders it for each host. Secrets
// are in both, and stay in memory.

import { secretFiles } from "../postfix/generation.ts";
import { throughProxy } from "../postfix/login-proxy.ts";
import { kindsIn } from "../settings/logins.ts";
import type { Path, Problem } from "../settings/problems.ts";
import { fleet } from "../settings/schema.ts";
import { isSecretAt, secretPaths } from "../settings/secrets.ts";
import type { Credentials, Settings } from "../settings/settings.ts";
import { NAMESPACE, ownPart, parseValue, readStack } from "./read.ts";
import { has, isTree, type Tree, valueAt } from "./tree.ts";

/** The configuration of a stack, as Pulumi gives it to its program. */
export interface Configuration {
  readonly config: Readonly<Record<string, string>>;
  /** Keys that hold a secret. */
  readonly secretKeys: readonly string[];
}

/** The secrets of an account that can be replaced by another one, and how a sentence calls them. */
export const accountSecrets = {
  password: "password",
  clientSecret: "client secret",
  refreshToken: "refresh token",
} as const;

/** The name of one of them. */
export type AccountSecret = keyof typeof accountSecrets;

/** The values of an account. Without a user name the one that it has stays. */
export interface NewAccount {
  /** The new secret. */
  readonly secret: string;
  /** Which one it is. */
  readonly name: AccountSecret;
  readonly username?: string;
}

/** Where a secret of the account at that path stands. */
export const secretPath = (path: Path, name: AccountSecret): Path =>
  name === "password" ? [...path, name] : [...path, "oauth2", name];

/** sasl_passwd of each host, by its name, and those that are gone. Or what is wrong with the configuration. */
export type Rendered =
  | { readonly files: ReadonlyMap<string, string>; readonly gone: readonly string[]; readonly problems?: undefined }
  | { readonly files?: undefined; readonly gone?: undefined; readonly problems: readonly Problem[] };

/** Renders it. */
export function rendered({ config, secretKeys }: Configuration): Rendered {
  const { hosts, problems } = readStack(config, secretKeys);
  if (problems) return { problems };
  const files = hosts.flatMap(({ args: { name }, parsed: { settings, credentials } }) =>
    settings && credentials && !settings.gone ? [[name, secretsOf(settings, credentials)] as const] : [],
  );
  const gone = hosts.filter(({ parsed }) => parsed.settings?.gone).map(({ args: { name } }) => name);
  return { files: new Map(files), gone };
}

/** All that a host has of its accounts, one file after the other as `postrelay credential` reads them. */
const secretsOf = (settings: Settings, credentials: Credentials): string =>
  Object.values(secretFiles(throughProxy(settings, kindsIn(credentials)), credentials)).join("");

/** Whether an account at a relay host may stand at that path; a mailbox has a password, too. */
export const isAccountPath = (path: Path): boolean =>
  isSecretAt(fleet, [...path, "password"]) && !path.includes("testDelivery");

/** Whether what an account stands in is there: its host, and for one of `accounts` itself. */
export function hasAccount({ config }: Configuration, path: Path): boolean {
  const mayBeNew = path.at(-1) === "credentials" ? path.slice(0, -1) : path;
  return has(ownPart(config), mayBeNew);
}

/** The configuration with these values in the account at that path. */
export function withAccount({ config, secretKeys }: Configuration, path: Path, account: NewAccount): Configuration {
  const [top = "", ...rest] = path;
  const key = `${NAMESPACE}${top}`;
  const { secret, name, username } = account;
  const before = config[key] === undefined ? {} : parseValue(config[key]);
  const named = username === undefined ? before : put(before, rest, { username });
  const value = put(named, secretPath(rest, name).slice(0, -1), { [name]: secret });
  return {
    config: { ...config, [key]: JSON.stringify(value) },
    secretKeys: [...new Set([...secretKeys, key])],
  };
}

function put(value: unknown, [key, ...rest]: Path, values: Tree): unknown {
  if (key === undefined) return { ...(isTree(value) ? value : {}), ...values };
  if (Array.isArray(value)) return value.map((entry, index) => (index === key ? put(entry, rest, values) : entry));
  const tree = isTree(value) ? value : {};
  return { ...tree, [key]: put(tree[key], rest, values) };
}

/** Other places where that secret of an account stands, too. */
export function elsewhere({ config }: Configuration, path: Path, name: AccountSecret): Path[] {
  const tree = ownPart(config);
  const own = JSON.stringify(secretPath(path, name));
  const old = valueAt(tree, secretPath(path, name));
  if (old === undefined) return [];
  return secretPaths(fleet, tree).filter((other) => JSON.stringify(other) !== own && valueAt(tree, other) === old);
}
