// Whether receivers will accept the mail, as the DNS shows it before the first message.

import type { Input } from "@pulumi/pulumi";

/** What to do when receivers would refuse mail that this host sends. */
export const DeliverabilityMode = {
  /** Show a warning. */
  Warn: "warn",
  /** Stop with an error when mail would be refused; nothing is changed. Doubts are warnings. */
  Error: "error",
  /** Look nothing up. */
  Off: "off",
} as const;
export type DeliverabilityMode = (typeof DeliverabilityMode)[keyof typeof DeliverabilityMode];

/**
 * Whether receivers will accept the mail: SPF, DKIM and DMARC of each sender are looked up in each preview, for at most
 * two seconds. What you leave out is taken from the provider, or assumed.
 */
export interface DeliverabilityArgs {
  /**
   * What to do when receivers would refuse the mail. Defaults to "warn".
   */
  mode?: Input<DeliverabilityMode>;
  /**
   * Addresses or networks that `relayHost` sends from, such as 203.0.113.25 or 2001:db8::/48. Defaults to those of the
   * provider, or else of the relay host's name.
   */
  sentFrom?: Input<Input<string>[]>;
  /**
   * Selectors of DKIM that the provider shows for the domain. Defaults to the usual ones of the provider.
   */
  selectors?: Input<Input<string>[]>;
  /**
   * The domain in the SMTP envelope of the mail as `relayHost` sends it on, where you have set one up at the provider
   * ("custom MAIL FROM", "return path", "bounce domain"), such as bounce.example.com. Defaults to the provider's habit.
   */
  returnPath?: Input<string>;
  /**
   * The domain that the provider signs for, where it is not that of the sender, such as mg.example.com. Defaults to the
   * sender's domain.
   */
  signingDomain?: Input<string>;
}
