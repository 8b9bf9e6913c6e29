// The rows of sender_canonical, which is a regexp_table(5): in other maps the one sender for all would match each full
// address before a domain or a local user is looked up. A static map would match the empty sender too, which cleanup(8)
// looks up as `""`: reports would get a sender, and each probe would leave one (tried on 3.5 to 3.11).

import { fullLocalDomains } from "../settings/domains.ts";
import { isDomain, type Rewriting, rewritings } from "../settings/senders.ts";
import type { Settings } from "../settings/settings.ts";

/** A pattern, and the address that replaces what it matches. */
export type SenderRow = readonly [pattern: string, to: string];

/** The rows in their order: the first one that matches counts. */
export function senderRows(settings: Settings): SenderRow[] {
  const here = `@([^.@]+|${fullLocalDomains(settings).map(escapePattern).join("|")})`;
  return rewritings(settings).map(({ from, to }) => [pattern(from, here), to]);
}

/** The pattern for a sender; `here` is that of the @ and the domain behind a local user. */
function pattern(from: Rewriting["from"], here: string): string {
  if (from === undefined) return "/@/";
  if (isDomain(from)) return `/${escapePattern(from)}$/`;
  return `/^${escapePattern(from)}${from.includes("@") ? "" : here}$/`;
}

/** Checked senders have no other characters that mean something in a pattern. */
const escapePattern = (text: string) => text.replace(/[.+]/g, "\\$&");
