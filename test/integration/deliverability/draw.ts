// Pairs of a zone and a relay host's habit, drawn by a seed.

import fc from "fast-check";

/** What a relay host does with a message, and what the DNS has. */
export interface Pair {
  readonly spf:
    | "none"
    | "right"
    | "included"
    | "redirect"
    | "hard"
    | "soft"
    | "neutral"
    | "two"
    | "slip"
    | "full"
    | "open";
  /** Whether the key is published, and whether the relay host signs with it. */
  readonly key: "signs" | "published" | "none";
  /** The envelope: the sender's, that of a subdomain of his, or the provider's. */
  readonly envelope: "kept" | "aligned" | "own";
  readonly policy: "absent" | "none" | "quarantine" | "reject" | "strict" | "two";
}

const pair: fc.Arbitrary<Pair> = fc.record({
  spf: fc.constantFrom(
    ...(["none", "right", "included", "redirect", "hard", "soft", "neutral", "two", "slip", "full", "open"] as const),
  ),
  key: fc.constantFrom(...(["signs", "signs", "published", "none", "none", "none"] as const)),
  envelope: fc.constantFrom(...(["kept", "kept", "kept", "aligned", "own"] as const)),
  policy: fc.constantFrom(...(["absent", "none", "quarantine", "reject", "reject", "strict", "two"] as const)),
});

/** As many pairs as wanted; one seed gives the same ones. */
export const draw = (count: number, seed: number): Pair[] => fc.sample(pair, { numRuns: count, seed });

/** An address that nobody here has. */
const OTHER = "192.0.2.77";

/** The zone of a domain whose mail leaves from this address. `key` is the text of the published key. */
export function zoneOf(domain: string, { spf, key, envelope, policy }: Pair, address: string, keyText: string) {
  const records = {
    none: [],
    right: [`v=spf1 ip4:${address} -all`],
    included: [`v=spf1 include:_a.${domain} -all`],
    redirect: [`v=spf1 redirect=_a.${domain}`],
    hard: [`v=spf1 ip4:${OTHER} -all`],
    soft: [`v=spf1 ip4:${OTHER} ~all`],
    neutral: [`v=spf1 ip4:${OTHER} ?all`],
    two: [`v=spf1 ip4:${address} -all`, `v=spf1 ip4:${OTHER} ~all`],
    slip: [`v=spf1 ipv4:${address} -all`],
    full: [`v=spf1 ${Array.from({ length: 11 }, (_, at) => `a:e${at}.${domain}`).join(" ")} ip4:${address} -all`],
    open: ["v=spf1 +all"],
  }[spf].map((text) => `TXT ${text}`);
  const policies = {
    absent: [],
    none: ["v=DMARC1; p=none"],
    quarantine: ["v=DMARC1; p=quarantine"],
    reject: ["v=DMARC1; p=reject"],
    strict: ["v=DMARC1; p=reject; aspf=s"],
    two: ["v=DMARC1; p=reject", "v=DMARC1; p=none"],
  }[policy].map((text) => `TXT ${text}`);
  // For an envelope of the provider's own the sender's record is not asked.
  const path = envelope === "aligned" ? { [`bounce.${domain}`]: [`TXT v=spf1 ip4:${address} -all`] } : {};
  return {
    [domain]: [`A ${OTHER}`, `MX ${domain}`, ...records],
    [`_a.${domain}`]: [`TXT v=spf1 ip4:${address} -all`],
    ...(spf === "full"
      ? Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`e${at}.${domain}`, [`A ${OTHER}`]]))
      : {}),
    ...(policies.length > 0 ? { [`_dmarc.${domain}`]: policies } : {}),
    ...(key === "none" ? {} : { [`s1._domainkey.${domain}`]: [`TXT ${keyText}`] }),
    ...path,
  };
}
