// Looks up, from where Pulumi runs, whether mail to a domain that this host keeps is meant for this host.

import { Resolver } from "node:dns/promises";
import { same } from "../settings/domains.ts";
import type { Finding } from "../settings/problems.ts";
import type { Settings } from "../settings/settings.ts";

/** Looks up the mail servers of a domain. */
export type ResolveMx = (domain: string) => Promise<readonly { exchange: string }[]>;

const resolveMx: ResolveMx = (domain) => new Resolver({ timeout: 1000, tries: 2 }).resolveMx(domain);

/**
 * A finding if all mail servers of the domain are other hosts; `mxCheck` says how severe. No answer is no finding:
 * there may be no network here.
 */
export async function mxFindings(settings: Settings, resolve: ResolveMx = resolveMx): Promise<Finding[]> {
  const { hostname, domain, ownDomainMail, mxCheck } = settings;
  if (ownDomainMail !== "local" || mxCheck === "off") return [];
  const servers = await resolve(domain).then(
    (found) => found.map(({ exchange }) => exchange.replace(/\.$/, "")),
    () => [],
  );
  if (servers.length === 0 || servers.some((server) => same(server, hostname))) return [];
  const reason =
    `is local, but mail to ${domain} is meant for ${servers.join(", ")}, and this host is ${hostname}: ` +
    "what it sends there would stay here; set it to relay, or `mxCheck` to off if this is intended";
  return [{ severity: mxCheck === "error" ? "error" : "warning", path: ["ownDomainMail"], reason }];
}
