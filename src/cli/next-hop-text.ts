// The relay hosts of a main.cf made by hand, as arguments.

import type { RelayProvider } from "../args/provider.ts";
import { providerOf, providers } from "../providers/providers.ts";

/** A relay host, as main.cf names it. */
export interface NextHop {
  readonly host: string;
  readonly port: number;
  /** Without brackets Postfix asks for MX records. */
  readonly lookupMx: boolean;
}

const SERVICES: Readonly<Record<string, number>> = { smtp: 25, submission: 587, submissions: 465, smtps: 465 };

/** Reads `[HOST]:PORT`, `HOST:PORT` or `HOST`; undefined where it is none of these. */
export function hopOf(text: string): NextHop | undefined {
  const [, open, host = "", close, port = "smtp"] = /^(\[)?([\w.-]+)(\])?(?::([\w-]+))?$/.exec(text.trim()) ?? [];
  if (host === "" || Boolean(open) !== Boolean(close)) return undefined;
  const number = SERVICES[port] ?? Number(port);
  return Number.isInteger(number) ? { host: host.toLowerCase(), port: number, lookupMx: !open } : undefined;
}

/** The spellings under which a password is kept for it, those that Postfix prefers first. */
export function keysOf(text: string, { host, port }: NextHop): string[] {
  return [text.trim(), `[${host}]:${port}`, `${host}:${port}`, `[${host}]`, host].map((key) => key.toLowerCase());
}

/** A further relay host, as an argument. */
export const otherRelayHost = ({ host, port, lookupMx }: NextHop) => ({ host, port, ...(lookupMx && { lookupMx }) });

/** The relay host as arguments: by its provider, where that is known. */
export function relayArguments(hop: NextHop): { relay: string; extra: Record<string, unknown> } {
  const provider = providerOf(hop.host);
  if (provider === undefined) {
    const extra = hop.lookupMx ? { relayHost: otherRelayHost(hop) } : {};
    return { relay: `${hop.host}:${hop.port}`, extra };
  }
  const { host, ports } = providers[provider];
  const region = regionOf(provider, hop.host);
  const relayHost = {
    ...(host === undefined && region === undefined && { host: hop.host }),
    ...(hop.port !== ports[0] && { port: hop.port }),
  };
  return {
    relay: provider,
    extra: { ...(region && { region }), ...(Object.keys(relayHost).length > 0 && { relayHost }) },
  };
}

/** The region that a relay host is of, if its provider has several. */
function regionOf(provider: RelayProvider, name: string): string | undefined {
  const { host, regions } = providers[provider];
  if (regions === undefined || name === host) return undefined;
  if (!(regions instanceof RegExp)) return Object.keys(regions).find((region) => regions[region] === name);
  const [before = "", after = ""] = host?.split("{region}") ?? [];
  return name.slice(before.length, name.length - after.length);
}
