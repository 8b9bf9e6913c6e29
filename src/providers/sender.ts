// What can become of the sender of a message at a relay host: the kinds of facts, whose rows are in sending.ts.

import type { Certainty } from "./preset.ts";

/** A record that makes the envelope's domain align with the sender's. */
export interface AlignedRecord {
  /** Label below the sender's domain. */
  readonly name: string;
  readonly type: "CNAME" | "TXT";
  readonly value: string;
  /** Whether all customers have this name; else it is a default that can be changed, or is shown in the account. */
  readonly fixed: boolean;
}

/** The names under which a provider's keys are published. */
export interface KeyNames {
  /** Selectors; none where each customer has others. */
  readonly names: readonly string[];
  readonly type: "TXT" | "CNAME";
  /** Target of the CNAME, with {selector}, {n} its number, {domain}, and {dashed} the domain with dashes. */
  readonly target?: string;
  /** The names are usual ones: that none of them is there proves nothing. */
  readonly guess?: boolean;
}

/** What becomes of a sender at a provider. */
export interface Sending {
  /** The domain that SPF judges: the sender's own (`kept`), or one of the provider (`own`). */
  readonly envelope: "kept" | "own";
  /**
   * The term for the sender's SPF record: {relayHost} is the name of the relay host. With several, any of them may be
   * the right one for an account.
   */
  readonly spf: readonly string[];
  /** The provider's domain in the envelope. */
  readonly ownDomain?: string;
  readonly aligned?: AlignedRecord;
  readonly dkim: KeyNames;
  /** With a signing domain of its own, the envelope is of that domain. */
  readonly envelopeSigns?: true;
  /** The sender that leaves is that of the account, whatever the message says. */
  readonly fixedSender?: true;
  /** An empty key means that the domain is not set up yet; elsewhere it means that the key was revoked. */
  readonly emptyKeyIsUnset?: true;
  /** The source of these facts, and how sure it is. */
  readonly source: string;
  readonly checked: string;
  readonly certainty: Certainty;
}
