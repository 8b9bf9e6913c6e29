import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { publicFiles } from "../../../src/postfix/generation.ts";
import { parseSettings } from "../../../src/settings/parse.ts";
import { definitions } from "../../support/modules.ts";
import { openWorld, releasesOf } from "../world.ts";
import { relayClients } from "./relay-clients.ts";

// What would end when ours takes the place of a main.cf of the host's own: all of it that is not known to be harmless.
// Asked of the Postfix of each release, without a change of the host.
const { world } = await openWorld();
const hosts: LabHost[] = [];
beforeAll(async () => {
  const wanted = releasesOf(world, ["bullseye", "bookworm", "trixie", "sid"]);
  const boot = (release: (typeof wanted)[number]) => world.lab.host({ release, name: release, packages: ["postfix"] });
  hosts.push(...(await Promise.all(wanted.map(boot))));
  for (const host of hosts) {
    await host.must(
      "cat > /root/ends.sh && mkdir -p /root/staged/etc /run/postrelay && cp /etc/postfix/master.cf /root/staged/etc/",
      {
        input: `set -u\nLC_ALL=C verb=test\n${definitions("switch/ends")}\n"$@"\n`,
      },
    );
    await host.must("cat > /root/staged/etc/main.cf", { input: staged() });
  }
});

/** The main.cf to come, with these further arguments. */
function staged(more: Record<string, unknown> = {}): string {
  const args = {
    domain: "example.com",
    relayHost: { host: "smtp.example.net" },
    testDelivery: { to: "ops@example.org" },
  };
  const { value, problems } = parseSettings("web", { ...args, ...more });
  if (!value) throw new Error(JSON.stringify(problems));
  const { "main.cf": text } = publicFiles("project/stack/web", value);
  return `compatibility_level = 2\ndefault_database_type = hash\nrelay_host_names = web\n${text}`;
}

/** Writes a main.cf, and gives what would end, and what would become another. */
async function asked(host: LabHost, mainCf?: string): Promise<{ ends: string[]; changes: string[] }> {
  if (mainCf !== undefined) await host.must("cat > /etc/postfix/main.cf", { input: mainCf });
  const lines = async (call: string) =>
    (await host.must(`sh /root/ends.sh ${call} /root/staged`)).split("\n").filter(Boolean);
  const changes = await lines("what_changes");
  return { ends: (await lines("what_ends")).filter((line) => !changes.includes(line)), changes };
}

const names = () =>
  readFileSync(new URL("../../../src/host/tool/switch/harmless.txt", import.meta.url), "utf8")
    .replace(/^#.*$/gm, "")
    .split(/\s+/)
    .filter(Boolean);

test("each name on the list of what is harmless is a parameter of some release, and stands there once", async () => {
  const known = (await Promise.all(hosts.map((host) => host.must("postconf -dH")))).flatMap((text) =>
    text.split(/\s+/),
  );
  expect(names().length).toBeGreaterThan(150);
  expect(
    names().filter((name) => !known.some((one) => (name.startsWith("_") ? one.endsWith(name) : one === name))),
  ).toEqual([]);
  expect(names().filter((name, at) => names().indexOf(name) !== at)).toEqual([]);
});

const kinds = ["Internet Site", "Internet with smarthost", "Satellite system", "Local only", "No configuration"];

test("what Debian's package writes for each kind of host ends without a word", async () => {
  const each = async (host: LabHost) => {
    const told: string[] = [];
    for (const kind of kinds) {
      const relayHost = /smarthost|Satellite/.test(kind) ? "smtp.example.net" : "";
      const answers = [
        `main_mailer_type select ${kind}`,
        "mailname string web.example.com",
        `relayhost string ${relayHost}`,
      ];
      await host.must(
        "rm -f /etc/postfix/main.cf && debconf-set-selections && DEBIAN_FRONTEND=noninteractive dpkg-reconfigure postfix > /dev/null 2>&1",
        { input: answers.map((answer) => `postfix postfix/${answer}\n`).join("") },
      );
      const written = await host.run("postconf -h relayhost default_transport inet_interfaces");
      told.push(kind === "No configuration" ? `${written.code}` : written.stdout);
      expect((await asked(host)).ends, `${host.release}: ${kind}\n${written.stdout}`).toEqual([]);
    }
    return told;
  };
  // The kinds were really made: each is another one.
  for (const told of await Promise.all(hosts.map(each)))
    expect(new Set(told).size, told.join("\n---\n")).toBe(kinds.length);
});

test("what guides about relay hosts have their readers write ends without a word", async () => {
  expect(relayClients.length).toBeGreaterThan(10);
  const each = async (host: LabHost) => {
    for (const [guide, mainCf] of relayClients) {
      const { ends, changes } = await asked(host, mainCf);
      expect(ends, `${host.release}: ${guide}`).toEqual([]);
      expect(changes.join(), guide).toMatch(/^(port 25 takes no mail from other machines any more)?$/);
    }
  };
  await Promise.all(hosts.map(each));
});

/** Lines of a main.cf, and what is said of them. */
const named: [lines: string, said: RegExp][] = [
  ["alias_maps = hash:/etc/aliases, hash:/etc/postfix/lists", /^alias_maps = .*lists$/],
  ["recipient_bcc_maps = hash:/etc/postfix/bcc", /^recipient_bcc_maps/],
  ["sender_bcc_maps = hash:/etc/postfix/bcc", /^sender_bcc_maps/],
  ["always_bcc = archive@example.com", /^always_bcc/],
  ["smtp_generic_maps = hash:/etc/postfix/generic", /^smtp_generic_maps/],
  ["canonical_maps = hash:/etc/postfix/canonical", /^canonical_maps/],
  ["sender_canonical_maps = regexp:/etc/postfix/canonical", /^sender_canonical_maps/],
  ["smtp_header_checks = regexp:/etc/postfix/checks", /^smtp_header_checks/],
  ["mime_header_checks = regexp:/etc/postfix/checks", /^mime_header_checks/],
  ["fallback_transport = smtp:[192.0.2.1]", /^fallback_transport/],
  ["default_transport = smtp:[192.0.2.1]", /^default_transport/],
  ["local_transport = smtp:[192.0.2.1]", /^local_transport/],
  ["luser_relay = admin@example.com", /^luser_relay/],
  ["relocated_maps = hash:/etc/postfix/relocated", /^relocated_maps/],
  ["mailbox_transport_maps = hash:/etc/postfix/boxes", /^mailbox_transport_maps/],
  ["masquerade_domains = example.com", /^masquerade_domains/],
  ["sender_dependent_relayhost_maps = hash:/etc/postfix/relays", /^sender_dependent_relayhost_maps/],
  ["smtp_fallback_relay = [smtp2.example.net]", /^smtp_fallback_relay/],
  ["transport_maps = hash:/etc/postfix/transport", /^transport_maps/],
  ["soft_bounce = yes", /^soft_bounce = yes$/],
  ["defer_transports = smtp", /^defer_transports/],
  ["authorized_submit_users = root", /^authorized_submit_users/],
  [
    "smtpd_recipient_restrictions = check_recipient_access hash:/etc/postfix/access, reject_unauth_destination",
    /^smtpd_recip/,
  ],
  ["smtpd_sasl_auth_enable = yes", /^smtpd_sasl_auth_enable/],
  ["alternate_config_directories = /etc/postfix-out", /^alternate_config_directories/],
  [
    "inet_interfaces = all\nmynetworks = 127.0.0.0/8 10.0.0.0/8 192.0.2.1",
    /^mail from 10\.0\.0\.0\/8 192\.0\.2\.1 is passed on here/,
  ],
  ["inet_interfaces = all\nmynetworks_style = subnet", /^mynetworks_style = subnet$/],
  ["queue_directory = /srv/mailq", /^the queue in \/srv\/mailq, where 0 messages wait/],
  [
    "multi_instance_directories = /etc/postfix-out",
    /^the instance of Postfix in \/etc\/postfix-out, .* 0 messages wait/,
  ],
  ["mailbox_transport_maps = inline:{ { x = lmtp:user:geheim } }", /^mailbox_transport_maps = \(not shown\)$/],
];

/** Lines of which nothing is said: they are as before, or off, or reach nobody. */
const silent = [
  "alias_maps = hash:/etc/aliases, nis:mail.aliases",
  "alias_database = hash:/etc/postfix/lists",
  "transport_maps =\nrecipient_bcc_maps =",
  "default_transport = error: nothing leaves\nrelay_transport = error",
  "virtual_transport = virtual\nlocal_transport = local",
  "inet_interfaces = loopback-only\nmynetworks = 127.0.0.0/8 10.0.0.0/8",
  "smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination",
  "milter_default_action = accept\nvirtual_minimum_uid = 100\nmulti_instance_enable = no",
  "dovecot_destination_recipient_limit = 1\nmy_own = x",
  "queue_directory = /var/spool/postfix",
];

describe("of everything else it is said", () => {
  const more = "compatibility_level = 2\ninet_interfaces = loopback-only\n";

  test("one line for each", async () => {
    const host = hosts.find(({ release }) => release === "bookworm") as LabHost;
    for (const [lines, said] of named) {
      const { ends } = await asked(host, `${lines.startsWith("inet") ? "" : more}${lines}\n`);
      expect(ends, lines).toEqual([expect.stringMatching(said)]);
      expect(ends.join()).not.toContain("geheim");
    }
    for (const lines of silent) {
      const { ends } = await asked(host, `${lines.startsWith("inet") ? "" : more}${lines}\n`);
      expect(ends, lines).toEqual([]);
    }
  });

  test("unless the main.cf to come has it too; and limits that become smaller stop nothing", async () => {
    const host = hosts[0] as LabHost;
    const own = `${more}masquerade_domains = example.com\nmessage_size_limit = 52428800\nmaximal_queue_lifetime = 30d\n`;
    expect(await asked(host, own)).toEqual({
      ends: ["masquerade_domains = example.com"],
      changes: ["maximal_queue_lifetime = 30d becomes 5d", "message_size_limit = 52428800 becomes 10240000"],
    });
    const input = staged({
      mainCf: { masquerade_domains: "example.com" },
      limits: { messageSize: 60_000_000, queueLifetimeHours: 24 },
    });
    await host.must("cat > /root/staged/etc/main.cf", { input });
    const { ends, changes } = await asked(host);
    await host.must("cat > /root/staged/etc/main.cf", { input: staged() });
    expect(ends).toEqual([]);
    expect(changes.join()).toMatch(/^maximal_queue_lifetime = 30d becomes (24h|1d)$/);
  });

  test("a name of the host's own counts where a service of master.cf uses it", async () => {
    const host = hosts[0] as LabHost;
    await host.must("cat > /etc/postfix/main.cf && cp /etc/postfix/master.cf /root/master.cf", {
      input: `${more}my_rules = permit\n`,
    });
    await host.must("postconf -Pe 'smtp/inet/smtpd_client_restrictions=$my_rules'");
    const { ends } = await asked(host);
    await host.must("cp /root/master.cf /etc/postfix/master.cf");
    expect(ends).toEqual(["my_rules = (not shown)"]);
  });
});
