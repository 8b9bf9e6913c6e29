// main.cf of hosts that only pass mail on to a relay host, as public guides have their readers make them: the
// parameters are theirs, the values ours.

const gmail = `relayhost = [smtp.example.net]:587
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = hash:/etc/postfix/sasl/sasl_passwd
smtp_sasl_security_options = noanonymous
smtp_tls_security_level = encrypt
smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
`;

const package_ = `smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
biff = no
append_dot_mydomain = no
readme_directory = no
smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem
smtpd_tls_key_file = /etc/ssl/private/ssl-cert-snakeoil.key
smtpd_tls_security_level = may
smtp_tls_CApath = /etc/ssl/certs
smtp_tls_session_cache_database = btree:\${data_directory}/smtp_scache
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = web.example.com
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
mydestination = $myhostname, web, localhost.localdomain, localhost
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
mailbox_size_limit = 0
recipient_delimiter = +
inet_interfaces = all
inet_protocols = all
`;

/** Each with what it is and where such a guide stands. */
export const relayClients: readonly [guide: string, mainCf: string][] = [
  [
    "a blog about a VPS in Japan, in full: Sakura, CRAM-MD5",
    `compatibility_level = 2
myhostname = example.com
mydomain = example.com
myorigin = $mydomain
smtpd_banner = $myhostname ESMTP $mail_name (Ubuntu)
biff = no
append_dot_mydomain = yes
append_at_myorigin = yes
readme_directory = no
smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem
smtpd_tls_key_file = /etc/ssl/private/ssl-cert-snakeoil.key
smtpd_use_tls = yes
smtpd_tls_session_cache_database = btree:\${data_directory}/smtpd_scache
smtp_tls_session_cache_database = btree:\${data_directory}/smtp_scache
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
mydestination = $myhostname localhost.localdomain localhost.$mydomain localhost $mydomain
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
mailbox_size_limit = 0
recipient_delimiter = +
inet_interfaces = localhost
inet_protocols = all
relayhost = [smtp.example.net]:587
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
smtp_sasl_mechanism_filter = cram-md5, plain, login
smtp_sasl_tls_security_options =  noanonymous, noplaintext
smtp_tls_security_level = may
smtp_tls_CApath = /etc/pki/tls/certs/ca-bundle.crt
`,
  ],
  ["technologytales.com, after Linode: Gmail behind Debian's own main.cf", package_ + gmail],
  [
    "tracking.sesmetric.com: Amazon SES, with TLS as older releases knew it",
    `${package_}relayhost = [smtp.example.net]:587
smtp_sasl_auth_enable = yes
smtp_sasl_security_options = noanonymous
smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
smtp_use_tls = yes
smtp_tls_security_level = encrypt
smtp_tls_note_starttls_offer = yes
smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
`,
  ],
  [
    "provlima.com: SES, with the places of Red Hat's package written out",
    `queue_directory = /var/spool/postfix
data_directory = /var/lib/postfix
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
sendmail_path = /usr/sbin/sendmail.postfix
newaliases_path = /usr/bin/newaliases.postfix
mailq_path = /usr/bin/mailq.postfix
html_directory = no
manpage_directory = /usr/share/man
sample_directory = /usr/share/doc/postfix/samples
readme_directory = /usr/share/doc/postfix/README_FILES
debug_peer_level = 2
unknown_local_recipient_reject_code = 550
inet_interfaces = localhost
inet_protocols = all
mydestination = $myhostname, localhost.$mydomain, localhost
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
${gmail}`,
  ],
  [
    "wiki.dominic-ricottone.com: lmdb, and a mailbox of one's own at the provider",
    gmail.replaceAll("hash:", "lmdb:").concat("alias_maps = lmdb:/etc/aliases\nalias_database = lmdb:/etc/aliases\n"),
  ],
  [
    "docs.redhat.com: a null client",
    `myhostname = web.example.com
myorigin = example.com
relayhost = [smtp.example.net]
inet_interfaces = loopback-only
mynetworks = 127.0.0.0/8 [::1]/128
mydestination =
local_transport = error: local delivery disabled
`,
  ],
  [
    "BASIC_CONFIGURATION_README: a client of a gateway",
    `myorigin = $mydomain
mydestination = $myhostname localhost.$mydomain localhost
mynetworks_style = host
relay_domains =
relayhost = $mydomain
notify_classes = resource, software
`,
  ],
  [
    "docs.opsone.ch: a managed server that sends for its programs alone",
    `myhostname = web.example.com
inet_interfaces = loopback-only
mynetworks = 127.0.0.0/8 [::1]/128
relayhost = [smtp.example.net]:587
smtpd_tls_cert_file = /etc/ssl/certs/ssl-cert-snakeoil.pem
smtpd_tls_key_file = /etc/ssl/private/ssl-cert-snakeoil.key
smtp_tls_security_level = may
${gmail.replace(/^(relayhost|smtp_tls_security_level).*\n/gm, "")}`,
  ],
  [
    "a relay host at port 465, with a pace that its provider asks for",
    `${package_.replace("inet_interfaces = all", "inet_interfaces = 127.0.0.1, [::1]")}relayhost = [smtp.example.net]:465
smtp_tls_wrappermode = yes
smtp_destination_concurrency_limit = 2
smtp_destination_rate_delay = 1s
smtp_extra_recipient_limit = 10
${gmail.replace(/^relayhost.*\n/m, "")}`,
  ],
  [
    "Microsoft 365 with LOGIN, over IPv4 alone",
    `${package_.replace("inet_protocols = all", "inet_protocols = ipv4").replace("interfaces = all", "interfaces = loopback-only")}smtp_sasl_mechanism_filter = login
smtp_always_send_ehlo = yes
smtp_helo_name = web.example.com
${gmail}`,
  ],
  [
    "a hardened sender of its own mail",
    `${gmail}myhostname = web.example.com
mydestination = localhost
inet_interfaces = loopback-only
disable_vrfy_command = yes
smtpd_helo_required = yes
strict_rfc821_envelopes = yes
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_client_restrictions = permit_mynetworks, reject_rbl_client zen.example.org, reject
smtp_tls_mandatory_protocols = !SSLv2, !SSLv3, !TLSv1
smtp_tls_mandatory_ciphers = high
smtp_tls_exclude_ciphers = aNULL, MD5
smtp_tls_loglevel = 1
tls_random_source = dev:/dev/urandom
smtp_sasl_tls_security_options = noanonymous
delay_warning_time = 4h
bounce_queue_lifetime = 1d
maximal_queue_lifetime = 1d
`,
  ],
];
