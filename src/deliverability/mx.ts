// Whether mail of a domain that this host keeps is meant for this host. A look at the DNS, from where Pulumi runs.

import { Resolver } from "node:dns/promises";
import type { Settings } from "../settings/parse.ts";
import type { Problem } from "../settings/problems.ts";
import { same } from "../settings/rules/rule.ts";

/** Looks up the mail servers of a domain. */
export type ResolveMx = (domain: string) => Promise<readonly { exchange: string }[]>;

const resolveMx: ResolveMx = (domain) => new Resolver({ timeout: 1000, tries: 2 }).resolveMx(domain);

/** The problem, if the domain's mail servers are all others. No answer is none: there may be no network. */
export async function mxProblem(settings: Settings, resolve: ResolveMx = resolveMx): Promise<Problem | undefined> {
  const { hostname, domain, ownDomainMail, mxCheck } = settings;
  if (ownDomainMail !== "local" || mxCheck === "off") return undefined;
  const servers = await resolve(domain).then(
    (found) => found.map(({ exchange }) => exchange.replace(/\.$/, "")),
    () => [],
  );
  if (servers.length === 0 || servers.some((server) => same(server, hostname))) return undefined;
  const reason =
    `is local, but mail to ${domain} is meant for ${servers.join(", ")}, and this host is ${hostname}: ` +
    "what it sends there would stay here; set it to relay, or `mxCheck` to off if this is meant";
  return { path: ["ownDomainMail"], reason };
}
