import { expect, test } from "vitest";
import { mainCf } from "../../src/postfix/main-cf.ts";
import { localDomains } from "../../src/settings/domains.ts";
import { owned } from "../../src/settings/rules/owned.ts";
import { settings } from "../support/args.ts";
import { CA } from "../support/keys.ts";

const FINGERPRINT = Array(32).fill("AB").join(":");

const text = (values = {}) => mainCf("mail/prod/web-1", settings(values));

/** The lines that one setting takes out and puts in, without comments. */
function change(values: Record<string, unknown>): { out: string[]; in: string[] } {
  const lines = (text: string) => text.split("\n").filter((line) => line && !line.startsWith("#"));
  const [before, after] = [lines(text()), lines(text(values))];
  return { out: before.filter((line) => !after.includes(line)), in: after.filter((line) => !before.includes(line)) };
}

test("the whole file", () => {
  expect(text()).toMatchInlineSnapshot(`
    "# Managed by postfix-relay for mail/prod/web-1. Edit the program's arguments instead; see \`postrelay check\`.

    # The name in HELO; a full one, or relay hosts may refuse it.
    myhostname = web-1.example.com
    # The domain this host belongs to.
    mydomain = example.com
    # Follows bare senders such as root, so that one sees which host wrote.
    myorigin = $myhostname
    # Addresses are completed by those who write them.
    append_dot_mydomain = no
    # Mail for these names, the host's own, stays here. The domain is not among them: its mailboxes are elsewhere.
    mydestination = $myhostname, localhost.$mydomain, localhost, $relay_host_names
    # Only programs on this host can submit mail.
    inet_interfaces = loopback-only
    # IPv6 where there is a route, else IPv4.
    inet_protocols = all
    # Who may relay: this host.
    mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128

    # All other mail goes here. Brackets: no MX lookup.
    relayhost = [example.sakura.ne.jp]:587
    # Log in at the relay host, where it has an account.
    smtp_sasl_auth_enable = yes
    # User and password, kept under the text of relayhost.
    smtp_sasl_password_maps = $default_database_type:/etc/postfix/sasl_passwd
    # PLAIN and LOGIN are fine, since TLS protects them.
    smtp_sasl_tls_security_options = noanonymous

    # No mail and no password without TLS and a certificate for the relay host's name.
    smtp_tls_security_level = secure
    # Trusted authorities. A file, since a folder would have to be copied into the chroot.
    smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt
    # TLS 1.2 or later, as Postfix 3.5 writes it.
    smtp_tls_mandatory_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1
    # The log says with whom TLS was spoken and whether it was verified.
    smtp_tls_loglevel = 1

    # Cron mail with a raw UTF-8 subject would bounce at relay hosts without SMTPUTF8.
    smtputf8_enable = no
    # Aliases for local mail.
    alias_maps = $default_database_type:/etc/aliases
    # What newaliases builds: the host's own aliases.
    alias_database = $default_database_type:/etc/aliases
    # A limit below message_size_limit would stop local delivery.
    mailbox_size_limit = 0
    # Nobody watches a terminal for new mail.
    biff = no
    # A report of undelivered mail that is refused itself is kept. One of a probe, which is the service trace, is not.
    notify_classes = resource, software\${{$service_name} != {trace} ? {, 2bounce}}
    # It is kept here, in the mailbox of the user postfix: mail to root may leave by the relay that has refused it.
    2bounce_notice_recipient = $mail_owner@localhost
    "
  `);
});

const REPORTS = `notify_classes = resource, software\${{$service_name} != {trace} ? {, 2bounce}}`;

test.each<[values: Record<string, unknown>, out: string[], into: string[]]>([
  [{ mainCf: { notify_classes: "" } }, [REPORTS], ["notify_classes = "]],
  [
    { mainCf: { "2bounce_notice_recipient": "ops@example.org" } },
    ["2bounce_notice_recipient = $mail_owner@localhost"],
    ["2bounce_notice_recipient = ops@example.org"],
  ],
  [{ hostname: "mx.example.net" }, ["myhostname = web-1.example.com"], ["myhostname = mx.example.net"]],
  [{ domain: "example.jp", hostname: "web-1.example.com" }, ["mydomain = example.com"], ["mydomain = example.jp"]],
  [
    { ownDomainMail: "local" },
    ["mydestination = $myhostname, localhost.$mydomain, localhost, $relay_host_names"],
    ["mydestination = $myhostname, localhost.$mydomain, localhost, $mydomain, $relay_host_names"],
  ],
  [{ "relayHost.port": 2525 }, ["relayhost = [example.sakura.ne.jp]:587"], ["relayhost = [example.sakura.ne.jp]:2525"]],
  ...[443, 465, 2465, 8465].map((port): [Record<string, unknown>, string[], string[]] => [
    { "relayHost.port": port },
    ["relayhost = [example.sakura.ne.jp]:587"],
    [`relayhost = [example.sakura.ne.jp]:${port}`, "smtp_tls_wrappermode = yes"],
  ]),
  [{ "tls.level": "encrypted" }, ["smtp_tls_security_level = secure"], ["smtp_tls_security_level = encrypt"]],
  [{ mechanisms: ["CRAM-MD5", "plain"] }, [], ["smtp_sasl_mechanism_filter = cram-md5, plain"]],
  [
    { caCertificate: CA },
    ["smtp_tls_CAfile = /etc/ssl/certs/ca-certificates.crt"],
    ["smtp_tls_CAfile = /etc/postfix/relay_ca.pem"],
  ],
  [
    { relayHost: { host: "example.sakura.ne.jp", lookupMx: true } },
    ["relayhost = [example.sakura.ne.jp]:587"],
    ["relayhost = example.sakura.ne.jp:587"],
  ],
  [
    { "tls.fingerprints": [FINGERPRINT] },
    ["smtp_tls_security_level = secure"],
    [
      "smtp_tls_security_level = fingerprint",
      "smtp_tls_fingerprint_digest = sha256",
      `smtp_tls_fingerprint_cert_match = ${FINGERPRINT}`,
    ],
  ],
  [
    { "tls.certificateNames": ["a.example.net", "b.example.net"] },
    [],
    ["smtp_tls_secure_cert_match = a.example.net, b.example.net"],
  ],
  [{ sender: "a@example.com" }, [], ["sender_canonical_maps = regexp:/etc/postfix/sender_canonical"]],
  [{ senders: { root: "b@example.com" } }, [], ["sender_canonical_maps = regexp:/etc/postfix/sender_canonical"]],
  [
    { rootAlias: "ops@example.org" },
    ["alias_maps = $default_database_type:/etc/aliases"],
    ["alias_maps = $default_database_type:/etc/postfix/relay_aliases, $default_database_type:/etc/aliases"],
  ],
  [{ stripHeaders: ["X-Mailer"] }, [], ["smtp_header_checks = regexp:/etc/postfix/relay_header_checks"]],
  [{ ipVersion: "ipv4" }, ["inet_protocols = all"], ["inet_protocols = ipv4"]],
  [
    { bridges: ["172.17.0.1/16", "fd12::9:1/64"] },
    ["mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128"],
    [
      "mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128 172.17.0.0/16 [fd12::]/64",
      "local_header_rewrite_clients = permit_inet_interfaces, permit_mynetworks",
    ],
  ],
  [
    {
      limits: {
        rateDelaySeconds: 2,
        messageSize: 70000,
        queueLifetimeHours: 24,
        bounceLifetimeHours: 0,
        delayWarningHours: 4,
      },
    },
    [],
    [
      "smtp_destination_rate_delay = 2s",
      "message_size_limit = 70000",
      "maximal_queue_lifetime = 24h",
      "bounce_queue_lifetime = 0h",
      "delay_warning_time = 4h",
    ],
  ],
  [{ limits: { concurrency: 3 } }, [], ["smtp_destination_concurrency_limit = 3"]],
  [{ mainCf: { smtp_helo_name: "$myhostname", x_y: "" } }, [], ["smtp_helo_name = $myhostname", "x_y = "]],
  [{ "testDelivery.to": "root@example.org", "credentials.password": "other" }, [], []],
])("%j", (values, out, into) => {
  expect(change(values)).toEqual({ out, in: into });
});

/** An example in which each parameter is there. */
const EVERYTHING = {
  relayHost: { host: "a.example.net", port: 465 },
  fallback: [{ host: "b.example.net" }],
  senderDependent: { "@example.org": { host: "b.example.net" } },
  accounts: { "b.example.net": { username: "b", password: "secret" } },
  mechanisms: ["PLAIN"],
  caCertificate: CA,
  tls: { certificateNames: ["a.example.net"] },
  sender: "alerts@example.com",
  senders: { shop: "shop@example.org" },
  rootAlias: "ops@example.org",
  stripHeaders: ["X-Mailer"],
  bridges: ["172.17.0.1/16"],
  limits: { concurrency: 2, messageSize: 70000, queueLifetimeHours: 9, bounceLifetimeHours: 9, delayWarningHours: 4 },
  mainCf: { smtp_helo_name: "$myhostname" },
};

test("every parameter that an argument stands for is refused in mainCf, but for two that it may change", () => {
  const values = [EVERYTHING, { "tls.fingerprints": [FINGERPRINT], limits: { rateDelaySeconds: 1 } }];
  const written = values.flatMap((one) => [...text(one).matchAll(/^(\w+) =/gm)].map(([, name]) => name ?? ""));
  const free = ["smtp_helo_name", "notify_classes", "2bounce_notice_recipient"];
  expect(written.filter((name) => !free.includes(name) && !Object.hasOwn(owned, name))).toEqual([]);
});

test("every setting has a reason in the line above it, and none is there twice", () => {
  const lines = text(EVERYTHING).split("\n");
  const names = lines.flatMap((line, index) => {
    const [, name] = /^(\w+) = /.exec(line) ?? [];
    if (name) expect(lines[index - 1]).toMatch(/^# [A-Z].*\.$/);
    return name ? [name] : [];
  });
  expect(names.length).toBeGreaterThan(35);
  expect(new Set(names).size).toBe(names.length);
});

test("has none of the settings that only the host can know, and no map type of its own", () => {
  expect(text()).not.toMatch(/^(compatibility_level|default_database_type|relay_host_names|soft_bounce) /m);
  expect(text()).not.toMatch(/(hash|lmdb|cdb|btree|texthash):/);
});

test.each(["relay", "local"])(
  "mydestination has the domains that the checks take for this host's: %s",
  (ownDomainMail) => {
    const mail = settings({ ownDomainMail });
    const [, names = ""] = /^mydestination = (.*)$/m.exec(mainCf("mail/prod/web-1", mail)) ?? [];
    const values = { $myhostname: mail.hostname, $mydomain: mail.domain, $relay_host_names: "localhost.localdomain" };
    const written = names.replace(/\$\w+/g, (name) => values[name as keyof typeof values] ?? name);
    expect(written.split(", ")).toEqual(localDomains(mail));
  },
);
