import { providers } from "../providers/providers.ts";
import { type Account, type Credentials, realHost, type Settings } from "../settings/settings.ts";
import { nextHop } from "./next-hop.ts";

/**
 * The text of sasl_passwd: taken literally by Postfix, so nothing in it is quoted. A sender's own line takes precedence
 * over that of the relay host. Logins by tokens are not in it: their passwords for the login proxy are the host's own.
 */
export function saslPasswd(settings: Settings, credentials: Credentials): string {
  const { relayHost, fallback, senderDependent, provider } = settings;
  const { password = "" } = credentials;
  const shared = provider && providers[provider].username;
  const username = credentials.username ?? (shared === "password" ? password : (shared ?? ""));
  const main = credentials.password === undefined ? undefined : { username, password };
  const accounts = new Map(Object.entries(credentials.accounts ?? {}).map(([name, account]) => [fold(name), account]));
  const lines = new Map<string, string>();
  const add = (key: string, account: Account | undefined) => {
    if (account?.password === undefined || lines.has(fold(key))) return;
    lines.set(fold(key), `${key} ${account.username}:${account.password}\n`);
  };
  for (const sender of Object.keys(senderDependent)) add(sender, accounts.get(fold(sender)));
  for (const server of [relayHost, ...fallback, ...Object.values(senderDependent)]) {
    const isMain = fold(server.host) === fold(realHost(relayHost).host);
    add(nextHop(server), isMain ? main : accounts.get(fold(server.host)));
  }
  return [...lines.values()].join("");
}

const fold = (name: string) => name.toLowerCase();
