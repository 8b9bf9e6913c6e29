import type { Settings } from "../settings.ts";
import { nextHop } from "./next-hop.ts";

/** A parameter, and the reason for it; without a value it is left out. */
type Row = readonly [name: string, value: string | undefined, reason: string];

/** Ports that speak TLS from the first byte. */
const IMPLICIT_TLS = [443, 465, 2465, 8465];

const SYSTEM_CA = "/etc/ssl/certs/ca-certificates.crt";

/** The map type differs between releases; the host defines it in front of this text. */
const map = (name: string) => `$default_database_type:/etc/postfix/${name}`;

/** Postfix expands `$` in values; a doubled one stands for itself. */
const literal = (value: string) => value.replaceAll("$", "$$$$");

/** The text of main.cf. The host adds what only the host can know: compatibility_level and default_database_type. */
export function mainCf(owner: string, settings: Settings): string {
  const sections = [host(settings), relay(settings), tls(settings), local(settings)];
  return [
    `# Managed by postfix-relay for ${owner}: the next \`pulumi up\` undoes what is changed here by hand.`,
    ...sections.map((rows) => `\n${rows.flatMap(lines).join("\n")}`),
    "",
  ].join("\n");
}

function lines([name, value, reason]: Row): string[] {
  return value === undefined ? [] : [`# ${reason}`, `${name} = ${value}`];
}

const host = ({ hostname, domain, ownDomainMail }: Settings): Row[] => [
  ["myhostname", literal(hostname), "The name in HELO; a full one, or relay hosts may refuse it."],
  ["mydomain", literal(domain), "The domain this host belongs to."],
  ["myorigin", "$myhostname", "Follows bare senders such as root, so that one sees which host wrote."],
  ["append_dot_mydomain", "no", "Addresses are completed by those who write them."],
  [
    "mydestination",
    `$myhostname, localhost.$mydomain, localhost${ownDomainMail === "local" ? ", $mydomain" : ""}`,
    ownDomainMail === "local"
      ? "Mail for these names stays here, that of the domain included."
      : "Mail for these names stays here. The domain is not among them: its mailboxes are elsewhere.",
  ],
  ["inet_interfaces", "loopback-only", "Only programs on this host can hand in mail."],
  ["inet_protocols", "all", "IPv6 where there is a route, else IPv4."],
  ["mynetworks", "127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128", "Who may relay: this host."],
];

const relay = ({ relayHost, mechanisms }: Settings): Row[] => [
  ["relayhost", literal(nextHop(relayHost)), "All other mail goes here. Brackets: no MX lookup."],
  ["smtp_sasl_auth_enable", "yes", "Log in at the relay host."],
  ["smtp_sasl_password_maps", map("sasl_passwd"), "User and password, kept under the text of relayhost."],
  ["smtp_sasl_mechanism_filter", mechanisms?.join(", ").toLowerCase(), "Only these mechanisms."],
  ["smtp_sasl_tls_security_options", "noanonymous", "PLAIN and LOGIN are fine, since TLS protects them."],
];

const tls = ({ relayHost, tls: { level }, caCertificate }: Settings): Row[] => [
  [
    "smtp_tls_security_level",
    level === "secure" ? "secure" : "encrypt",
    level === "secure"
      ? "No mail and no password without TLS and a certificate for the relay host's name."
      : "No mail and no password without TLS; the certificate is not checked.",
  ],
  [
    "smtp_tls_wrappermode",
    IMPLICIT_TLS.includes(relayHost.port) ? "yes" : undefined,
    "This port speaks TLS from the first byte.",
  ],
  [
    "smtp_tls_CAfile",
    caCertificate ? "/etc/postfix/relay_ca.pem" : SYSTEM_CA,
    "Who may sign. A file, since a folder would have to be copied into the chroot.",
  ],
  ["smtp_tls_mandatory_protocols", "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1", "TLS 1.2 or later, as Postfix 3.5 writes it."],
  ["smtp_tls_loglevel", "1", "The log says with whom TLS was spoken and whether it was verified."],
];

const local = (_: Settings): Row[] => [
  ["smtputf8_enable", "no", "Cron mail with a raw UTF-8 subject would bounce at relay hosts without SMTPUTF8."],
  ["alias_maps", "$default_database_type:/etc/aliases", "Aliases for local mail."],
  ["alias_database", "$default_database_type:/etc/aliases", "What newaliases builds: the same map."],
  ["mailbox_size_limit", "0", "A limit below message_size_limit would stop local delivery."],
  ["biff", "no", "Nobody waits for a bell on a terminal."],
];
