// Owners and modes of Postfix's list, beside those that a host has.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const root = mkdtempSync(join(tmpdir(), "permissions-"));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, "etc/postfix"), { recursive: true });
// As in postfix-files(5) of Postfix 3.7, and what is not for us: links, obsolete files, pages of the manual.
writeFileSync(
  join(root, "etc/postfix/postfix-files"),
  `# a comment
$config_directory:d:root:-:755:u
$data_directory:d:$mail_owner:-:700:uc
$queue_directory:d:root:-:755:uc
$queue_directory/active:d:$mail_owner:-:700:ucr
$queue_directory/maildrop:d:$mail_owner:$setgid_group:730:uc
$daemon_directory/smtp:f:root:-:755
$daemon_directory/lmtp:h:$daemon_directory/smtp
$daemon_directory/main.cf:f:root:-:644:o
$command_directory/postdrop:f:root:$setgid_group:2755:u
$command_directory/postlog:f:root:$setgid_group:2755:u
$sendmail_path:f:root:-:755
$manpage_directory/man1/mailq.1:f:root:-:644
`,
);
const parameters = `queue_directory = /var/spool/postfix
data_directory = /var/lib/postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
sendmail_path = /usr/sbin/sendmail
mail_owner = postfix
setgid_group = postdrop`;

/** As Debian has them. */
const debian = {
  "/var/lib/postfix": "755 postfix postfix",
  "/var/spool/postfix": "755 root root",
  "/var/spool/postfix/active": "700 postfix root",
  "/var/spool/postfix/maildrop": "1730 postfix postdrop",
  "/usr/lib/postfix/sbin/smtp": "755 root root",
  "/usr/sbin/postdrop": "2555 root postdrop",
  "/usr/sbin/postlog": "755 root root",
  "/usr/sbin/sendmail": "755 root root",
};

const wrong: [place: keyof typeof debian, is: string, words: string | undefined][] = [
  [
    "/var/lib/postfix",
    "755 root postfix",
    "has mode 755 and owner root:postfix; Postfix needs 755 and postfix:postfix",
  ],
  [
    "/var/lib/postfix",
    "500 postfix postfix",
    "has mode 500 and owner postfix:postfix; Postfix needs 700 and postfix:postfix",
  ],
  ["/var/spool/postfix", "750 root root", "has mode 750 and owner root:root; Postfix needs 755 and root:root"],
  [
    "/var/spool/postfix/active",
    "600 postfix root",
    "has mode 600 and owner postfix:root; Postfix needs 700 and postfix:root",
  ],
  ["/var/spool/postfix/active", "700 postfix postfix", undefined],
  [
    "/var/spool/postfix/maildrop",
    "1700 postfix postdrop",
    "has mode 1700 and owner postfix:postdrop; Postfix needs 1730 and postfix:postdrop",
  ],
  [
    "/var/spool/postfix/maildrop",
    "1730 postfix root",
    "has mode 1730 and owner postfix:root; Postfix needs 1730 and postfix:postdrop",
  ],
  ["/usr/lib/postfix/sbin/smtp", "644 root root", "has mode 644 and owner root:root; Postfix needs 755 and root:root"],
  [
    "/usr/sbin/postdrop",
    "555 root postdrop",
    "has mode 555 and owner root:postdrop; Postfix needs 2555 and root:postdrop",
  ],
  [
    "/usr/sbin/postdrop",
    "2554 root postdrop",
    "has mode 2554 and owner root:postdrop; Postfix needs 2555 and root:postdrop",
  ],
  ["/usr/sbin/postdrop", "2755 root root", "has mode 2755 and owner root:root; Postfix needs 2755 and root:postdrop"],
  ["/usr/sbin/sendmail", "4755 root root", undefined],
];

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const test = needs(program);
  const run = (script: string) =>
    execFileSync(program, [...args, "-c", `set -u\n${definitions("postfix/permissions")}\n${script}`], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: root, LC_ALL: "C", POSTRELAY_ROOT: root },
    });
  const words = (found: Record<string, string>) => {
    const stat = Object.entries(found).map(([place, is]) => `${is} ${root}${place}\n`);
    return run(`postconf() { cat <<'VALUES'
${parameters}
VALUES
}
stat() {
  while read -r line; do case " $* " in *" \${line##* } "*) printf '%s\\n' "$line" ;; esac; done <<'FOUND'
${stat.join("")}FOUND
}
permissions_faults | permissions_words`);
  };

  test("Debian's own are no fault, though they are narrower than the list", () => expect(words(debian)).toBe(""));

  test("no fault gives no words", () => expect(run("printf '%s\\n' '' | permissions_words")).toBe(""));

  test.each(wrong)("%s %s", (place, is, told) => {
    expect(words({ ...debian, [place]: is })).toBe(told === undefined ? "" : `${root}${place} ${told}\n`);
  });

  test("what is not there is no fault: Postfix makes it, or its package has none", () => {
    const { "/usr/lib/postfix/sbin/smtp": _, ...rest } = debian;
    expect(words(rest)).toBe("");
  });
});
