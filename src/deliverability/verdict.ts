// The table of verdicts: from evidence to what most receivers will do.

import type { Evidence } from "./evidence.ts";

/** What receivers will do with mail: take it, perhaps, mostly not; or what cannot be told. */
export const VERDICTS = ["accepted", "doubtful", "refused", "unknown"] as const;

/** What receivers will do with mail. */
export type Verdict = (typeof VERDICTS)[number];

/** A verdict, and what it rests on. */
export interface Decision {
  readonly verdict: Verdict;
  readonly by: readonly ("spf" | "dkim")[];
}

const ERRORS = ["several", "overLookups", "voids", "broken"];

/** The first row that fits decides. A look-up that failed is never worse than unknown. */
export function decide({ envelope, name, spf, dkim, dmarc }: Evidence): Decision {
  const passes = spf.state === "pass" && spf.aligned;
  const signs = dkim.state === "key" && dkim.aligned;
  const by = [...(passes ? (["spf"] as const) : []), ...(signs ? (["dkim"] as const) : [])];
  const as = (verdict: Verdict): Decision => ({ verdict, by });
  if (name.state === "nullMx") return as("refused");
  if ((passes || signs) && name.state === "none" && envelope === "kept") return as("doubtful");
  if (passes) return as("accepted");
  // A hard fail is refused before anybody looks at a signature (policyd-spf, for one, at RCPT).
  if (signs && envelope === "kept" && (spf.state === "fail" || ERRORS.includes(spf.state))) return as("doubtful");
  if (signs) return as("accepted");
  const asks = dmarc.policy === "quarantine" || dmarc.policy === "reject";
  const noKey = dkim.state === "none" || (dkim.state === "key" && !dkim.aligned);
  if (spf.state === "part" || spf.state === "voids")
    return as(dmarc.policy === "reject" && noKey ? "refused" : "doubtful");
  if ([spf.state, dkim.state, dmarc.policy].includes("failed")) return as("unknown");
  if (!noKey) return as("doubtful");
  // Some receivers take a pass of SPF that does not align from those who send little.
  const unaligned = envelope === "own" || (spf.state === "pass" && !spf.aligned);
  if (unaligned && !asks) return as("doubtful");
  const wrongAddress = ["fail", "softfail", "neutral"].includes(spf.state);
  return as(wrongAddress && spf.assumed ? "doubtful" : "refused");
}
