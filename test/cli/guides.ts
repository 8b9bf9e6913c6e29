// Ten relay clients in the manner of guides that are public, and the one that this project began with.

import { debian, type Guide, sasl } from "./guide.ts";

/** All of them; the password of each is "geheim" and a number. */
export const guides: readonly Guide[] = [
  {
    what: "the article",
    mainCf: `compatibility_level = 2
myhostname = example.com
mydomain = example.com
myorigin = $mydomain
smtpd_banner = $myhostname ESMTP $mail_name (Ubuntu)
biff = no
append_dot_mydomain = yes
append_at_myorigin = yes
readme_directory = no
smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem
smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key
smtpd_use_tls=yes
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
relayhost = [example.sakura.ne.jp]:587
${sasl}smtp_sasl_mechanism_filter = cram-md5, plain, login
smtp_sasl_tls_security_options =  noanonymous, noplaintext
smtp_tls_security_level = may
smtp_tls_CApath = /etc/pki/tls/certs/ca-bundle.crt
`,
    accounts: "example.sakura.ne.jp sample_user@example.sakura.ne.jp:geheim0\n",
    answers: { name: undefined, relay: "sakura", username: "sample_user@example.sakura.ne.jp" },
    extra: {
      hostname: "example.com",
      relayHost: { host: "example.sakura.ne.jp" },
      mechanisms: ["CRAM-MD5", "PLAIN", "LOGIN"],
      ownDomainMail: "local",
    },
    lines: ["smtp_tls_security_level = may: "],
  },
  {
    what: "Gmail",
    mainCf: `${debian}relayhost = [smtp.gmail.com]:587
${sasl}smtp_sasl_security_options = noanonymous
smtp_tls_security_level = encrypt
smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
`,
    accounts: "[smtp.gmail.com]:587 someone@gmail.com:geheim1\n",
    files: { "etc/aliases": "postmaster: root\nroot: someone@gmail.com\n" },
    answers: { to: "someone@gmail.com", relay: "gmail", username: "someone@gmail.com" },
    extra: {},
    lines: ["smtp_tls_security_level = encrypt: "],
  },
  {
    what: "Amazon SES",
    mainCf: `${debian}relayhost = [email-smtp.eu-west-1.amazonaws.com]:587
${sasl}smtp_sasl_security_options = noanonymous
smtp_use_tls = yes
smtp_tls_security_level = secure
smtp_tls_note_starttls_offer = yes
`,
    accounts: "# SES\n[email-smtp.eu-west-1.amazonaws.com]:587 AKIAEXAMPLE:geheim2+/x\n",
    answers: { relay: "ses", username: "AKIAEXAMPLE" },
    extra: { region: "eu-west-1" },
    lines: [],
  },
  {
    what: "SendGrid",
    mainCf: `${debian}${sasl}smtp_sasl_security_options = noanonymous
smtp_sasl_tls_security_options = noanonymous
smtp_tls_security_level = encrypt
header_size_limit = 4096000
relayhost = [smtp.sendgrid.net]:2525
`,
    accounts: "[smtp.sendgrid.net]:2525 apikey:SG.geheim3.x\n",
    answers: { relay: "sendgrid", username: "apikey" },
    extra: { relayHost: { port: 2525 } },
    lines: ["smtp_tls_security_level = encrypt: ", "header_size_limit: it ends with"],
  },
  {
    what: "Mailgun, with one sender for all",
    mainCf: `${debian}relayhost = [smtp.eu.mailgun.org]:587
${sasl}smtp_tls_security_level = may
sender_canonical_maps = regexp:/etc/postfix/sender_canonical
smtp_header_checks = regexp:/etc/postfix/header_checks
`,
    accounts: "[smtp.eu.mailgun.org]:587 postmaster@mg.example.com:geheim4\n",
    files: {
      "etc/postfix/sender_canonical": "/.+/    noreply@mg.example.com\n",
      "etc/postfix/header_checks": "/^Received:/ IGNORE\n/^X-Mailer:/ IGNORE\n/^Subject:/ PREPEND X-Host: web\n",
    },
    answers: { relay: "mailgun", username: "postmaster@mg.example.com" },
    extra: { region: "eu", sender: "noreply@mg.example.com", stripHeaders: ["Received", "X-Mailer"] },
    lines: ["smtp_tls_security_level = may: ", "smtp_header_checks: not all of its rows"],
  },
  {
    what: "Postmark: the token is user and password",
    mainCf: `${debian}relayhost = [smtp.postmarkapp.com]:587
${sasl}smtp_tls_security_level = encrypt
`,
    accounts: "[smtp.postmarkapp.com]:587 geheim5-0000:geheim5-0000\n",
    answers: { relay: "postmark" },
    extra: {},
    lines: ["smtp_tls_security_level = encrypt: "],
  },
  {
    what: "Sakura, in the ports of old",
    mainCf: `${debian}relayhost = [www1234.sakura.ne.jp]:smtps
${sasl}smtp_tls_wrappermode = yes
smtp_tls_security_level = encrypt
smtp_generic_maps = hash:/etc/postfix/generic
inet_protocols = ipv4
`,
    accounts: "[www1234.sakura.ne.jp]:smtps info@example.com:geheim6\n",
    files: {
      "etc/postfix/generic": "root@web-1.example.com info@example.com\n@web-1.example.com\n  info@example.com\n",
    },
    answers: { relay: "sakura", username: "info@example.com" },
    extra: {
      relayHost: { host: "www1234.sakura.ne.jp", port: 465 },
      senders: { "root@web-1.example.com": "info@example.com", "@web-1.example.com": "info@example.com" },
      ipVersion: "ipv4",
    },
    lines: ["smtp_tls_security_level = encrypt: "],
  },
  {
    what: "Office 365, by sender",
    mainCf: `${debian}relayhost = [smtp.office365.com]:587
${sasl}smtp_sender_dependent_authentication = yes
sender_dependent_relayhost_maps = hash:/etc/postfix/sender_relay
smtp_tls_security_level = secure
`,
    accounts: `[smtp.office365.com]:587 alerts@example.com:geheim7
billing@example.org   billing@example.org:geheim7b
[mail.example.net]:587  relay:geheim7c
`,
    files: { "etc/postfix/sender_relay": "@example.org [mail.example.net]:587\n" },
    answers: { relay: "microsoft365", username: "alerts@example.com" },
    extra: {
      accounts: {
        "billing@example.org": { username: "billing@example.org" },
        "mail.example.net": { username: "relay" },
      },
      senderDependent: { "@example.org": { host: "mail.example.net", port: 587 } },
    },
    refused: ["accounts billing@example.org"],
    lines: [],
  },
  {
    what: "Yandex, TLS from the first byte",
    mainCf: `${debian}relayhost = [smtp.yandex.ru]:465
${sasl}smtp_tls_wrappermode = yes
smtp_tls_security_level = encrypt
smtp_tls_CAfile = /etc/postfix/ya-ca.pem
message_size_limit = 31457280
`,
    accounts: "smtp.yandex.ru robot@example.com:geheim8\n",
    answers: { relay: "smtp.yandex.ru:465", username: "robot@example.com" },
    extra: { limits: { messageSize: 31457280 } },
    lines: ["smtp_tls_security_level = encrypt: ", "smtp_tls_CAfile = /etc/postfix/ya-ca.pem: "],
  },
  {
    what: "Zoho, with pauses",
    mainCf: `${debian}relayhost = smtp.zoho.eu:587
${sasl}smtp_tls_security_level = encrypt
smtp_destination_rate_delay = 1s
maximal_queue_lifetime = 2d
bounce_queue_lifetime = 1d
delay_warning_time = 4h
smtp_destination_concurrency_limit = 2
`,
    accounts: "smtp.zoho.eu:587 info@example.com:gehe:im9\n",
    answers: { relay: "zoho", username: "info@example.com" },
    extra: {
      region: "eu",
      relayHost: { port: 587 },
      limits: {
        rateDelaySeconds: 1,
        queueLifetimeHours: 48,
        bounceLifetimeHours: 24,
        delayWarningHours: 4,
      },
    },
    lines: ["smtp_tls_security_level = encrypt: "],
  },
  {
    what: "a smarthost without brackets, for a network",
    mainCf: `myhostname = gw.lan.example.net
mydomain = example.net
myorigin = $mydomain
relayhost = mail.example.net
smtp_fallback_relay = [backup.example.net]:587
${sasl}inet_interfaces = all
mynetworks = 127.0.0.0/8, 192.168.0.0/24
mydestination = localhost, $myhostname, shop.example.org
transport_maps = hash:/etc/postfix/transport
milter_default_action = accept
smtpd_milters = inet:127.0.0.1:8891
my_token = geheim10
smtp_tls_policy_maps = hash:/etc/postfix/tls_policy
`,
    accounts:
      "mail.example.net user:geheim10\nother.example.org me:geheim10c\n[backup.example.net]:587 user2:geheim10b\n",
    answers: { name: "gw", domain: "example.net", relay: "mail.example.net:25", username: "user" },
    extra: {
      hostname: "gw.lan.example.net",
      relayHost: { host: "mail.example.net", port: 25, lookupMx: true },
      accounts: { "backup.example.net": { username: "user2" } },
      fallback: [{ host: "backup.example.net", port: 587 }],
    },
    lines: [
      "myorigin = example.net: ",
      "relayhost = mail.example.net: without brackets",
      "smtp_tls_security_level = none: ",
      "mydestination: mail to shop.example.org ",
      "inet_interfaces = all: ",
      "mynetworks: 192.168.0.0/24 ",
      "transport_maps: not taken over; use `senderDependent`",
      "smtpd_milters: it ends",
      "my_token: it ends",
      "smtp_tls_policy_maps: not taken over; use `tls.level`",
      "smtp_sasl_password_maps: not all of its rows",
    ],
  },
];
