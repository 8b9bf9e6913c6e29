// The policy of a domain, and which other domains count for it (RFC 9989).

import type { Looks } from "./dns.ts";
import type { DmarcEvidence } from "./evidence.ts";
import { libraries } from "./libraries.ts";

/** The policy for a sender's domain, and which of the domains of envelope and signature align with it. */
export interface Alignment {
  readonly dmarc: DmarcEvidence;
  readonly spf: boolean;
  readonly dkim: boolean;
}

/** Looks the policy up. Without one, domains align that belong to one organization by the list of public suffixes. */
export async function dmarcOf(looks: Looks, domain: string, envelope: string, signing: string): Promise<Alignment> {
  const { dmarc, getDomain } = await libraries();
  const organization = (name: string) => getDomain(name) ?? name.toLowerCase();
  const isRelated = (name: string) => organization(name) === organization(domain);
  const found = await dmarc({
    headerFrom: [`postmaster@${domain}`],
    spfDomains: [{ domain: envelope }],
    dkimDomains: [{ domain: signing }],
    resolver: looks.resolver as never,
    strict: true,
  } as never);
  const related = { spf: isRelated(envelope), dkim: isRelated(signing) };
  if (!found) return { dmarc: { policy: "absent" }, ...related };
  const { status, policy, policyDomain, alignment } = found as Found;
  if (status.result === "temperror") return { dmarc: { policy: "failed" }, ...related };
  if (status.result === "none" || !policy) return { dmarc: { policy: "absent" }, ...related };
  const at = policyDomain ?? domain;
  const byWalkOnly = at !== domain.toLowerCase() && at !== organization(domain);
  return {
    dmarc: { policy: policy as "none" | "quarantine" | "reject", at, ...(byWalkOnly && { byWalkOnly }) },
    spf: Boolean(alignment?.spf?.result),
    dkim: Boolean(alignment?.dkim?.result),
  };
}

interface Found {
  readonly status: { readonly result: string };
  readonly policy?: string;
  readonly policyDomain?: string;
  readonly alignment?: Record<"spf" | "dkim", { readonly result?: string | false } | undefined>;
}
