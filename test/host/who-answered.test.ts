// Who replied, what that means for a further route, and the error where nobody did.

import { describe, expect, test } from "vitest";
import { type Found, look } from "../support/proof.ts";

const at = "Nov 25 15:11:29 web postfix-relay-candidate/";
const start = `${at}pickup[1]: 1A2B3C4D: uid=0 from=<root@web.example.com>\n`;
const rest = "delay=0.2, delays=0.1/0/0.1/0, dsn=2.0.0, status=sent (250 ok)";
const main = "[relay-1.example.test]:587";
const to = "ops@example.org";
const smtp = (text: string) => `${at}smtp[9]: ${text}\n`;

/** Who took it, and whether that is the relay host: yes, here, other. */
const servers: [hop: string, relay: string, who: "yes" | "here" | "other"][] = [
  [main, "relay-1.example.test[192.0.2.1]:587", "yes"],
  [main, "RELAY-1.Example.test[2001:db8::1]:587", "yes"],
  [main, "relay-1.example.test[192.0.2.1]:465", "other"],
  [main, "relay-1.example.test.evil.test[192.0.2.1]:587", "other"],
  [main, "relay-2.example.test[192.0.2.2]:587", "other"],
  [main, "local", "here"],
  [main, "none", "here"],
  [main, "127.0.0.1[127.0.0.1]:10025", "here"],
  [main, "localhost[::1]:25", "here"],
  [main, "cyrus", "here"],
  [main, "web[private/lmtp]", "here"],
  ["[relay-1.example.test]", "relay-1.example.test[192.0.2.1]:25", "yes"],
  ["[relay-1.example.test]:submission", "relay-1.example.test[192.0.2.1]:587", "yes"],
  ["[192.0.2.1]:587", "192.0.2.1[192.0.2.1]:587", "yes"],
  ["[192.0.2.1]:587", "192.0.2.11[192.0.2.11]:587", "other"],
  ["[ipv6:2001:DB8::1]:587", "2001:db8::1[2001:db8::1]:587", "yes"],
  ["[ipv6:2001:db8:0:0::1]:587", "2001:db8:0:0::1[2001:db8::1]:587", "yes"],
  ["[ipv6:2001:db8::1]", "2001:db8::1[2001:db8::1]:25", "yes"],
  ["[IPv6:2001:db8::2]:587", "2001:db8::1[2001:db8::1]:587", "other"],
  ["[127.0.0.1]:1465", "127.0.0.1[127.0.0.1]:1465", "yes"],
  ["[127.0.0.1]:1465", "127.0.0.1[127.0.0.1]:10025", "here"],
  ["example.test:587", "mx1.provider.test[192.0.2.3]:587", "yes"],
  ["example.test:587", "mx1.provider.test[192.0.2.3]:465", "other"],
  ["example.test:587", "localhost[127.0.0.1]:587", "here"],
  ["example.test", "mx1.provider.test[192.0.2.3]:25", "yes"],
];

describe("who answered", () => {
  const line = (relay: string, status = "sent") =>
    smtp(`1A2B3C4D: to=<ops@example.org>, relay=${relay}, ${rest.replace("sent", status)}`);
  const to = "ops@example.org";
  const found = look(servers.map(([hop, relay]) => ({ log: start + line(relay), to, hop })));
  const probed = look(
    servers.map(([hop, relay]) => ({
      log: start + line(relay, "deliverable"),
      to,
      hop,
      probe: { id: "1A2B3C4D", kind: "fallback" },
    })),
  );
  test.each(servers.map((row, at) => [...row, found[at] as Found, probed[at] as Found] as const))(
    "%s: %s",
    (_, __, who, found, probed) => {
      const why = {
        yes: /^$/,
        here: /was delivered on this host.*testDelivery\.to outside/s,
        other: /relay host of its own.*testDelivery\.from/s,
      };
      expect(found).toMatchObject({
        verdict: who === "yes" ? "sent" : "failed",
        reason: expect.stringMatching(why[who]),
      });
      expect(probed.verdict).toBe(who === "yes" ? "proven" : "unproven");
    },
  );
});

describe("a further route", () => {
  const h = "relay-2.example.test[192.0.2.2]";
  const line = (reason: string) =>
    smtp(
      `1A2B3C4D: to=<${to}>, relay=${h}:587, delay=0.2, delays=0/0/0/0, dsn=5.0.0, status=undeliverable (${reason})`,
    );
  const reply = (answer: string, command = "MAIL FROM") => `host ${h} said: ${answer} (in reply to ${command} command)`;
  const login = (answer: string) => `SASL authentication failed; server ${h} said: ${answer}`;

  test.each([
    ["fallback", login("535 5.7.8 no"), "refused"],
    ["senderDependent", login("535 5.7.8 no"), "refused"],
    ["senderDomain", login("535 5.7.8 no"), "refused"],
    ["fallback", login("454 4.7.0 later"), "unproven"],
    ["senders", reply("553 5.7.1 <a@example.com>: Sender address rejected: not owned by user x"), "refused"],
    ["senderDomain", reply("553 5.7.1 <a@example.com>: Sender address rejected: not owned by user x"), "unproven"],
    ["senderDependent", reply("550 5.7.1 no"), "refused"],
    ["senderDomain", reply("550 5.7.1 no"), "unproven"],
    ["senderDomain", reply("550 5.1.1 User unknown", "RCPT TO"), "refused"],
    ["senders", reply("450 4.1.8 <a@example.com>: Sender address rejected: Domain not found"), "unproven"],
    ["fallback", reply("450 4.2.0 Greylisted", "RCPT TO"), "unproven"],
    ["fallback", "Server certificate not verified", "refused"],
    ["fallback", `TLS is required, but was not offered by host ${h}`, "refused"],
    ["fallback", "connect to relay-2.example.test[192.0.2.2]:587: Connection timed out", "unproven"],
    ["fallback", `host ${h} refused to talk to me: 421 4.7.0 later`, "unproven"],
    [
      "senderDomain",
      "Host or domain name not found. Name service error for name=r.example.test type=A: Host not found",
      "unproven",
    ],
  ])("%s: %s is %s", (kind, reason, verdict) => {
    const [found] = look([{ log: start + line(reason), to, probe: { id: "1A2B3C4D", kind } }]);
    expect(found).toMatchObject({ verdict, settled: "yes", reason: expect.stringContaining(reason) });
  });

  test("is not judged while its line is missing, or is about somebody else", () => {
    const other = smtp(`1A2B3C4D: to=<deploy@web.example.com>, relay=local, ${rest.replace("sent", "deliverable")}`);
    const [nothing, copy] = look(
      [start, start + other].map((log) => ({ log, to, probe: { id: "1A2B3C4D", kind: "fallback" } })),
    );
    for (const found of [nothing, copy])
      expect(found).toMatchObject({ verdict: "unproven", status: "", settled: "no" });
  });

  test("is refused at once where Postfix dies of it, but not for earlier lines", () => {
    const fatal = smtp("fatal: unknown service: bogus/tcp");
    const [found, before] = look(
      [start + fatal, fatal + start].map((log) => ({ log, to, probe: { id: "1A2B3C4D", kind: "fallback" } })),
    );
    expect(before).toMatchObject({ verdict: "unproven", status: "", clue: "" });
    expect(found).toMatchObject({
      verdict: "refused",
      settled: "yes",
      reason: expect.stringMatching(/Postfix itself fails/),
    });
  });
});

describe("a path that Postfix may not use", () => {
  const log =
    start + smtp("fatal: open database /var/lib/postfix-relay/candidate/data/smtp_scache.db: Permission denied");
  const ask = (journalctl: string) =>
    look([{ log, to, hop: main, token: "-", skip: 0 }], { programs: { journalctl } })[0]?.reason;
  const denial =
    'audit: type=1400 audit(1700000000.123:45): apparmor="DENIED" operation="open" profile="/usr/lib/postfix/sbin/smtp" name="/var/lib/postfix-relay/candidate/data/smtp_scache.db" pid=7';

  test("where the kernel's log names AppArmor, the reason does", () => {
    expect(ask(`echo '${denial}'; echo 'audit: apparmor="DENIED" profile="msmtp" name="/x"'`)).toMatch(
      /^AppArmor on this host forbids .*\nWhat to do: .*\/var\/lib\/postfix-relay\/candidate.*\nLog: audit: .*smtp_scache.*\nLog: postfix/,
    );
  });

  test("elsewhere it is about owners and modes", () => {
    for (const journal of ["exit 1", "echo nothing", `echo '${denial.replace("DENIED", "ALLOWED")}'`])
      expect(ask(journal)).toMatch(/^A program of Postfix may not use the path/);
  });
});

describe("a name that Postfix does not find", () => {
  const reason =
    "Host or domain name not found. Name service error for name=relay-1.example.test type=AAAA: Host not found";
  const log =
    start + smtp(`1A2B3C4D: to=<${to}>, relay=none, delay=0.2, delays=0/0/0/0, dsn=4.3.5, status=deferred (${reason})`);
  const ask = (getent: string) =>
    look([{ log, to, hop: main, token: "-", skip: 0 }], { programs: { getent } })[0]?.reason;

  test("but the host does: smtp_host_lookup", () => {
    expect(ask('[ "$*" = "ahosts relay-1.example.test" ]')).toMatch(
      /^This host knows relay-1\.example\.test, but not from DNS.*\nWhat to do: Set mainCf: \{ smtp_host_lookup: "dns, native" \}\.\nLog: /,
    );
  });

  test("nor the host: spelling and DNS", () => {
    expect(ask("exit 2")).toMatch(/^The relay's name does not resolve on this host/);
  });
});

describe("a message that nobody has logged", () => {
  const log = `${at}master[1]: daemon started -- version 3.7.11, configuration /x\n`;
  const silent = (text: string, programs: Record<string, string> = {}) =>
    look([{ log: text, to, hop: main }], { programs })[0]?.reason;

  test("which sendmail it was handed to", () => {
    expect(silent(log, { sendmail: "exit 0" })).toMatch(
      /^Postfix had not even logged the message within 60 seconds, which was handed to \/\S*\/sendmail\.$/,
    );
  });

  test("the last warning of pickup and cleanup", () => {
    const warnings = `${at}cleanup[2]: warning: 6D2DB509: virtual_alias_maps map lookup problem for ops@example.org -- message not accepted, try again later\n${at}pickup[3]: warning: maildrop/62878507: error writing 6D2DB509: queue file write error\n`;
    expect(silent(log + warnings, { sendmail: "exit 0" })).toMatch(
      /^Postfix had not even logged.*\nA map of Postfix is missing.*\nLog: postfix-relay-candidate\/cleanup\[2\]: warning: 6D2DB509: virtual_alias_maps/s,
    );
    expect(silent(start + warnings)).toMatch(/^A map of Postfix is missing/);
  });
});
