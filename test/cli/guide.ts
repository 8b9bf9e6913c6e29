// What relay clients that follow public guides have in common.

/** A host as somebody has set it up after a guide. */
export interface Guide {
  readonly what: string;
  readonly mainCf: string;
  readonly accounts: string;
  /** Further files of the host. */
  readonly files?: Readonly<Record<string, string>>;
  /** The answers to the questions of `init`; the name and the domain, where not web-1 and example.com. */
  readonly answers: Readonly<Record<string, string | undefined>>;
  readonly extra: Readonly<Record<string, unknown>>;
  /** Arguments that a Relay refuses: they become lines, too. */
  readonly refused?: readonly string[];
  /** How each line about what has no place begins. */
  readonly lines: readonly string[];
}

/** The login, as nearly all guides have it. */
export const sasl = "smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd\n";

/** What Debian's package writes. */
export const debian = `smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
biff = no
append_dot_mydomain = no
readme_directory = no
compatibility_level = 3.6
smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem
smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key
smtpd_tls_security_level=may
smtp_tls_session_cache_database = btree:\${data_directory}/smtp_scache
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = web-1.example.com
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
mydestination = $myhostname, web-1.example.com, localhost.example.com, , localhost
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
mailbox_size_limit = 0
recipient_delimiter = +
inet_interfaces = loopback-only
inet_protocols = all
`;
