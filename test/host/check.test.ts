// What a check asks of a host, in each shell that a host may have.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const tool = definitions();

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "check-"));
  for (const folder of ["etc/postfix", "var/lib/postfix-relay", "var/log", "run", "bin"])
    mkdirSync(join(root, folder), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const run = (script: string) => {
    writeFileSync(join(root, "script"), `set -u\n${tool}\n${script}`);
    return execFileSync(program, [...args, join(root, "script")], {
      encoding: "utf8",
      env: { PATH: `${join(root, "bin")}:${process.env.PATH}`, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
  };
  const runs = needs(program);

  runs("a fingerprint holds until a file changes, and none is kept of a file that is young", () => {
    const known = `files=$(fingerprint)
      if is_as_checked "$files"; then
        echo "$facts_label|$facts_version|$facts_user|$facts_log_name|$facts_log_file"
      else echo changed; fi`;
    const keep = `facts_label='a proven' facts_version='' facts_user=101 facts_log_name='b c' facts_log_file=''
      keep_fingerprint "$files"`;
    const steps = [known, keep, known, "sleep 2.1", known, keep, known, known, `: > "$etc/x"`, known, keep, known];
    expect(run(steps.join("\n"))).toBe(
      ["changed", "changed", "changed", "a proven||101|b c|", "a proven||101|b c|", "changed", "changed", ""].join(
        "\n",
      ),
    );
    expect(
      run(
        `echo x > "$fingerprint_file"; ${known}; : > "$fingerprint_file"; ${known}; rm "$fingerprint_file"; ${known}; echo`,
      ),
    ).toBe("changed\nchanged\nchanged\n\n");
  });

  runs("units are asked of at once", () => {
    const ask = (...states: string[]) =>
      `systemctl() { printf '%s\\n' ${states.join(" ")}; }; all_enabled a b; echo $?`;
    expect(run([ask("enabled", "enabled"), ask("enabled"), ask("enabled", "masked")].join("\n"))).toBe("0\n1\n1\n");
  });

  runs("packages are asked of at once", () => {
    const ask = (...lines: string[]) =>
      `printf '#!/bin/sh\\ncat <<X\\n%s\\nX\\n' '${lines.join("\n")}' > "$root/bin/dpkg-query"
       chmod 755 "$root/bin/dpkg-query"; apt_compare postfix sasl certs; echo "$apt_missing|$apt_version"`;
    expect(run(ask("ii  postfix 3.7-0+b1", "iU  certs 1", "iHR sasl 2"))).toBe("|3.7-0+b1\n");
    expect(run(ask("rc  postfix 3.7", "un  certs ", "ii  sasl 2"))).toBe("postfix certs |3.7\n");
  });

  runs("the proof is told field by field", () => {
    writeFileSync(join(root, "var/lib/postfix-relay/proven"), "17 3.7-0 250 Ok:  as (x)\n");
    const each = "proof_field 1; proof_field 2; proof_field 3-";
    expect(run(`${each}; rm "$state/proven"; echo "[$(proof_field 1)$(proof_field 2)$(proof_field 3-)]"`)).toBe(
      "17\n3.7-0\n250 Ok:  as (x)\n[]\n",
    );
  });

  runs.each([
    [
      "in sync",
      "check_sync=yes facts_label='1a2b proven' queue_active=0 queue_deferred=0 queue_hold=0",
      ["In sync: this host matches what was proven.", "Live          1a2b, proven", "Queue         empty"],
    ],
    [
      "drift",
      `check_sync=no check_drift='delivery a b${"\n"}packages+delivery c' facts_label='1a2b paused'
       queue_active=1 queue_deferred=2 queue_hold=0 queue_oldest=7300 queue_reason='connect to x: timed out'`,
      [
        "Drift: this host no longer matches what was proven; 'pulumi up' repairs it:\n  a b\n  c\nManaged by    mail/prod/web-1",
        "Live          1a2b, paused: mail waits for a new password",
        "Queue         1 active, 2 deferred, 0 on hold; the oldest for 2 h, waiting for: connect to x: timed out",
      ],
    ],
    [
      "cannot tell, and an answer that would write on the terminal",
      `check_sync=unknown check_why='another run' facts_label=original queue_active=0 queue_deferred=0 queue_hold=0
       relayed_answer="$(printf '250 \\033[2J')"`,
      [
        "Unknown whether this host matches what was proven: another run",
        "Live          the configuration of before postfix-relay, or none",
        "Last relayed  2000-01-01 00:00:00 +0000: 250  [2J\n",
      ],
    ],
  ])("what a person reads: %s", (_, facts, lines) => {
    writeFileSync(join(root, "var/lib/postfix-relay/owner"), "mail/prod/web-1\n");
    writeFileSync(join(root, "var/lib/postfix-relay/live"), "1a2b proven\n");
    const text = run(`export TZ=UTC; relayed_at=946684800 relayed_answer='250 Ok'; ${facts}\ncheck_text`);
    for (const line of lines) expect(text).toContain(line);
    expect(text).not.toMatch(/[^\x20-\x7e\n]/);
  });

  runs("times as a person says them", () => {
    expect(run("for s in 0 119 120 7199 7200 172799 172800; do age $s; done")).toBe(
      "0 s\n119 s\n2 min\n119 min\n2 h\n47 h\n2 days\n",
    );
  });

  runs("an answer is kept and told as the relay host gave it, backslashes and all", () => {
    const answer = "250 2.0.0 Ok: queued as C:\\new\\cat.eml";
    const stand = "postfix_version() { echo 3.7-0; }; durable() { :; }";
    expect(run(`${stand}; note_proof '${answer}'; proof_field 3-; grep -c . "$state/proven"`)).toBe(`${answer}\n1\n`);
    expect(run(`delivery_status=bounced delivery_answer='550 CORP\\cronjob \\0101'; delivery_reason`)).toBe(
      "550 CORP\\cronjob \\0101\n",
    );
  });

  runs("a service of master.cf that postconf cannot write back ends the step, and not a part of it", () => {
    // The look at the services gives one that was changed; postconf writes none.
    const stand = `postconf() { case $* in *-Me*) return 1 ;; esac; }; cmp() { return 1; }
      changed_services() { echo 'smtp/unix was changed'; }; is_master_proven() { :; }`;
    const files = `mkdir -p "$root/g" "$state/good/etc"; : > "$state/good/etc/master.cf"; : > "$etc/master.cf"
      echo 'x proven' > "$state/live"`;
    const script = `${stand}; ${files}; mend_master "$root/g"; echo "$? $failure"`;
    expect(run(script)).toBe("78 postconf cannot write the service smtp/unix of master.cf.\n");
  });

  runs("where the reports are that the relay refused", () => {
    const figures = "relayed_lost=1 relayed_kept=2 relayed_keeper=postfix relayed_lost_why='no <>'";
    expect(run(`${figures}; told_reports`)).toBe(
      "the newest lines of the log have 2 reports of undelivered mail that were refused, so the sender does not know of " +
        "that mail: they are in the mailbox of the user postfix on this host, /var/mail/postfix (no <>)\n" +
        "the newest lines of the log have 1 reports of undelivered mail that were refused and are gone, so nobody knows " +
        "of that mail (no <>)\n",
    );
    expect(run("relayed_lost=0 relayed_kept=0; told_reports")).toBe("");
  });

  runs.each([
    ["room", "Avail Inodes IFree\\n20000 900 800", ""],
    [
      "little room",
      "Avail Inodes IFree\\n15000 900 800",
      /has room for 14 MB: Postfix takes no mail at port 25 .* 14 MB/,
    ],
    ["a larger limit", "Avail Inodes IFree\\n20000 900 800", /has room for 19 MB.* less than 28 MB/, 20_000_000],
    ["no inodes left", "Avail Inodes IFree\\n90000 900 99", /has room for 99 files more/],
    ["a file system without inodes", "Avail Inodes IFree\\n90000 0 0", ""],
    ["another df", "usage: df", ""],
  ])("told of the disk: %s", (_, df, said, limit = 10_240_000) => {
    mkdirSync(join(root, "var/lib/postfix-relay/good/etc"), { recursive: true });
    writeFileSync(join(root, "var/lib/postfix-relay/good/etc/main.cf"), `message_size_limit = ${limit}\n`);
    expect(run(`df() { printf '${df}\\n'; }; told_room`)).toMatch(said || /^$/);
  });

  runs("what is told stands behind the drift, and is no drift", () => {
    writeFileSync(join(root, "var/lib/postfix-relay/live"), "1 proven\n");
    const facts = `check_why='' facts_label='1 proven' queue_active=0 queue_deferred=0 queue_hold=0 relayed_at='' relayed_answer=''`;
    const both = run(`${facts}; check_sync=no check_drift='delivery a' check_told='b'; check_text`);
    expect(both).toContain("'pulumi up' repairs it:\n  a\n'pulumi up' does not repair this:\n  b\n");
    const only = run(`${facts}; check_sync=yes check_drift='' check_told='b'; check_text`);
    expect(only).toMatch(/^In sync: .*\n'pulumi up' does not repair this:\n {2}b\n/);
  });

  runs("a queue is empty only if all of its folders were seen", () => {
    const make = 'mkdir -p "$spool/maildrop" "$spool/incoming" "$spool/active" "$spool/hold"';
    const told = "if queue_is_empty; then echo 0; else echo 1; fi";
    const last = 'mkdir -p "$spool/deferred/A"';
    expect(run(`${told}; ${make}; ${told}; ${last}; ${told}; : > "$spool/deferred/A/AF1"; ${told}`)).toBe(
      "1\n1\n0\n1\n",
    );
  });
});
