// What the log of the running Postfix says of a probe, and what becomes of a switch for it.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";
import { type Case, cases } from "./sends-cases.ts";

const folder = mkdtempSync(join(tmpdir(), "sends-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const test = needs(program);
  const run = (root: string, script: string) => {
    writeFileSync(join(root, "script"), `set -u\n${definitions("candidate/sends")}\n${script}`);
    return execFileSync(program, [...args, join(root, "script")], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: root, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
  };

  /** A root file system with a log for one second after the hand-in, and one for the end. */
  const prepare = (name: string, { log = "", later = "" }: Partial<Case>) => {
    const root = join(folder, `${program}-${name}`);
    mkdirSync(join(root, "run/postrelay"), { recursive: true });
    writeFileSync(join(root, "first"), log);
    writeFileSync(join(root, "later"), later);
    return root;
  };

  test.each(cases)("$what", (row) => {
    const root = prepare(row.what.replaceAll(/\W/g, "-"), row);
    const printed = run(
      root,
      `clock=100 delivery_recipient='' delivery_relay='' delivery_dsn='' delivery_seconds='' delivery_answer=''
      delivery_clue='' delivery_line='' delivery_id='' delivery_status='' sends_verdict='' sends_reason=''
      now() { printf '%s\\n' "$clock"; }
      sleep() { clock=$((clock + 1)); }
      sends_submit() { :; }
      queue_length() { echo ${row.queue ?? 0}; }
      postconf() { printf '0s\\n0s\\n'; }
      timeout() { return 1; }
      maillog_read() {
        if [ "$clock" = 101 ]; then cat "$root/first" >>"$1"; fi
        if [ "$clock" = 105 ]; then cat "$root/later" >>"$1"; fi
      }
      logger() { :; }
      journalctl() { [ "$1" = --sync ] || echo kept; }
      maillog_place=journal sends_log=$root/log sends_older=' 7 '
      : >"$sends_log"
      sends_probe ops@example.org '[relay-1.example.test]:587' 20
      printf '%s\\n' "$sends_verdict" "$((clock - 100))" "$sends_reason"`,
    );
    const [verdict, seconds, ...reason] = printed.trimEnd().split("\n");
    expect(verdict, printed).toBe(row.verdict);
    expect(reason.join("\n")).toMatch(row.reason);
    if (row.after !== undefined) expect(Number(seconds)).toBe(row.after);
  });

  test("what postdrop says, where a message cannot be handed in", () => {
    const root = prepare("refused", {});
    const printed = run(
      root,
      `sends_verdict='' sends_reason='' maillog_place=journal
      setpriv() { echo 'postdrop: warning: mail_queue_enter: create file maildrop/1.2: Permission denied' >&2; return 75; }
      timeout() { shift; "$@"; }
      sends_probe ops@example.org '[relay-1.example.test]:587' 20
      printf '%s\\n' "$sends_verdict" "$sends_reason"`,
    );
    expect(printed).toMatch(
      /^no\nan unprivileged user cannot submit mail: .*\nWhat to do: .*\nLog: postdrop: warning: mail_queue_enter: /,
    );
  });

  test("a log file is read on where it was read last, and from its beginning when it was rotated", () => {
    const root = prepare("file", {});
    const printed = run(
      root,
      `postconf() { printf '%s\\n' root postfix "$root/maillog"; }
      printf 'one\\n' >"$root/maillog"
      maillog_mark
      maillog_read "$root/read"
      printf 'two\\n' >>"$root/maillog"
      maillog_read "$root/read"
      maillog_read "$root/read"
      mv "$root/maillog" "$root/maillog.1" && printf 'three\\n' >"$root/maillog"
      maillog_read "$root/read"
      printf 'four\\n' >>"$root/maillog"
      maillog_read "$root/read"
      cat "$root/read"`,
    );
    expect(printed).toBe("two\nthree\nfour\n");
  });

  test("a journal that keeps no such lines: mail.log counts from the mark on; a journal that does is believed", () => {
    const root = prepare("elsewhere", {});
    mkdirSync(join(root, "var/log"), { recursive: true });
    const printed = run(
      root,
      `kept='' logged=no
      logger() { logged=yes; }
      journalctl() { case $* in *--show-cursor*) echo '-- cursor: x' ;; *'-n 1'*) printf '%s' "$kept" ;; esac; }
      postconf() { printf '%s\n' root postfix ''; }
      printf 'one\n' >"$root/var/log/mail.log"
      maillog_mark
      printf 'two\n' >>"$root/var/log/mail.log"
      maillog_elsewhere && maillog_read "$root/read" && cat "$root/read"
      maillog_elsewhere || echo once
      rm "$root/var/log/mail.log"
      maillog_mark
      maillog_elsewhere && printf '%s\n' "$maillog_place"
      kept=line
      maillog_mark
      maillog_elsewhere || printf '%s %s\n' "$maillog_place" "$logged"`,
    );
    expect(printed).toBe("two\nonce\nnone\njournal yes\n");
  });
});
