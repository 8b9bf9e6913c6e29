// Unusual, but right.

import { expect, test } from "vitest";
import { providers } from "../../src/providers/providers.ts";
import { changed, HOST_KEY, problemsOf } from "../support/args.ts";
import { CA, ECDSA_256, ECDSA_384, ECDSA_521, ENCRYPTED_KEYS, PRIVATE_KEY } from "../support/keys.ts";

const proxy = { host: "bastion.example.com", hostKey: HOST_KEY };

test.each<[path: string, value: unknown]>([
  ["connection.host", "web-1"],
  ["connection.host", "web-1.example.com"],
  ["connection.host", "2001:db8::1"],
  ["connection.host", "localhost"],
  ["connection.port", 1],
  ["connection.port", 65535],
  ["connection.user", "deploy"],
  ["connection.user", "_apt.x-1"],
  ["connection.hostKey", `${HOST_KEY} root@web-1 with a comment`],
  ["connection.hostKey", ECDSA_256],
  ["connection.hostKey", ECDSA_384],
  ["connection.hostKey", ECDSA_521],
  ["connection.privateKey", PRIVATE_KEY],
  ["connection.privateKey", PRIVATE_KEY.trimEnd()],
  ["connection.privateKey", PRIVATE_KEY.replaceAll("\n", "\r\n")],
  ["connection.privateKey", PRIVATE_KEY.replaceAll("OPENSSH ", "")],
  ["connection.privateKeyPassword", "  spaces and 'quotes' "],
  ["connection.agentSocketPath", "/run/user/1000/ssh agent.sock"],
  ["connection.dialErrorLimit", 0],
  ["connection.dialErrorLimit", 100],
  ["connection.proxy", proxy],
  [
    "connection.proxy",
    { ...proxy, port: 2222, user: "jump", privateKey: ENCRYPTED_KEYS.openssh, privateKeyPassword: "x" },
  ],
  ["domain", "EXAMPLE.com"],
  ["domain", "xn--r8jz45g.jp"],
  ["domain", "a.b.c.d.example.museum"],
  ["domain", "1and1.com"],
  ["domain", `${"a".repeat(63)}.example.com`],
  ["hostname", "mail.example.net"],
  ["hostname", "0.example.com"],
  ["relayHost.host", "SMTP.example.net"],
  ["relayHost.port", 25],
  ["relayHost.port", 465],
  ["relayHost.port", 2525],
  ["relayHost.port", 65535],
  ["credentials.username", "apikey"],
  ["credentials.username", "user name with spaces"],
  ["credentials.username", "ユーザー@example.jp"],
  ["credentials.username", "a".repeat(320)],
  ["credentials.username", "#user"],
  ["credentials.password", "x4y8"],
  ["credentials.password", " leading space"],
  ["credentials.password", "inner  spaces"],
  ["credentials.password", "#hash $dollar %percent \\back\\slash"],
  ["credentials.password", `"double" 'single' \`back\``],
  ["credentials.password", "a:b:c@d"],
  ["credentials.password", "パスワード pässwörd 🔑"],
  ["credentials.password", "#% file main.cf"],
  ["credentials.password", "a".repeat(1024)],
  ["testDelivery.to", "ops+postfix.relay@example.org"],
  ["testDelivery.to", "o'brien@example.org"],
  ["testDelivery.to", `${"a".repeat(64)}@sub.example.org`],
  ["testDelivery.to", "ops@example.com"],
  ["testDelivery.from", "alerts@example.com"],
  ["testDelivery.from", "$root#%@example.com"],
  ["testDelivery.timeoutSeconds", 5],
  ["testDelivery.timeoutSeconds", 600],
  ["ownDomainMail", "local"],
  ["tls", {}],
  ["tls.level", "encrypted"],
  ["rotation", "cutover"],
  ["mxCheck", "off"],
  ["sender", "alerts@example.com"],
  ["sender", "root+vps=1@example.com"],
  ["senders", { root: "root@example.com" }],
  ["senders", { "www-data": "web@example.com", "@web-1.example.com": "host@example.com" }],
  ["senders", { "Root@WEB-1.example.com": "root@example.com" }],
  ["rootAlias", "ops@example.org"],
  ["rootAlias", "root@example.com"],
  ["aliases", { root: ["ops@example.org", "deploy"], "www-data": ["root"] }],
  ["aliases", { www: ["__proto__"] }],
  ["aliases", { www: ["constructor", "toString"], valueOf: ["www"] }],
  ["fallback", [{ host: "example.sakura.ne.jp", port: 465 }]],
  ["senderDependent", { "@example.org": { host: "example.sakura.ne.jp", port: 2525, lookupMx: true } }],
  ["relayHost.lookupMx", true],
  ["limits", {}],
  ["limits", { rateDelaySeconds: 1, messageSize: 65536, queueLifetimeHours: 1, bounceLifetimeHours: 0 }],
  ["limits", { concurrency: 100, messageSize: 2147483647, queueLifetimeHours: 720, delayWarningHours: 719 }],
  ["ipVersion", "ipv4"],
  ["listen", "none"],
  ["bridges", ["172.17.0.1/16"]],
  ["bridges", ["100.64.0.9/30", "192.168.255.254/24", "fd12:3456::1/64"]],
  ["stripHeaders", ["X-Mailer", "received", "X-PHP-Originating-Script"]],
  ["mainCf", { smtp_helo_name: "$myhostname", notify_classes: "", "slow-x_destination_rate_delay": "1s" }],
  ["mainCf", { header_checks: "regexp:{ {/^X-A: #/ IGNORE} }".replace(" #", "#") }],
  ["mainCf", { smtp_helo_timeout: "300s", syslog_name: "mailout", always_bcc: "deploy" }],
  ["replaceMailServer", true],
  ["drift", "warn"],
  ["monitoring", { textfile: "/var/lib/prometheus/node-exporter" }],
  ["monitoring", { textfile: "/srv/metrics" }],
  ...["15m", "1h", "1h30m", "24h", "1d", "0d1h", "90m"].map((probe): [string, unknown] => [
    "monitoring",
    { textfile: "/srv/metrics", probe },
  ]),
  ["formerly", ["mail/old", "post.example/prod_2/web-1", "mail/old/a name/with a slash"]],
  ["formerly", ["mail/prod/web-1"]],
  ["gone", true],
  ["limits", { rateDelaySeconds: 600 }],
  ["tls.certificateNames", ["smtp.example.net", "example.org"]],
  ["tls.fingerprints", [Array(32).fill("aB").join(":")]],
  ["provider", "sakura"],
  ["mechanisms", ["CRAM-MD5"]],
  ["mechanisms", ["plain", "Login"]],
  ["mechanisms", ["SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "NTLM"]],
  ["caCertificate", CA],
  ["caCertificate", CA.trimEnd()],
  ["caCertificate", `# Our CA\n${CA}\nAnother one\n${CA.replaceAll("\n", "\r\n")}`],
])("%s = %j", (path, value) => {
  expect(problemsOf("web-1", changed({ [path]: value }))).toEqual([]);
});

test.each(Object.entries(providers).filter(([, { onlyTokens }]) => !onlyTokens))("provider %s", (provider, preset) => {
  const region = { ses: "eu-west-1", zoho: "eu" }[provider] ?? (preset.host || preset.hostPattern ? undefined : "us");
  const username = preset.username ? undefined : "user@example.com";
  const relayHost = preset.hostPattern ? { host: "example.sakura.ne.jp" } : undefined;
  const values = { provider, region, relayHost, "credentials.username": username };
  expect(problemsOf("web-1", changed(values))).toEqual([]);
});

test("address of the relay host, when the certificate is not checked", () => {
  for (const host of ["192.0.2.25", "2001:db8::25"]) {
    expect(problemsOf("web-1", changed({ "relayHost.host": host, "tls.level": "encrypted" }))).toEqual([]);
  }
});
