// How the host logs in with each account. That is public, and decides which way mail takes; the secrets do not.

import { providerOf, providers } from "../providers/providers.ts";
import { same } from "./domains.ts";
import { isObject } from "./secrets.ts";
import type { Credentials, OAuth2, RelayHost, Settings } from "./settings.ts";

/** By a password, by tokens, or not at all: the relay host knows the host by its address. */
export type LoginKind = "password" | "token" | "address";

/** How many logins by tokens a host can have: its login proxy listens at an address for each. */
export const MOST_LOGINS = 8;

/** That of each account. */
export interface LoginKinds {
  readonly main: LoginKind;
  readonly accounts: Readonly<Record<string, LoginKind>>;
}

function kindOf(account: unknown): LoginKind {
  if (!isObject(account)) return "password";
  if (account.oauth2 !== undefined) return "token";
  return account.byAddress === true ? "address" : "password";
}

/** The kinds of accounts as somebody has written them, checked or not, with secrets or without. */
export const kindsOf = (credentials: unknown, accounts: unknown): LoginKinds => ({
  main: kindOf(credentials),
  accounts: Object.fromEntries(
    Object.entries(isObject(accounts) ? accounts : {}).map(([key, account]) => [key, kindOf(account)]),
  ),
});

/** Those of checked accounts. */
export const kindsIn = (credentials: Credentials): LoginKinds => kindsOf(credentials, credentials.accounts);

/** The key of an account in `accounts`; undefined: that of `credentials`. */
type AccountKey = string | undefined;

/** The account that mail to a relay host is sent with, and how that logs in; undefined where there is none. */
export function loginAt(
  { relayHost }: Pick<Settings, "relayHost">,
  { main, accounts }: LoginKinds,
  { host }: RelayHost,
  sender?: string,
): { readonly account: AccountKey; readonly kind: LoginKind | undefined } | undefined {
  const keyLike = (name: string) => Object.keys(accounts).find((key) => same(key, name));
  const ofSender = sender === undefined ? undefined : keyLike(sender);
  if (ofSender === undefined && same(host, relayHost.host)) return { account: undefined, kind: main };
  const account = ofSender ?? keyLike(host);
  return account === undefined ? undefined : { account, kind: accounts[account] };
}

/** What is known of tokens at a relay host: by the provider that is given, or the one that the name tells. */
export function tokensAt({ provider }: Pick<Settings, "provider">, account: AccountKey, host: string) {
  const known = (account === undefined && provider) || providerOf(host);
  return known ? providers[known].oauth2 : undefined;
}

/** Where a token is issued, and for what: what is given, or what the provider has for all its customers. */
export function endpointOf(known: ReturnType<typeof tokensAt>, { tokenEndpoint, scope, refreshToken }: OAuth2) {
  const byUser = refreshToken !== undefined;
  return {
    tokenEndpoint: tokenEndpoint ?? (byUser ? known?.userEndpoint : known?.appEndpoint),
    scope: scope ?? (byUser ? known?.userScope : known?.appScope),
  };
}
