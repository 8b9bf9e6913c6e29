// Relay hosts that take tokens: Postfix hands their mail to a login proxy on the host, which logs in and passes it on.
// Each login is at an address of its own, since Postfix looks a password up by the text of the next hop.

import { same } from "../settings/domains.ts";
import { type LoginKinds, loginAt, tokensAt } from "../settings/logins.ts";
import type { RelayHost, Settings, TokenLogin } from "../settings/settings.ts";
import { nextHop } from "./next-hop.ts";

/** The port of the login proxy: that of submission may be another program's. */
export const PROXY_PORT = 10587;

/** The address of the login proxy for the login at this place of the list; never that of the loopback programs use. */
export const proxyAddress = (index: number): string => `127.86.1.${index + 1}`;

/**
 * The settings as Postfix gets them: the login proxy in the place of each relay host that is sent to with tokens. All
 * else stays, and without tokens all of it.
 */
export function throughProxy(settings: Settings, kinds: LoginKinds): Settings {
  const logins: (TokenLogin & { keys: string[] })[] = [];
  const hop = (server: RelayHost, sender?: string): RelayHost => {
    const found = loginAt(settings, kinds, server, sender);
    if (found?.kind !== "token") return server;
    const { account } = found;
    const isIts = (login: TokenLogin) =>
      login.account === account && same(login.server.host, server.host) && login.server.port === server.port;
    if (!logins.some(isIts)) logins.push({ account, server, keys: [] });
    const index = logins.findIndex(isIts);
    const proxy = { host: proxyAddress(index), port: PROXY_PORT, lookupMx: false, behind: server };
    const key = account?.includes("@") ? account : nextHop(proxy);
    if (!logins[index]?.keys.includes(key)) logins[index]?.keys.push(key);
    return proxy;
  };
  const { senderDependent, limits } = settings;
  const relayHost = hop(settings.relayHost);
  const routed = {
    ...settings,
    relayHost,
    fallback: settings.fallback.map((server) => hop(server)),
    senderDependent: Object.fromEntries(
      Object.entries(senderDependent).map(([sender, server]) => [sender, hop(server, sender)]),
    ),
  };
  const most = relayHost.behind && tokensAt(settings, undefined, settings.relayHost.host)?.concurrency;
  const isSlow = limits.rateDelaySeconds !== undefined;
  const concurrency = limits.concurrency ?? (isSlow ? undefined : most);
  return { ...routed, limits: { ...limits, concurrency }, tokenLogins: logins };
}
