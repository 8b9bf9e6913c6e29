// What the host does with mail before it leaves.

import type { Input } from "@pulumi/pulumi";

/** What the host does with mail to its own domain. */
export const OwnDomainMail = {
  /** The relay host delivers it, like any other mail. */
  Relay: "relay",
  /** It stays in mailboxes on the host. Only for domains whose MX is this host. */
  Local: "local",
} as const;
export type OwnDomainMail = (typeof OwnDomainMail)[keyof typeof OwnDomainMail];

/** What to do when the host keeps the mail of `domain`, and its MX record names another host. */
export const MxCheck = {
  /** Show a warning. */
  Warn: "warn",
  /** Stop with an error; nothing is changed. */
  Error: "error",
  /** Do not look up the MX record. */
  Off: "off",
} as const;
export type MxCheck = (typeof MxCheck)[keyof typeof MxCheck];

/** Who can submit mail over SMTP. */
export const Listen = {
  /** Programs on this host, at port 25 of the loopback addresses. */
  Loopback: "loopback",
  /** Nobody: programs on this host use the sendmail command. */
  None: "none",
} as const;
export type Listen = (typeof Listen)[keyof typeof Listen];

/** Which IP version outgoing mail uses. */
export const IpVersion = {
  /** IPv6 where there is a route, else IPv4. */
  Any: "any",
  /** IPv4 only. For hosts whose IPv6 leads nowhere: each attempt would cost 30 seconds. */
  Ipv4: "ipv4",
  /** IPv6 only. */
  Ipv6: "ipv6",
} as const;
export type IpVersion = (typeof IpVersion)[keyof typeof IpVersion];

/** How much mail leaves, how fast, and how long it may wait. */
export interface LimitsArgs {
  /**
   * Seconds between two messages, from 1 to 3600; they then leave one at a time. Defaults to no pause.
   */
  rateDelaySeconds?: Input<number>;
  /**
   * Connections to the relay host at the same time, from 1 to 100. Defaults to 20.
   */
  concurrency?: Input<number>;
  /**
   * Largest message in bytes, headers and attachments included, from 65536. Larger ones are refused when they are
   * submitted. Defaults to 10240000.
   */
  messageSize?: Input<number>;
  /**
   * Hours until a message that cannot be delivered goes back to its sender, from 1 to 720. Defaults to 120.
   */
  queueLifetimeHours?: Input<number>;
  /**
   * Hours until a bounce that cannot be delivered is given up, from 0 (one attempt) to 720. Defaults to 120.
   */
  bounceLifetimeHours?: Input<number>;
  /**
   * Hours until the sender gets a warning that a message is still waiting, from 1 to 720. Defaults to no warning.
   */
  delayWarningHours?: Input<number>;
}

/** A mailbox that is read over IMAP, always with TLS. */
export interface MailboxArgs {
  /**
   * Full name of the IMAP server. Its certificate must be valid for this name.
   */
  host: Input<string>;
  /**
   * Its port. 993 speaks TLS from the first byte, any other starts with STARTTLS. Defaults to 993.
   */
  port?: Input<number>;
  /**
   * User name of the mailbox, mostly its address.
   */
  user: Input<string>;
  /**
   * Its password, or an app password where the provider has them; kept as a secret, which no host gets.
   */
  password: Input<string>;
}

/** The mailbox of the test message's recipient, and what follows from what is found in it. */
export interface InboxArgs extends MailboxArgs {
  /**
   * Seconds to look for the message after the relay host has taken it, from 5 to 1800. Defaults to 120.
   */
  timeoutSeconds?: Input<number>;
  /**
   * Whether the update fails when the message is not seen in the inbox. The new configuration is live by then, and
   * stays. Defaults to false: a warning.
   */
  required?: Input<boolean>;
}

/** The message that proves each change. */
export interface TestDeliveryArgs {
  /**
   * The recipient: a mailbox behind the relay host, not on this host.
   */
  to: Input<string>;
  /**
   * Sender, in the SMTP envelope and in the From header. The provider must accept it, and its mail must leave by
   * `relayHost`. Defaults to `sender`, or root@hostname.
   */
  from?: Input<string>;
  /**
   * Seconds until the relay host must have answered, from 5 to 600, greeting and login included, however long each
   * takes. A later answer is a failure. Each relay host in `fallback`, and all further senders together, may take as
   * long once more; all of that is at most 840. Defaults to 60.
   */
  timeoutSeconds?: Input<number>;
  /**
   * The mailbox of `to`: after the relay host has taken the message, it is looked for there, from the machine where
   * Pulumi runs, and what the receiver has judged becomes the output `inbox`. Needs the npm package imapflow in
   * programs of Node.js. Defaults to not looking.
   */
  inbox?: Input<InboxArgs>;
  /**
   * The mailbox of `from`, where reports of undelivered mail arrive: with it the reason is known when the message
   * comes back. Needs `inbox`. Defaults to not looking.
   */
  bounces?: Input<MailboxArgs>;
}
