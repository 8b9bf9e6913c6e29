// Who mail is sent as: the rows of sender_canonical, and how they rewrite one address.

import { domainOf, localDomains, same } from "./domains.ts";
import type { Settings } from "./settings.ts";

/** A pattern of regexp_table(5), and the address that takes the place of what it matches. */
export type SenderRow = readonly [pattern: string, to: string];

const literal = (text: string) => text.replace(/[.+]/g, "\\$&");

/** Whether the key of `senders` or `senderDependent` stands for all addresses of a domain. */
export const isDomain = (key: string) => key.startsWith("@");

/**
 * Senders and what they are rewritten to, as patterns: the first one that matches counts. In other maps the one sender for
 * all would match each full address before a domain or a local user is looked up. What comes out is looked up again until
 * it stays the same, so the new addresses stand first.
 */
export function senderRows(settings: Settings): SenderRow[] {
  const { sender, senders } = settings;
  // Programs write a local user with any name that the host has for itself; one without a dot is nobody else's.
  const local = localDomains(settings).filter((name) => name.includes("."));
  const here = `@([^.@]+|${local.map(literal).join("|")})`;
  const key = (from: string) => `/${isDomain(from) ? "" : "^"}${literal(from)}${from.includes("@") ? "" : here}$/`;
  const entries = Object.entries(senders);
  const final = [...new Set([...Object.values(senders), ...(sender ? [sender] : [])])];
  const rows = [
    ...final.map((to): SenderRow => [to, to]),
    ...entries.filter(([from]) => !isDomain(from)),
    ...entries.filter(([from]) => isDomain(from)),
  ];
  return [...rows.map(([from, to]): SenderRow => [key(from), to]), ...(sender ? [everybody(sender)] : [])];
}

const everybody = (sender: string): SenderRow => ["/@/", sender];

/** The sender that a message from this address leaves with. */
export function sentAs(settings: Settings, address: string): string {
  const row = senderRows(settings).find(([pattern]) => new RegExp(pattern.slice(1, -1), "i").test(address));
  return row?.[1] ?? address;
}

/** A sender of the domain whose mail goes where that of the domain goes; undefined if `senders` rewrites all of them. */
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
