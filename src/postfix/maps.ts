// The maps beside main.cf: one key and its value per line. Checked arguments leave nothing in them that needs quoting.

import type { Settings } from "../settings/settings.ts";
import { names } from "./files.ts";
import { nextHop } from "./next-hop.ts";
import { senderRows } from "./sender-canonical.ts";
import { isOther, otherTransport } from "./transports.ts";

const lines = (entries: readonly (readonly [key: string, value: string])[], between = " ") =>
  entries.length > 0 ? entries.map(([key, value]) => `${key}${between}${value}\n`).join("") : undefined;

/** The maps by the names of their files; undefined: not needed. */
export function maps(settings: Settings): Record<string, string | undefined> {
  const { allAliases, senderDependent, stripHeaders } = settings;
  const dependent = Object.entries(senderDependent);
  const other = otherTransport(settings);
  return {
    [names.aliases]: lines(
      Object.entries(allAliases).map(([user, targets]) => [user, targets.join(", ")]),
      ": ",
    ),
    [names.headerChecks]: lines(stripHeaders.map((header) => [`/^${header}:/`, "IGNORE"])),
    [names.senderCanonical]: lines(senderRows(settings)),
    [names.senderRelay]: lines(dependent.map(([sender, server]) => [sender, nextHop(server)])),
    [names.senderTransport]: lines(
      dependent
        .filter(([, server]) => isOther(settings, server))
        .map(([sender, server]) => [sender, `${other?.name}:${nextHop(server)}`]),
    ),
  };
}
