// Writes what each Postfix logs when a delivery fails: `node test/host/capture.ts > test/host/log-lines.txt`, with the
// lab.

import type { Mode, Release } from "../../lab/index.ts";
import { until } from "../../lab/until.ts";
import { World } from "../integration/world.ts";

const modes: Mode[] = [
  "wrong-password",
  "auth-required",
  "sender-refused",
  "no-starttls",
  "expired-certificate",
  "foreign-certificate",
  "wrong-name",
  "greylisting",
  "refuse-421",
  "port-closed",
  { mechanisms: ["login"] },
  { messageSizeLimit: 200 },
];

const world = await World.open();
try {
  const relay = await world.lab.relay();
  const releases = (["bullseye", "bookworm", "trixie", "sid"] as Release[]).filter((name) => !world.lab.missing(name));
  const hosts = await Promise.all(releases.map((release) => world.lab.host({ release, name: `web-${release}` })));
  const stack = await world.stack("capture", relay, hosts, { waves: ["100%"] });
  await stack.must(["up", "--yes", "--skip-preview", "--stack", "capture"]);

  const line = async (index: number, what: string, settings: string[]) => {
    const host = hosts[index];
    if (!host) return;
    const quoted = settings.map((setting) => `'${setting}'`).join(" ");
    await host.must(`postconf -e soft_bounce=yes smtp_connect_timeout=3 smtp_helo_timeout=3 ${quoted}; postfix reload`);
    const to = `${what}-${index}@example.org`;
    await host.must(`printf 'Subject: x\\n\\n%0300d\\n' 0 | sendmail -i -f root@web.example.com ${to}`);
    const logged = await until(`${host.name}: a log line of ${what}`, async () => {
      const { stdout } = await host.run(`journalctl -q -o short | grep 'to=<${to}>.*status='`);
      return (
        stdout
          .trim()
          .split("\n")
          .at(-1)
          ?.replace(/^.*? (postfix\S*\[\d+\]: )/, "$1") || undefined
      );
    });
    const version = (await host.must("postconf -dh mail_version")).trim();
    console.log(`${what}\t${version}\t${logged}`);
    await host.must("postsuper -d ALL 2> /dev/null; cp /var/lib/postfix-relay/good/etc/main.cf /etc/postfix/main.cf");
  };
  const all = (what: string, ...settings: string[]) =>
    Promise.all(hosts.map((_, index) => line(index, what, settings)));

  for (const mode of modes) {
    await relay.set(mode);
    const what = typeof mode === "string" ? mode : (Object.keys(mode)[0] ?? "").toLowerCase();
    await all(what, ...(what === "mechanisms" ? ["smtp_sasl_mechanism_filter=cram-md5"] : []));
  }
  await relay.set("silence");
  await all("silence");
  await relay.set("normal");
  await all(
    "no-plaintext",
    "smtp_sasl_mechanism_filter=plain",
    "smtp_sasl_tls_security_options=noplaintext,noanonymous",
  );
  await all("no-authority", "smtp_tls_CAfile=/etc/postfix/nothing.pem");
  await all("no-map", "smtp_sasl_password_maps=$default_database_type:/etc/postfix/nothing");
  await all("no-authentication", "smtp_sasl_auth_enable=no");
  await all("wrong-port", `relayhost=[${relay.host}]:465`);
  await all("no-such-name", "relayhost=[no-such-relay.example.test]:587");
  await Promise.all(
    hosts.map((host) => host.firewall(`ip daddr ${relay.address} drop`, `ip6 daddr ${relay.address6} drop`)),
  );
  await all("dropped");
} finally {
  await world.close();
}
