// Writes the whole log of a second Postfix beside the running one, for one message in each case and release:
// `node test/host/capture-candidate.ts > test/host/candidate-logs.txt`, with the lab.
import type { LabHost, Mode, Release } from "../../lab/index.ts";
import { openLab, until } from "../../lab/index.ts";
import { type Script, Scripted } from "../../lab/scripted.ts";

const TOKEN = "postrelay.0123456789ab";

const scripts: Record<string, Script> = {
  "words-of-the-log": { end: "250 2.0.0 accepted relay=gw2.example.test, dsn=4.0.0, status=queued (as 1A2B)" },
  "forwarded-elsewhere": { end: "250 2.0.0 forwarded as 12345" },
  "no-enhanced-code": { end: "250 OK id=1vLm2x-0004aB-2C" },
  "eight-bit": { end: "250 2.0.0 angenommen f\xc3\xbcr Zustellung" }, // bytes of UTF-8
  "multi-line": { rcpt: "550-5.7.1 first line\n550-5.7.1 [192.0.2.1] second (line)\n550 5.7.1 last line" },
  "wrong-login": { auth: "535 5.7.8 Error: authentication failed" },
  "other-login": { auth: "525 5.7.1 Unauthorized IP address" },
  "login-later": { auth: "454 4.7.0 Temporary authentication failure" },
  "refused-helo": { rcpt: "450 4.7.1 <web>: Helo command rejected: Host not found" },
  "refused-ehlo": { ehlo: "421 4.7.0 Try again later, closing connection. (EHLO)" },
  "refused-at-the-door": { greeting: "554 5.7.1 Service unavailable; client blocked using zen.spamhaus.org" },
  "refused-sender": { mail: "553 5.7.1 <root@web.example.com>: Sender address rejected: not owned by user" },
  "refused-message": { end: "554 Message rejected: Email address is not verified" },
  "closed-in-the-middle": { data: "" },
};

/** One case: what differs in main.cf, and how the message is handed in. */
interface Case {
  settings?: Record<string, string>;
  /** Whether releases may log it differently; other cases are run on one of them. */
  differs?: boolean;
  to?: string;
  probe?: boolean;
  mode?: Mode;
  /** What the log has when the case is over. */
  ends?: RegExp;
}

const answered = /status=(?!sent \(forwarded)/;

const lab = await openLab();
const servers: Scripted[] = [];
try {
  const relay = await lab.relay();
  const ports: Record<string, number> = {};
  for (const [name, script] of Object.entries(scripts)) {
    const server = await Scripted.open(lab, "fake");
    // A login without TLS.
    server.set({ ehlo: "250-fake.example.test\n250 AUTH PLAIN LOGIN", ...script });
    servers.push(server);
    ports[name] = server.port;
  }
  const releases = (["bullseye", "bookworm", "trixie", "sid"] as Release[]).filter((release) => !lab.missing(release));
  const packages = ["postfix", "libsasl2-modules"];
  const hosts = await Promise.all(releases.map((release) => lab.host({ release, name: `web-${release}`, packages })));

  const relayhost = `[${relay.host}]:587`;
  const fake = (name: string) => ({
    relayhost: `[fake.example.test]:${ports[name]}`,
    smtp_tls_security_level: "none",
  });
  const check = (name: string) => ({ header_checks: `regexp:/root/${name}` });
  const unverified = { smtp_tls_security_level: "encrypt" };
  const cases: Record<string, Case> = {
    sent: { differs: true },
    "sent-with-copy": { settings: { always_bcc: "deploy" }, ends: /(status=sent[\s\S]*){2}/, differs: true },
    alias: { to: "root@web.example.com", ends: /ops@.*status=/, differs: true },
    "alias-of-the-copy": { settings: { always_bcc: "root" }, ends: /(to=<ops@.*status=[\s\S]*){2}/, differs: true },
    rewritten: { settings: { recipient_canonical_maps: "texthash:/root/rewritten" }, differs: true },
    "by-address": { settings: { relayhost: `[${relay.address}]:587`, ...unverified } },
    "by-address6": { settings: { relayhost: `[ipv6:${relay.address6}]:587`, ...unverified } },
    "by-domain": { settings: { relayhost: `${relay.host}:587` } },
    "implicit-tls": { settings: { relayhost: `[${relay.host}]:465`, smtp_tls_wrappermode: "yes" }, differs: true },
    "other-kind-of-port": { settings: { smtp_tls_wrappermode: "yes" }, differs: true },
    probe: { probe: true, differs: true },
    "probe-refused": { probe: true, mode: "auth-required", differs: true },
    "probe-wrong-password": { probe: true, mode: "wrong-password", differs: true },
    "probe-unreachable": { probe: true, settings: { relayhost: `[${relay.host}]:2` }, differs: true },
    fallback: { settings: { relayhost: `[${relay.host}]:2`, smtp_fallback_relay: relayhost }, differs: true },
    "fallback-after-login": {
      settings: { ...fake("wrong-login"), smtp_fallback_relay: relayhost, smtp_tls_security_level: "may" },
    },
    "untrusted-authority": { settings: { smtp_tls_CAfile: "/etc/ssl/certs/ca-certificates.crt" }, differs: true },
    expired: { mode: "expired-certificate", differs: true },
    "wrong-name": { mode: "wrong-name", differs: true },
    "no-such-name": { settings: { relayhost: "[no-such-relay.example.test]:587" } },
    discarded: { settings: check("discard"), ends: /discard:/ },
    held: { settings: check("hold"), ends: /hold:/ },
    rejected: { settings: check("reject"), ends: /removed/ },
    "no-check": { settings: check("nothing"), ends: /queue file write error/ },
    "message-id-gone": { settings: check("ignore"), differs: true },
    "no-password-map": { settings: { smtp_sasl_password_maps: "" }, ends: /fatal:/, differs: true },
    "no-cleanup": { settings: { virtual_alias_maps: "hash" }, ends: /fatal:/ },
    "no-mechanism": {
      settings: { smtp_sasl_mechanism_filter: "plain", smtp_sasl_tls_security_options: "noplaintext,noanonymous" },
    },
    "other-mechanism": { settings: { smtp_sasl_mechanism_filter: "gssapi" } },
    "no-map": { settings: { smtp_sasl_password_maps: "texthash:/root/nothing" }, differs: true },
    ...Object.fromEntries(Object.keys(scripts).map((name) => [name, { settings: fake(name) }])),
    "probe-refused-sender": { probe: true, settings: fake("refused-sender") },
    "probe-login-later": { probe: true, settings: fake("login-later") },
  };

  const base: Record<string, string> = {
    compatibility_level: "2",
    myhostname: "web.example.com",
    inet_interfaces: "loopback-only",
    relayhost,
    alias_maps: "texthash:/root/aliases",
    smtp_sasl_auth_enable: "yes",
    smtp_sasl_password_maps: "texthash:/root/sasl_passwd",
    smtp_sasl_tls_security_options: "noanonymous",
    smtp_sasl_security_options: "noanonymous",
    smtp_tls_security_level: "secure",
    smtp_tls_CAfile: "/root/ca.pem",
    smtp_tls_loglevel: "1",
    smtp_connect_timeout: "3",
    smtp_helo_timeout: "3",
    queue_directory: "/root/c/queue",
    data_directory: "/root/c/data",
    maillog_file: "/root/c/log",
    maillog_file_prefixes: "/root/c",
    syslog_name: "postfix-relay-candidate",
    smtputf8_enable: "no",
    notify_classes: "",
    internal_mail_filter_classes: "bounce,notify",
    nested_header_checks: "",
  };

  const keys = [relayhost, `[${relay.host}]:465`, `[${relay.address}]:587`, `[ipv6:${relay.address6}]:587`];
  const files: Record<string, string> = {
    "ca.pem": lab.ca,
    sasl_passwd: [...keys, `${relay.host}:587`, "fake.example.test"]
      .map((key) => `${key} relayuser:relaypass\n`)
      .join(""),
    aliases: "root ops@example.org\n",
    rewritten: "ops@example.org other@example.net\n",
    discard: "/^Subject:/ DISCARD\n",
    hold: "/^Subject:/ HOLD\n",
    reject: "/^Subject:/ REJECT no tests\n",
    ignore: "/^Message-ID:/ IGNORE\n",
  };
  const ready = async (host: LabHost) => {
    for (const [name, text] of Object.entries(files)) await host.must(`cat > /root/${name}`, { input: text });
    await host.must("chmod 711 /root");
  };

  const log = async (host: LabHost, name: string, one: Case): Promise<string> => {
    const { settings, to = "ops@example.org", probe, ends = answered } = one;
    const main = Object.entries({ ...base, ...settings }).map(([key, value]) => `${key} = ${value}\n`);
    const start = `rm -rf /root/c; mkdir -p /root/c/etc /root/c/queue/etc /root/c/data; chown postfix /root/c/data
      cd /root/c/etc && cat > main.cf
      awk '/^[^ \\t#]/ { skip = $2 == "inet"; $5 = "n" } !skip' /etc/postfix/master.cf > master.cf
      grep -q ^postlog master.cf || echo 'postlog unix-dgram n - n - 1 postlogd' >> master.cf
      touch -d '-10 seconds' main.cf master.cf; postfix -c /root/c/etc start 2> /dev/null`;
    await host.must(start, { input: main.join("") });
    const from = "root@web.example.com";
    const message = `From: <${from}>\nTo: <${to}>\nSubject: Test\nMessage-ID: <${TOKEN}@web.example.com>\n\nTest\n`;
    const options = `${probe ? "-bv" : "-N never -i"} -f ${from}`;
    await host.must(`sendmail -C /root/c/etc ${options} -- ${to}`, { input: message });
    const text = await until(
      `${host.name}: ${name}`,
      async () => {
        const { stdout } = await host.run("cat /root/c/log");
        return ends.test(stdout) && stdout;
      },
      { every: 100 },
    );
    await host.run("postfix -c /root/c/etc stop 2> /dev/null");
    const started = / postfix\[|\/postfix-script\[|daemon started/;
    return text
      .trim()
      .split("\n")
      .filter((line) => !started.test(line))
      .join("\n");
  };

  const versions = await Promise.all(hosts.map(async (host) => (await host.must("postconf -dh mail_version")).trim()));
  await Promise.all(hosts.map(ready));
  for (const [at, [name, one]] of Object.entries(cases).entries()) {
    await relay.set(one.mode ?? "normal");
    const chosen = [...hosts.keys()].filter((index) => one.differs || index === at % hosts.length);
    const logs = await Promise.all(chosen.map((index) => log(hosts[index] as LabHost, name, one)));
    for (const [index, text] of logs.entries()) console.log(`== ${name} ${versions[chosen[index] ?? 0]}\n${text}`);
  }
} finally {
  for (const server of servers) await server.close();
  await lab.close();
}
