import { beforeAll, describe, expect, test } from "vitest";
import { type LabHost, until } from "../../../lab/index.ts";
import { submit } from "../../../lab/smtp.ts";
import type { Args } from "../steps.ts";
import { arrives, asFound, byHand, openScene, untouched } from "./scene.ts";

// A host that receives mail would lose it with our main.cf. What would end is listed before anything changes, and it is
// red unless an argument says to go on.
const scene = await openScene();

const goOn: Args = { replaceMailServer: true };
const all = `inet_interfaces = all
virtual_alias_domains = example.net
virtual_alias_maps = hash:/etc/postfix/virtual
home_mailbox = Maildir/
smtpd_milters = inet:127.0.0.1:8891
milter_default_action = accept
transport_maps = hash:/etc/postfix/transport
`;

async function mailServer(name: string, lines: string): Promise<LabHost> {
  const host = await scene.host(name);
  await host.must(`cd /etc/postfix && echo 'info@example.net deploy' > virtual && postmap hash:virtual &&
    echo 'partner.example.net smtp:[127.0.0.1]:2525' > transport && postmap hash:transport`);
  await byHand(host, scene.relay, lines.replace(/^inet_interfaces.*\n/m, ""));
  if (lines.includes("inet_interfaces"))
    await host.must("postconf -e inet_interfaces=all && systemctl restart postfix");
  return host;
}

const fromOutside = (host: LabHost) =>
  submit({ address: host.address, port: 25, from: "friend@example.org", to: ["info@example.net"] });

/** Waits until so many messages lie in the mailbox of the hosted domain. */
const received = (host: LabHost, count: number) =>
  until(`${count} messages in the mailbox`, async () => {
    return Number((await host.run("ls /home/deploy/Maildir/new | wc -l")).stdout) === count;
  });

describe("a mail server with all of it", () => {
  let host: LabHost;
  let before: string;
  let found: string;
  beforeAll(async () => {
    host = await mailServer("all", all);
    scene.keep(host);
    before = await untouched(host, "/etc/postfix");
    found = await asFound(host, "/etc/postfix", "/etc/aliases*");
    await fromOutside(host);
    await received(host, 1);
  });

  test("red, with what would end; the host goes on receiving mail", async () => {
    const run = await scene.steps(host).up();
    expect(run.code, run.text).not.toBe(0);
    for (const named of [
      /port 25/,
      /example\.net/,
      /home_mailbox/,
      /milters = inet:127\.0\.0\.1:8891/,
      /transport_maps/,
    ])
      expect(run.text).toMatch(named);
    expect(run.text).toContain("replaceMailServer");
    expect(await untouched(host, "/etc/postfix"), run.text).toBe(before);
    await fromOutside(host);
    await received(host, 2);
  });

  test("with replaceMailServer: green, with what ends in its output; destroy gives all of it back", async () => {
    const steps = scene.steps(host, goOn);
    const green = await steps.up();
    expect(green.code, green.text).toBe(0);
    const ends = green.results.flatMap(({ report }) => (Array.isArray(report.ends) ? report.ends.map(String) : []));
    expect(ends.join("\n")).toMatch(/example\.net/);
    expect(ends.length).toBeGreaterThanOrEqual(5);
    await arrives(host, scene.relay, "replaced@example.org");
    await expect(fromOutside(host)).rejects.toThrow();
    // Reported once: what ended is not what was there before the next change.
    const next = await steps.up({ domain: "second.example.com" });
    expect(next.code, next.text).toBe(0);
    const again = await steps.up({ domain: "third.example.com", replaceMailServer: false });
    expect(again.code, again.text).toBe(0);

    const destroy = await steps.destroy();
    expect(destroy.code, destroy.text).toBe(0);
    expect(await asFound(host, "/etc/postfix", "/etc/aliases*")).toBe(found);
    await fromOutside(host);
    await received(host, 3);
  });
});

const single: [what: string, name: string, lines: string, named: string[]][] = [
  ["a domain of its own", "own", "mydestination = example.net, localhost\n", ["mydestination", "example.net"]],
  [
    "hosted domains by alias",
    "alias",
    "virtual_alias_domains = example.net\n",
    ["virtual_alias_domains", "example.net"],
  ],
  [
    "hosted domains in mailboxes",
    "mailbox",
    "virtual_mailbox_domains = example.net\nvirtual_mailbox_base = /var/mail/vhosts\nvirtual_mailbox_maps = static:x\n",
    ["virtual_mailbox_domains", "example.net"],
  ],
  ["domains it relays for", "relay", "relay_domains = example.net\n", ["relay_domains", "example.net"]],
  ["mailboxes in the homes", "home", "home_mailbox = Maildir/\n", ["home_mailbox", "Maildir"]],
  [
    "mailboxes elsewhere",
    "spool",
    "mailbox_transport = lmtp:unix:private/dovecot-lmtp\n",
    ["mailbox_transport", "lmtp"],
  ],
  ["a delivery program", "command", "mailbox_command = /usr/bin/procmail\n", ["mailbox_command", "procmail"]],
  [
    "milters",
    "milter",
    "non_smtpd_milters = inet:127.0.0.1:8891\nmilter_default_action = accept\n",
    ["non_smtpd_milters", "8891"],
  ],
  ["a content filter", "filter", "content_filter = smtp:[127.0.0.1]:10024\n", ["content_filter", "10024"]],
  ["transports", "transport", "transport_maps = hash:/etc/postfix/transport\n", ["transport_maps"]],
];

test.each(single)("%s alone: red and named, and green with the argument", async (_, name, lines, named) => {
  const host = await mailServer(`one-${name}`, lines);
  const before = await untouched(host, "/etc/postfix");
  const steps = scene.steps(host);
  const run = await steps.up();
  expect(run.code, run.text).not.toBe(0);
  for (const name of named) expect(run.text).toContain(name);
  expect(await untouched(host, "/etc/postfix"), run.text).toBe(before);
  const green = await steps.up(goOn);
  expect(green.code, green.text).toBe(0);
});

test("a Postfix that sends by a relay host is no mail server, nor is Debian's own, which listens outside: green", async () => {
  const rows: [host: LabHost, ends: RegExp][] = [
    [await scene.host("plain"), /^(port 25 takes no mail from other machines any more)?$/],
    [await scene.handMade("sends"), /^$/],
  ];
  for (const [host, ends] of rows) {
    const run = await scene.steps(host).up();
    expect(run.code, run.text).toBe(0);
    expect(run.results.flatMap(({ report }) => (Array.isArray(report.ends) ? report.ends : [])).join("; ")).toMatch(
      ends,
    );
  }
});
