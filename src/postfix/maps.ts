// The tables beside main.cf: keys and values, one on a line. The checks leave nothing in them that needs quoting.

import type { Settings } from "../settings.ts";
import { nextHop } from "./next-hop.ts";
import { isOther, otherTransport } from "./transports.ts";

const lines = (entries: readonly (readonly [key: string, value: string])[], between = " ") =>
  entries.length > 0 ? entries.map(([key, value]) => `${key}${between}${value}\n`).join("") : undefined;

/** The tables by the names of their files; undefined: not needed. */
export function maps(settings: Settings): Record<string, string | undefined> {
  const { allAliases, senders, senderDependent, stripHeaders } = settings;
  const dependent = Object.entries(senderDependent);
  const other = otherTransport(settings);
  return {
    relay_aliases: lines(
      Object.entries(allAliases).map(([user, targets]) => [user, targets.join(", ")]),
      ": ",
    ),
    relay_header_checks: lines(stripHeaders.map((name) => [`/^${name}:/`, "IGNORE"])),
    sender_canonical: Object.keys(senders).length > 0 ? lines(senderPatterns(settings)) : undefined,
    sender_relay: lines(dependent.map(([sender, hop]) => [sender, nextHop(hop)])),
    sender_transport: lines(
      dependent
        .filter(([, hop]) => isOther(settings, hop))
        .map(([sender, hop]) => [sender, `${other?.name}:${nextHop(hop)}`]),
    ),
  };
}

const pattern = (text: string) => text.replace(/[.+]/g, "\\$&");

/**
 * Senders and what they are rewritten to, as patterns: the first one that matches counts. In other maps the one sender for
 * all would match each full address before a domain or a local user is looked up. What comes out is looked up again until
 * it stays the same, so the new addresses stand first.
 */
function senderPatterns({ hostname, domain, ownDomainMail, sender, senders }: Settings): [string, string][] {
  const local = ["localhost", `localhost.${domain}`, hostname, ...(ownDomainMail === "local" ? [domain] : [])];
  const isDomain = (from: string) => from.startsWith("@");
  const key = (from: string) =>
    `/${isDomain(from) ? "" : "^"}${pattern(from)}${from.includes("@") ? "" : `@(${local.map(pattern).join("|")})`}$/`;
  const entries = Object.entries(senders);
  const final = [...new Set([...Object.values(senders), ...(sender ? [sender] : [])])].map((to): [string, string] => [
    to,
    to,
  ]);
  const rows = [
    ...final,
    ...entries.filter(([from]) => !isDomain(from)),
    ...entries.filter(([from]) => isDomain(from)),
  ];
  return [...rows.map(([from, to]): [string, string] => [key(from), to]), ...(sender ? [everybody(sender)] : [])];
}

const everybody = (sender: string): [string, string] => ["/@/", sender];
