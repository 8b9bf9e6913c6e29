import type { Input } from "@pulumi/pulumi";
import type { ConnectionArgs } from "./connection.ts";
import type { DeliverabilityArgs } from "./deliverability.ts";
import type { Drift, MonitoringArgs } from "./host.ts";
import type { IpVersion, LimitsArgs, Listen, MxCheck, OwnDomainMail, TestDeliveryArgs } from "./mail.ts";
import type { RelayProvider } from "./provider.ts";
import type {
  AccountArgs,
  CredentialsArgs,
  OtherRelayHostArgs,
  RelayHostArgs,
  Rotation,
  TlsArgs,
} from "./relay-host.ts";

/** Arguments of a Relay. */
export interface RelayArgs {
  /**
   * How to log in to the host over SSH.
   */
  connection: Input<ConnectionArgs>;
  /**
   * The domain this host belongs to, such as example.com.
   */
  domain: Input<string>;
  /**
   * The account at the relay host.
   */
  credentials: Input<CredentialsArgs>;
  /**
   * The message that proves each change.
   */
  testDelivery: Input<TestDeliveryArgs>;
  /**
   * The server that takes the host's mail. Needed unless `provider` knows it.
   */
  relayHost?: Input<RelayHostArgs>;
  /**
   * A provider whose relay host is known, such as "sendgrid": fills in `relayHost` and a user name that all customers
   * share, and refuses what cannot work there. All are listed in docs/providers.md.
   */
  provider?: Input<RelayProvider>;
  /**
   * Region of the account, where the provider has a relay host for each, such as "eu-west-1".
   */
  region?: Input<string>;
  /**
   * The host's own full name, used as HELO name and after the @ of bare senders such as root. Defaults to the name of
   * the Relay, a dot and `domain`.
   */
  hostname?: Input<string>;
  /**
   * What the host does with mail to `domain`. Defaults to "relay".
   */
  ownDomainMail?: Input<OwnDomainMail>;
  /**
   * What to do when `ownDomainMail` is "local" and the MX record of `domain` names another host. Without an answer from
   * the DNS nothing is reported. Defaults to "warn".
   */
  mxCheck?: Input<MxCheck>;
  /**
   * Whether receivers will accept the mail of this host, as the DNS shows it: a warning in each preview, with the
   * records to publish. Defaults to looking it up and warning.
   */
  deliverability?: Input<DeliverabilityArgs>;
  /**
   * The one sender of all mail that leaves, in the SMTP envelope and in the headers (From, Sender, Reply-To), for
   * providers that accept no other. Defaults to leaving senders as they are.
   */
  sender?: Input<string>;
  /**
   * Senders to rewrite: from a mail address, a local user such as root, or a domain such as `@web-1.example.com`, to
   * the mail address to send as. They take precedence over `sender`. Recipients are not changed.
   */
  senders?: Input<Record<string, Input<string>>>;
  /**
   * Who gets mail to root, such as cron's reports. Defaults to what /etc/aliases says, or root's mailbox on the host.
   */
  rootAlias?: Input<string>;
  /**
   * Who gets mail to further local users: from a user name to mail addresses or other local users. They take precedence
   * over those in /etc/aliases, which stays as it is.
   */
  aliases?: Input<Record<string, Input<Input<string>[]>>>;
  /**
   * Relay hosts to try, in this order, when `relayHost` cannot be reached or defers a message. Each needs an account in
   * `accounts`, unless it is the same server at another port.
   */
  fallback?: Input<Input<OtherRelayHostArgs>[]>;
  /**
   * Relay hosts for certain senders, by mail address or by domain such as `@example.org`. The SMTP envelope sender
   * decides, after `senders` has rewritten it. Each needs an account in `accounts`, unless it is the same server.
   */
  senderDependent?: Input<Record<string, Input<OtherRelayHostArgs>>>;
  /**
   * Further accounts, by the name of the relay host, or by the sender (a mail address or a domain such as
   * `@example.org`) who logs in with it.
   */
  accounts?: Input<Record<string, Input<AccountArgs>>>;
  /**
   * How the connection to the relay host is protected. Defaults to encrypted with a verified certificate.
   */
  tls?: Input<TlsArgs>;
  /**
   * The only SASL mechanisms to use, such as CRAM-MD5, PLAIN or LOGIN. Defaults to the best one that the relay host
   * offers.
   */
  mechanisms?: Input<Input<string>[]>;
  /**
   * Whether the old password is still valid while a new one is being proven. With "cutover" the host stops using the
   * old one as soon as an update with another account begins: mail waits in the queue until a delivery with the new one
   * is proven, and keeps waiting if it is refused. Defaults to "overlap".
   */
  rotation?: Input<Rotation>;
  /**
   * PEM text of the certificate authorities to trust, instead of those of the operating system.
   */
  caCertificate?: Input<string>;
  /**
   * How much mail leaves, how fast, and how long it may wait.
   */
  limits?: Input<LimitsArgs>;
  /**
   * Which IP version outgoing mail uses. Defaults to "any".
   */
  ipVersion?: Input<IpVersion>;
  /**
   * Who can submit mail over SMTP. Defaults to "loopback".
   */
  listen?: Input<Listen>;
  /**
   * Addresses of bridges on this host, with the size of their networks, such as 172.17.0.1/16: containers there can
   * submit mail to port 25 of that address, and nobody else. A bridge has to exist when it is first given; later
   * Postfix starts without one that is not there yet, such as Docker's at boot, and listens there as soon as it is. The
   * address has to be on a bridge, or on a pair of virtual interfaces (veth), that no network card belongs to and that
   * is not the way to other machines: those could send through the relay.
   */
  bridges?: Input<Input<string>[]>;
  /**
   * Names of header fields that are removed from mail that leaves, such as X-Mailer.
   */
  stripHeaders?: Input<Input<string>[]>;
  /**
   * Further parameters of main.cf, by their names in postconf(5); `$` refers to another parameter, as there.
   * Parameters that have an argument of their own are refused, and so are those that would open the relay.
   */
  mainCf?: Input<Record<string, Input<string>>>;
  /**
   * Replace a Postfix that does more than send mail: that serves other hosts, hosts domains, delivers to mailboxes in
   * its own way, rewrites or copies mail, uses transports or milters, or has another instance or queue. All of that
   * ends; what waits in another queue is delivered first. Defaults to false: it is listed, and nothing is changed.
   */
  replaceMailServer?: Input<boolean>;
  /**
   * What to do when the host no longer matches what was proven: each preview and each update checks it, for at most
   * five seconds. Defaults to "repair". A plan that was saved (`--save-plan`) is refused by `up --plan` when a host has
   * drifted, or was repaired, in between.
   */
  drift?: Input<Drift>;
  /**
   * What the host reports to a monitoring system. Defaults to nothing.
   */
  monitoring?: Input<MonitoringArgs>;
  /**
   * Earlier owners of the host whose place this Relay may take: PROJECT/STACK after `pulumi stack rename` or in another
   * project, without the organization; PROJECT/STACK/NAME where the Relay had another name too. Names that the
   * option `aliases` gives need not be repeated here. You can leave it in place when the move is done.
   */
  formerly?: Input<Input<string>[]>;
  /**
   * The host is gone for good: nothing is done on it any more, whatever changes, and when the Relay is removed from the
   * program afterwards, Pulumi forgets it without connecting. Defaults to false.
   */
  gone?: boolean;
}
