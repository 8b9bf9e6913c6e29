// What a preview says of the mailbox in `testDelivery.inbox` before anybody looks into it.

import { domainOf } from "../../settings/domains.ts";
import type { Finding } from "../../settings/problems.ts";
import type { Settings } from "../../settings/settings.ts";
import { DEADLINE, type Looks } from "../dns.ts";
import { mailServers } from "../spf.ts";
import { IMAP } from "./mailbox.ts";

/** What the findings are made from. */
export interface Known {
  /** Where a package lies. */
  readonly place: (name: string) => string | undefined;
  readonly looks: Looks;
}

const PATH = ["testDelivery", "inbox"];

/** An error if there is nothing to read a mailbox with; a note if the relay host's own provider has the mailbox. */
export async function inboxFindings(settings: Settings, { place, looks }: Known): Promise<Finding[]> {
  const { testDelivery, relayHost, deliverability, gone } = settings;
  if (!testDelivery.inbox || gone) return [];
  if (place(IMAP.name) === undefined) {
    const reason = `needs the package ${IMAP.name}; run \`npm install ${IMAP.name}@${IMAP.range}\`, or leave it out`;
    return [{ severity: "error", path: PATH, reason }];
  }
  const { getDomain } = await import("tldts");
  const organization = (name: string) => getDomain(name) ?? name.toLowerCase();
  const isOff = deliverability.mode === "off";
  const servers = isOff ? [] : await mailServers(looks.within(DEADLINE), domainOf(testDelivery.to));
  const own = organization(relayHost.host);
  if (![testDelivery.inbox.host, ...servers].some((name) => organization(name) === own)) return [];
  const reason =
    `is a mailbox at ${own}, the provider of the relay host: mail within one provider is judged by nobody else, so it ` +
    "proves less than a mailbox elsewhere";
  return [{ severity: "note", path: PATH, reason }];
}
