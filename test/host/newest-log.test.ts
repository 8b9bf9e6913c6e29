// What a check reads in the log: when mail last left, and what was lost; and that nobody else writes it.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const tool = definitions("watch/queue");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "newest-log-"));
  for (const folder of ["var/lib/postfix-relay", "var/log"]) mkdirSync(join(root, folder), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const run = (script: string) => {
    writeFileSync(join(root, "script"), `set -u\n${tool}\n${script}`);
    return execFileSync(program, [...args, join(root, "script")], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
  };
  const runs = needs(program);

  const line = (time: string, answer: string) =>
    `${time} web postfix/smtp[7]: 1F: to=<a@example.org>, relay=r[192.0.2.1]:587, status=sent (${answer})`;
  const here = "99.5 web postfix/smtp[7]: 1F: to=<a@example.org>, relay=127.0.0.1[127.0.0.1]:10024, status=sent (250)";
  const deferred = line("98.5", "450").replace("sent", "deferred");

  /** A lookup of the log: what the journal has for Postfix alone, whether it has anything, and mail.log. */
  const told = (journal: string[], log: string[], print: string, { any = journal.length > 0, file = "" } = {}) => {
    const text = (lines: string[]) => lines.map((one) => `${one}\n`).join("");
    writeFileSync(join(root, "var/lib/postfix-relay/proven"), "17 3.7-0 250 proven\n");
    writeFileSync(join(root, "journal"), text(journal));
    if (log.length) writeFileSync(join(root, "var/log/mail.log"), text(log));
    // The journal is read from its end, and by fields that nobody can forge.
    const reads = `journalctl() {
      case "$*" in
      *' -r '*SYSLOG_IDENTIFIER=x/smtp*'_UID=101 + _UID=0 _COMM=master _COMM=local '*) cat "$root/journal" ;;
      '-q -n 1 -o cat') ${any ? "echo x" : ":"} ;;
      *) echo "99 web postfix/smtp[7]: 1F: to=<a@b>, relay=x, status=sent (250 FORGED)" ;;
      esac
    }`;
    return run(`${reads}\nread_newest_log 101 x ${file || "''"}; printf '%s\\n' "${print}"`);
  };
  const last = "$relayed_at $relayed_answer $relayed_lost $maillog_place";

  runs.each<[what: string, journal: string[], log: string[], told: string, more?: { any?: boolean; file?: string }]>([
    ["nothing at all", [], [], "17 250 proven 0 none"],
    [
      "a journal without Postfix",
      [],
      [line("2000-01-01T00:01:10+00:00", "250 f")],
      "17 250 proven 0 journal",
      { any: true },
    ],
    ["the journal", [deferred, line("50.5", "250 (b) c"), line("40.5", "250 d"), here], [], "50 250 (b) c 0 journal"],
    [
      "the journal, and nothing of mail.log, where everybody can write",
      [line("946684860.1", "250 j")],
      [line("2000-01-01T00:01:10+00:00", "250 f")],
      "946684860 250 j 0 journal",
    ],
    [
      "mail.log, where there is no journal",
      [],
      [line("2000-01-01T00:01:10.5+00:00", "250 f"), here],
      "946684870 250 f 0 open",
    ],
    [
      "a file of Postfix's own, and nothing of the journal",
      [line("50.5", "250 j")],
      [line("2000-01-01T00:01:10+00:00", "250 f")],
      "946684870 250 f 0 file",
      { file: '"$root/var/log/mail.log"' },
    ],
  ])("the last message that left: %s", (_, journal, log, wanted, more) => {
    expect(told(journal, log, last, more)).toBe(`${wanted}\n`);
  });

  const quoted = '"x>, relay=r[192.0.2.1]:587, status=sent (250 FORGED"@example.org';
  runs.each([
    ["a recipient that imitates the rest of a line", `smtp[7]: 1F: to=<${quoted}>, relay=r, status=bounced (550 no)`],
    ["an alias that does", `smtp[7]: 1F: to=<a@b.example>, orig_to=<${quoted}>, relay=r, status=bounced (550 no)`],
    [
      "an answer that does",
      "smtp[7]: 1F: to=<a@b>, relay=r, dsn=4.0.0, status=deferred (450 a, dsn=2.0.0, status=sent (x))",
    ],
    [
      "a refusal that does",
      "smtp[7]: 1F: to=<a@b>, relay=r, dsn=5.0.0, status=bounced (550 a, dsn=2.0.0, status=sent (x))",
    ],
    ["a header", "cleanup[7]: 2F: warning: header Subject: x]: 3F: to=<a@b.example>, relay=r, status=sent (250 no)"],
    [
      "a domain, which reaches no SMTP client",
      "error[7]: 1F: to=<x@y>, relay=r, status=sent (250 FORGED>, relay=none, status=bounced (no)",
    ],
  ])("nobody forges the last delivery by %s", (_, forged) => {
    expect(told([`60 web postfix/${forged}`, line("50.5", "250 true")], [], last)).toBe("50 250 true 0 journal\n");
  });

  const bounce = (id: string) => `50 web postfix/bounce[9]: 7A1: sender non-delivery notification: ${id}`;
  const refused = (id: string) =>
    `51 web postfix/smtp[7]: ${id}: to=<a@example.org>, relay=r[192.0.2.1]:587, status=bounced (host r said: 501 <a@b.example> no (in reply to MAIL FROM command))`;

  const copied = (id: string, to: string) =>
    `52 web postfix/bounce[9]: ${id}: postmaster non-delivery notification: ${to}`;
  const put = (id: string, to = "postfix") =>
    `53 web postfix/local[8]: ${id}: to=<${to}@localhost>, relay=local, dsn=2.0.0, status=sent (delivered to mailbox)`;
  const left = (id: string) =>
    `53 web postfix/smtp[7]: ${id}: to=<o@example.org>, orig_to=<postfix@localhost>, relay=r[192.0.2.1]:587, status=sent (250 Ok)`;
  const forwarded = (id: string, to: string) =>
    `52 web postfix/local[8]: ${id}: to=<root@web>, relay=local, dsn=2.0.0, status=sent (forwarded as ${to})`;
  const why = "host r said: 501 (address) no (in reply to MAIL FROM command)";

  runs.each([
    ["a report that was delivered", [bounce("8B1")], "0 0 - "],
    ["a message that was refused, and its report not", [refused("7A1"), bounce("8B1")], "0 0 - "],
    ["two reports that were refused", [bounce("8B1"), refused("8B1"), bounce("9C1"), refused("9C1")], `2 0 - ${why}`],
    [
      "a sender that goes on as the reason",
      [
        bounce("8B1"),
        refused("8B1").replace("a@example.org", '"a>, relay=r, status=bounced (call +1 555"@example.org'),
      ],
      `1 0 - ${why}`,
    ],
    [
      "one that is in a mailbox, and one that is not",
      [put("AD1"), copied("8B1", "AD1"), refused("8B1"), bounce("8B1"), refused("9C1"), bounce("9C1")],
      `1 1 postfix ${why}`,
    ],
    ["one whose copy has left", [left("AD1"), copied("8B1", "AD1"), refused("8B1"), bounce("8B1")], "0 0 - "],
    [
      "one in the mailbox of a name that would say more",
      [put("AD1", '"a;b c"'), copied("8B1", "AD1"), refused("8B1"), bounce("8B1")],
      `0 1 abc ${why}`,
    ],
    [
      "one that an alias sends on, as rootAlias does, and whose copy is in a mailbox",
      [put("AD1"), copied("8B2", "AD1"), refused("8B2"), forwarded("8B1", "8B2"), bounce("8B1")],
      `0 1 postfix ${why}`,
    ],
    ["one that an alias sends on, lost", [bounce("8B1"), forwarded("8B1", "8B2"), refused("8B2")], `1 0 - ${why}`],
    [
      "one whose copy an alias sends on, and that has left",
      [left("AD2"), forwarded("AD1", "AD2"), copied("8B1", "AD1"), refused("8B1"), bounce("8B1")],
      "0 0 - ",
    ],
    ["a message that an alias sends on is no report", [refused("7A2"), forwarded("7A1", "7A2")], "0 0 - "],
    ["one whose copy waits", [copied("8B1", "AD1"), refused("8B1"), bounce("8B1")], `1 0 - ${why}`],
  ])("reports that nobody gets: %s", (_, journal, wanted) => {
    const figures = "$relayed_lost $relayed_kept $relayed_keeper $relayed_lost_why";
    expect(told(journal, [], figures)).toBe(`${wanted}\n`);
  });
});
