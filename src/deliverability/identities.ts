// The senders that a host really produces, and the relay hosts that their mail leaves by.

import type { RelayProvider } from "../args/provider.ts";
import { providerOf } from "../providers/providers.ts";
import { domainOf, same } from "../settings/domains.ts";
import { isDomain, sentAs, someoneAt } from "../settings/senders.ts";
import type { RelayHost, Settings } from "../settings/settings.ts";

/** A domain that mail is sent from, by one relay host. */
export interface Identity {
  readonly domain: string;
  /** One address of it. */
  readonly address: string;
  /** The arguments, or the users, that it comes from. */
  readonly who: readonly string[];
  readonly relayHost: RelayHost;
  /** The provider of the relay host, as far as it is known. */
  readonly provider?: RelayProvider;
  /** Whether it is `relayHost` itself, whose habits `deliverability` may describe. */
  readonly main: boolean;
  /** Whether the domain is the name of a host, not one of mail. */
  readonly hostName: boolean;
}

/** Who sends as NAME@hostname while `sender` is not set. */
const LOCAL_USERS = "root, cron and all other local users";

/** All of them, each domain and relay host once. A `From` that a program sets itself is not known here. */
export function identities(settings: Settings): Identity[] {
  const { hostname, relayHost, fallback, provider } = settings;
  const found = new Map<string, Identity & { who: string[] }>();
  for (const [who, given] of produced(settings)) {
    const address = sentAs(settings, given);
    const domain = domainOf(address).toLowerCase();
    for (const hop of [relayHostOf(settings, address), ...fallback]) {
      const key = `${domain} ${hop.host.toLowerCase()}`;
      const main = hop.host === relayHost.host;
      const known = found.get(key);
      if (known) known.who.push(...(known.who.includes(who) ? [] : [who]));
      else
        found.set(key, {
          domain,
          address,
          who: [who],
          relayHost: hop,
          provider: (main ? provider : undefined) ?? providerOf(hop.host),
          main,
          hostName: same(domain, hostname),
        });
    }
  }
  return [...found.values()];
}

/** The addresses before they are rewritten, and where each is from. */
function produced(settings: Settings): [who: string, address: string][] {
  const { hostname, testDelivery, sender, senders, senderDependent } = settings;
  return [
    [LOCAL_USERS, `root@${hostname}`],
    ["testDelivery.from", testDelivery.from],
    ...(sender ? [["sender", sender] as [string, string]] : []),
    ...Object.values(senders).map((to): [string, string] => ["senders", to]),
    ...Object.keys(senderDependent).flatMap((key): [string, string][] => {
      const address = isDomain(key) ? someoneAt(settings, key) : key;
      return address ? [["senderDependent", address]] : [];
    }),
  ];
}

/** Postfix looks for the address first, and then for its domain. */
function relayHostOf({ senderDependent, relayHost }: Settings, address: string): RelayHost {
  const keys = [address, `@${domainOf(address)}`];
  const hit = keys.flatMap((key) => Object.entries(senderDependent).filter(([given]) => same(given, key)))[0];
  return hit?.[1] ?? relayHost;
}
