// The tables beside main.cf: keys and values, one on a line. The checks leave nothing in them that needs quoting.

import { senderRows } from "../settings/senders.ts";
import type { Settings } from "../settings/settings.ts";
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
    sender_canonical: Object.keys(senders).length > 0 ? lines(senderRows(settings)) : undefined,
    sender_relay: lines(dependent.map(([sender, hop]) => [sender, nextHop(hop)])),
    sender_transport: lines(
      dependent
        .filter(([, hop]) => isOther(settings, hop))
        .map(([sender, hop]) => [sender, `${other?.name}:${nextHop(hop)}`]),
    ),
  };
}
