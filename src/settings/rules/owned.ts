// Parameters of main.cf that have an argument of their own, and those that would undo what this package promises.

import type { Problem } from "../problems.ts";

/** The argument to use instead, by parameter; "nothing" and the reason where there is no choice. */
export const owned: Readonly<Record<string, string>> = {
  myhostname: "`hostname`",
  mydomain: "`domain`",
  myorigin: "`hostname`",
  append_dot_mydomain: "full addresses",
  mydestination: "`ownDomainMail`",
  inet_interfaces: "`listen` or `bridges`",
  inet_protocols: "`ipVersion`",
  mynetworks: "`bridges`",
  mynetworks_style: "`bridges`",
  local_header_rewrite_clients: "`bridges`",
  relayhost: "`relayHost`",
  smtp_fallback_relay: "`fallback`",
  sender_dependent_relayhost_maps: "`senderDependent`",
  sender_dependent_default_transport_maps: "`senderDependent`",
  smtp_sender_dependent_authentication: "`accounts`",
  default_transport: "`relayHost`",
  relay_transport: "`relayHost`",
  transport_maps: "`senderDependent`; mail could leave past the relay host",
  content_filter: "a Postfix of your own; mail could leave past the relay host",
  smtp_sasl_auth_enable: "`credentials`",
  smtp_sasl_password_maps: "`credentials`, which nobody else on the host can read",
  smtp_sasl_mechanism_filter: "`mechanisms`",
  smtp_sasl_security_options: "`tls.level`; a password never leaves in clear",
  smtp_sasl_tls_security_options: "`mechanisms`",
  smtp_sasl_type: "nothing: it has to be cyrus",
  smtp_tls_security_level: "`tls.level`",
  smtp_tls_policy_maps: "`tls.level`",
  smtp_tls_per_site: "`tls.level`",
  smtp_use_tls: "`tls.level`",
  smtp_enforce_tls: "`tls.level`",
  smtp_tls_wrappermode: "`relayHost.port`",
  smtp_tls_CAfile: "`caCertificate`",
  smtp_tls_CApath: "`caCertificate`",
  tls_append_default_CA: "`caCertificate`",
  smtp_tls_fingerprint_cert_match: "`tls.fingerprints`",
  smtp_tls_fingerprint_digest: "`tls.fingerprints`",
  smtp_tls_secure_cert_match: "`tls.certificateNames`",
  smtp_tls_mandatory_protocols: "nothing: TLS 1.2 or later is spoken",
  smtp_tls_loglevel: "nothing: the test delivery reads the log",
  smtp_dns_support_level: "`relayHost.lookupMx`",
  disable_dns_lookups: "`relayHost.lookupMx`",
  smtputf8_enable: "nothing: mail with raw UTF-8 in its headers would bounce",
  alias_maps: "`aliases`",
  alias_database: "`aliases`",
  virtual_alias_maps: "`aliases`",
  canonical_maps: "`senders`",
  sender_canonical_maps: "`sender` or `senders`",
  smtp_generic_maps: "`sender` or `senders`; a pattern there rewrites recipients too",
  smtp_header_checks: "`stripHeaders`",
  mailbox_size_limit: "nothing: a limit would stop local delivery",
  message_size_limit: "`limits.messageSize`",
  smtp_destination_rate_delay: "`limits.rateDelaySeconds`",
  default_destination_rate_delay: "`limits.rateDelaySeconds`",
  smtp_destination_concurrency_limit: "`limits.concurrency`",
  default_destination_concurrency_limit: "`limits.concurrency`",
  smtps_destination_rate_delay: "`limits.rateDelaySeconds`",
  smtps_destination_concurrency_limit: "`limits.concurrency`",
  starttls_destination_rate_delay: "`limits.rateDelaySeconds`",
  starttls_destination_concurrency_limit: "`limits.concurrency`",
  maximal_queue_lifetime: "`limits.queueLifetimeHours`",
  bounce_queue_lifetime: "`limits.bounceLifetimeHours`",
  delay_warning_time: "`limits.delayWarningHours`",
  biff: "nothing: it is off",
  compatibility_level: "nothing: it follows the version of Postfix on the host",
  default_database_type: "nothing: it follows the version of Postfix on the host",
  relay_host_names: "nothing: the host puts its own names there",
  soft_bounce: "nothing: what the relay host refuses for good has to go back to its sender",
  defer_transports: "nothing: the host sets it while a password is not proven",
  queue_directory: "nothing: it belongs to Debian's package",
  command_directory: "nothing: it belongs to Debian's package",
  daemon_directory: "nothing: it belongs to Debian's package",
  data_directory: "nothing: it belongs to Debian's package",
  config_directory: "nothing: it belongs to Debian's package",
  mail_owner: "nothing: it belongs to Debian's package",
  setgid_group: "nothing: it belongs to Debian's package",
};

/** The problems of parameters that have an argument of their own. */
export const ownedProblems = (mainCf: Readonly<Record<string, string>>): Problem[] =>
  Object.keys(mainCf)
    .filter((name) => Object.hasOwn(owned, name))
    .map((name) => ({ path: ["mainCf", name], reason: reason(owned[name] ?? "") }));

const reason = (instead: string) =>
  instead.startsWith("nothing: ")
    ? `is set by postfix-relay and cannot be changed: ${instead.slice("nothing: ".length)}; leave it out`
    : `is set by postfix-relay; use ${instead}`;
