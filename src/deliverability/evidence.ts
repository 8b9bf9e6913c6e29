// What the DNS says about a sender, in the words of the table of verdicts.

/** The name after the @ of the sender. */
export interface NameEvidence {
  /** `nullMx`: it says that it takes no mail, and may not send any (RFC 7505); `none`: no MX, A or AAAA record. */
  readonly state: "there" | "none" | "nullMx" | "failed";
}

/** What SPF says (RFC 7208). */
export interface SpfEvidence {
  /**
   * `part`: some of the sending addresses pass; `several`, `overLookups`, `voids` and `broken` are errors of it;
   * `skipped`: the provider's domain is judged, which passes and does not count for the sender.
   */
  readonly state:
    | "pass"
    | "part"
    | "fail"
    | "softfail"
    | "neutral"
    | "none"
    | "several"
    | "overLookups"
    | "voids"
    | "broken"
    | "failed"
    | "skipped";
  /** The domain that is judged. */
  readonly domain: string;
  /** Whether a pass counts for the sender (DMARC's alignment). */
  readonly aligned: boolean;
  /** Whether the sending addresses are only assumed. */
  readonly assumed: boolean;
  /** The addresses that were tried, and those that do not pass. */
  readonly tried: readonly string[];
  readonly failing: readonly string[];
  /** The texts at the domain. */
  readonly texts: readonly string[];
  /** Look-ups of the record when all of its terms are read. */
  readonly lookups?: number;
  /** The words of the evaluation for an error of the record. */
  readonly why?: string;
  /** Whether it permits every address. */
  readonly open?: boolean;
  /** The terms to add, so that the addresses pass. */
  readonly terms: readonly string[];
}

/** What the published keys say (RFC 6376). A key shows that the relay host may sign, not that it does. */
export interface DkimEvidence {
  /** `none`: surely no key; `unknown`: the names are not known. */
  readonly state: "key" | "none" | "unknown" | "failed";
  /** The domain that signs. */
  readonly domain: string;
  readonly aligned: boolean;
  /** Selectors whose key is there, those that were looked for, and what is wrong with a key that is there. */
  readonly found: readonly string[];
  readonly tried: readonly string[];
  readonly wrong: readonly string[];
}

/** What the owner of the domain asks for (RFC 9989). */
export interface DmarcEvidence {
  readonly policy: "none" | "quarantine" | "reject" | "absent" | "failed";
  /** The domain that has the record. */
  readonly at?: string;
  /** Receivers that go by the list of public suffixes see no policy. */
  readonly byWalkOnly?: boolean;
}

/** All of it. */
export interface Evidence {
  readonly envelope: "kept" | "own";
  readonly name: NameEvidence;
  readonly spf: SpfEvidence;
  readonly dkim: DkimEvidence;
  readonly dmarc: DmarcEvidence;
}
