// The senders of mail that leaves.

import { domainOf, fullLocalDomains, same } from "./domains.ts";
import type { Settings } from "./settings.ts";

/** Senders, and the address that they are replaced with. */
export interface Rewriting {
  /** A mail address, a domain such as @example.org, or a local user; undefined for every sender. */
  readonly from?: string;
  readonly to: string;
}

/** Whether the key of `senders` or `senderDependent` stands for all addresses of a domain. */
export const isDomain = (key: string) => key.startsWith("@");

/**
 * All rewritings: the first one that matches counts. What comes out is looked up again until it stays the same, so the
 * new addresses stand first, each for itself.
 */
export function rewritings({ sender, senders }: Settings): Rewriting[] {
  const entries = Object.entries(senders).map(([from, to]) => ({ from, to }));
  const final = new Set([...Object.values(senders), ...(sender ? [sender] : [])]);
  return [
    ...[...final].map((to) => ({ from: to, to })),
    ...entries.filter(({ from }) => !isDomain(from)),
    ...entries.filter(({ from }) => isDomain(from)),
    ...(sender ? [{ to: sender }] : []),
  ];
}

/** The sender that a message from this address leaves with. */
export const sentAs = (settings: Settings, address: string): string =>
  rewritings(settings).find(({ from }) => matches(settings, from, address))?.to ?? address;

function matches(settings: Settings, from: string | undefined, address: string): boolean {
  if (from === undefined) return true;
  const domain = domainOf(address);
  if (isDomain(from)) return same(from, `@${domain}`);
  if (from.includes("@")) return same(from, address);
  // Programs write a local user with any name that the host has for itself; one without a dot is nobody else's.
  const isHere = !domain.includes(".") || fullLocalDomains(settings).some((name) => same(name, domain));
  return isHere && same(address, `${from}@${domain}`);
}

/** A sender of the domain whose mail goes the way of the domain; undefined if `senders` rewrites all of them. */
export function someoneAt(settings: Settings, domain: string): string | undefined {
  const { testDelivery, senderDependent } = settings;
  const own = testDelivery.from.replace(/@.*/, domain);
  return [own, `postmaster${domain}`, `postfix-relay-probe${domain}`, sentAs(settings, own)].find(
    (sender) =>
      same(sentAs(settings, sender), sender) &&
      same(`@${domainOf(sender)}`, domain) &&
      !Object.keys(senderDependent).some((key) => same(key, sender)),
  );
}
