// Addresses that come later, and services of master.cf that are others: pure functions of the host tool.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const tool = definitions("postfix/master-cf");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "bridges-"));
  for (const folder of ["etc/postfix", "etc/systemd/system", "var/lib/postfix-relay/good/etc"])
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "etc/systemd/system/postfix-relay-bridges.service"), "");
});
afterEach(() => rmSync(root, { recursive: true }));

const proven = `# comment
smtp      inet  n       -       y       -       -       smtpd
pickup    unix  n       -       y       60      1       pickup
  -o a=b
qmgr unix n - n 300 1 qmgr
127.0.0.1:10625 inet n - y - - smtpd
172.17.0.1:25 inet n - y - - smtpd
[fd00::1]:25 inet n - y - - smtpd
`;

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const run = (script: string) => {
    writeFileSync(join(root, "script"), `set -u\n${tool}\n${script}`);
    return execFileSync(program, [...args, join(root, "script")], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
  };
  const runs = needs(program);
  const there = 'ip() { case "$*" in *172.17*) echo "2: docker0" ;; esac; }';

  runs("bridges that are missing are left out of main.cf, once, and are in it again when they are there", () => {
    writeFileSync(join(root, "etc/postfix/master.cf"), proven);
    writeFileSync(join(root, "etc/postfix/main.cf"), "a = b\nmaster_service_disable = x/unix\n");
    writeFileSync(join(root, "var/lib/postfix-relay/live"), "1 proven\n");
    const settle = 'settle_bridges; echo "$? $(bridges_left_out)"';
    const none = `ip() { :; }; ${settle}`;
    const all = `ip() { echo "2: docker0"; }; ${settle}`;
    expect(run([none, none, `${there}; ${settle}`, all, all, 'cat "$etc/main.cf"'].join("\n"))).toBe(
      [
        "0 172.17.0.1 [fd00::1] ",
        "1 172.17.0.1 [fd00::1] ",
        "0 [fd00::1] ",
        "0 ",
        "1 ",
        "a = b",
        "master_service_disable = x/unix",
        "",
      ].join("\n"),
    );
    expect(run(`${none}; tail -n 3 "$etc/main.cf"`)).toMatch(
      /\n# --- Added .*\n# Bridges .*\nmaster_service_disable = 172\.17\.0\.1:25\/inet \[fd00::1\]:25\/inet x\/unix\n$/,
    );
  });

  runs("what else stands below the marker stays", () => {
    const text = "$marker\n# paused\ndefer_transports = smtp";
    const lines = `printf 'x = y\n%s\n# paused\ndefer_transports = smtp\n' "$marker" > "$root/f"`;
    const adds = `${lines}; ip() { :; }; leave_out_bridges "$etc" "$root/f"; without_bridges < "$root/f"`;
    writeFileSync(join(root, "etc/postfix/master.cf"), proven);
    expect(run(adds)).toBe(`x = y\n${text.replace("$marker", "# --- Added by postfix-relay for a while ---")}\n`);
  });

  runs("a host without ip, or with a name: it may be there", () => {
    expect(run("ip() { return 127; }; has_address 172.17.0.1; echo $?; has_address docker.example; echo $?")).toBe(
      "0\n0\n",
    );
  });

  runs.each([
    ["white space and comments", proven.replaceAll("       ", " ").replace("# comment\n", "#\n\n"), ""],
    ["a changed service", proven.replace("a=b", "a=c"), "pickup/unix was changed\n"],
    ["one that is gone", proven.replace(/qmgr.*\n/, ""), "qmgr/unix is gone\n"],
    ["one that others reach", `${proven}0.0.0.0:2525 inet n - y - - smtpd\n`, "0.0.0.0:2525/inet was added\n"],
    ["one at a port that nobody knows", `${proven}nosuchport inet n - y - - smtpd\n`, "nosuchport/inet was added\n"],
    [
      "some of the host's own",
      `${proven}465 inet n - y - - smtpd\n127.0.0.1:99 inet n - y - - smtpd\nx unix - - n - - pipe\n`,
      "",
    ],
    ["a line that is none", `garbage\n${proven}`, ""],
  ])("services of master.cf: %s", (_, live, said) => {
    writeFileSync(join(root, "var/lib/postfix-relay/good/etc/master.cf"), proven);
    writeFileSync(join(root, "etc/postfix/master.cf"), live);
    expect(run('getent() { return 2; }; changed_services "$etc"')).toBe(said);
  });
});
