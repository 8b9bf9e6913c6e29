// Sentences of the host tool that depend on what the host is: each has to be true.

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
  root = mkdtempSync(join(tmpdir(), "words-"));
  for (const folder of ["etc/postfix", "usr/sbin", "var/lib/postfix-relay/packages", "var/lib/postfix-relay/good/sent"])
    mkdirSync(join(root, folder), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const runs = needs(program);
  const run = (script: string) => {
    writeFileSync(join(root, "script"), `set -u\n${tool}\n${script}`);
    return execFileSync(program, [...args, join(root, "script")], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
  };

  runs("what the host does after a failure", () => {
    const placeholder = `echo x > "$state/placeholder.cf"; cp "$state/placeholder.cf" "$etc/main.cf"`;
    const now = (...lines: string[]) => run([...lines, "unchanged"].join("\n"));
    expect(now()).toBe("Nothing was changed.\n");
    // apt failed before it did anything, with another mail system on the host, and on one without any.
    expect(now(placeholder, ': > "$root/usr/sbin/sendmail"')).toBe("Nothing was changed.\n");
    expect(now('rm "$root/usr/sbin/sendmail"')).toBe("Nothing was changed.\n");
    // It failed between the two.
    expect(now('echo dma > "$state/packages/removed"')).toMatch(/^No mail system is installed here now/);
    expect(now(': > "$root/usr/sbin/sendmail"; : > "$root/usr/sbin/postfix"')).toMatch(
      /^Postfix is installed and keeps/,
    );
    expect(now(`printf '1a proven\\nmain.cf\\n' > "$state/live"`)).toBe("The live configuration was not changed.\n");
    expect(now(`printf '1a paused\\nmain.cf\\n' > "$state/live"`)).toMatch(/mail is paused/);
  });

  runs("why Postfix did not start: the line with the reason, and not what follows from it", () => {
    const failing = (...lines: string[]) =>
      run(`journalctl() { printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}; }
        live_value() { :; }; tail() { case $* in *-n\\ 1) command tail -n 1 ;; esac; }; start_failure "$(now)"`);
    const reason = "fatal: open lock file /var/lib/postfix/master.lock: cannot open file: Permission denied";
    const after = ["fatal: daemon initialization failure", "fatal: mail system startup failed"];
    expect(failing("fatal: older", reason, ...after)).toBe(`${reason}\n`);
    expect(failing(reason, after[1] ?? "", "fatal: the Postfix mail system is not running")).toBe(`${reason}\n`);
    expect(failing("info", ...after)).toBe(`${after[1]}\n`);
    expect(failing("nothing")).toBe("\n");
  });

  runs("a password that is a word of a report does not damage it, nor does the report tell it", () => {
    const words = ["delivery", "proven", "prod", "relay", "3.7.11", "no", "2.0.0"];
    writeFileSync(
      join(root, "var/lib/postfix-relay/good/sent/sasl_passwd"),
      words.map((word, at) => `[h${at}]:587 u:${word}\n`).join(""),
    );
    const report = run(`verb=check; facts_label='1a2b proven' facts_version=3.7.11 check_sync=no check_why=''
      queue_active=0 queue_deferred=0 queue_hold=0 queue_oldest=0 queue_reason='' relayed_at=1 relayed_answer='250 a relay b'
      check_drift='packages+delivery x'; record owner mail/prod/relay; check_json`);
    expect(JSON.parse(report)).toMatchObject({
      sync: "no",
      live: "1a2b proven",
      owner: "mail/prod/relay",
      steps: ["delivery", "packages"],
      postfixVersion: "3.7.11",
      relayedAnswer: "250 a [secret] b",
    });
  });

  runs("such a password is refused; one that only has such a word in it is not", () => {
    mkdirSync(join(root, "run/postrelay"), { recursive: true });
    const stage = (password: string) => {
      writeFileSync(join(root, "run/postrelay/sasl_passwd"), `[h]:587 user:${password}\n`);
      return run(`verb=stage; (require_tellable) 2>&1; echo "$?"`);
    };
    for (const word of ["relay", "delivery", "proven", "the li", "sasl_passwd"])
      expect(stage(word), word).toMatch(
        /^postrelay: a password \(credentials\.password.*\nWhat to do: .*with the provider\.\n.*\n78\n$/,
      );
    for (const word of ["relaypass", "a relay of mine!", "xyz", "correct horse battery"])
      expect(stage(word)).toBe("0\n");
  });
});
