// What somebody changes on a host behind the tool's back.

import type { Suffix } from "../steps.ts";

/** One change, and what a look says of it. */
export interface Change {
  what: string;
  /** What somebody does on the host. */
  does: string;
  /** What the report and the warning say of it. */
  says: RegExp;
  /** The steps that repair it: delivery, if nothing else is said. */
  steps?: Suffix[];
  /** A file of /etc/postfix that was edited, and is kept. */
  kept?: string;
}

export const changes: Change[] = [
  {
    what: "a parameter of main.cf is changed",
    does: "postconf -e 'relayhost = [elsewhere.example.net]:25'",
    says: /main\.cf was edited: relayhost = \[elsewhere\.example\.net\]:25/,
    kept: "main.cf",
  },
  {
    what: "the same change again: another drift",
    does: "postconf -e 'relayhost = [elsewhere.example.net]:25'",
    says: /main\.cf was edited: relayhost = \[elsewhere\.example\.net\]:25/,
    kept: "main.cf",
  },
  {
    what: "a parameter is added to main.cf",
    does: "echo 'always_bcc = spy@example.net' >> /etc/postfix/main.cf && postfix reload",
    says: /main\.cf was edited: always_bcc = spy@example\.net/,
    kept: "main.cf",
  },
  {
    what: "another tool has written main.cf",
    does: "printf 'compatibility_level = 3.6\\nmyhostname = web.example.com\\nrelayhost = [x.example.net]\\n' > /etc/postfix/main.cf",
    says: /main\.cf was edited: .*relayhost = \[x\.example\.net\]/,
    kept: "main.cf",
  },
  {
    what: "sasl_passwd is edited and its index built",
    does: "echo '[x.example.net] me:mine' >> /etc/postfix/sasl_passwd && postmap /etc/postfix/sasl_passwd",
    says: /sasl_passwd was edited.*|sasl_passwd\.db is not the index/,
    kept: "sasl_passwd",
  },
  { what: "an index is deleted", does: "rm /etc/postfix/sasl_passwd.db", says: /sasl_passwd\.db was deleted/ },
  { what: "a map is deleted", does: "rm /etc/postfix/sasl_passwd", says: /sasl_passwd was deleted/ },
  { what: "a map is newer than its index", does: "touch /etc/postfix/sasl_passwd", says: /sasl_passwd\.db is older/ },
  {
    what: "a mode is loosened",
    does: "chmod 644 /etc/postfix/sasl_passwd.db",
    says: /sasl_passwd\.db is readable by others/,
  },
  {
    what: "a map is readable by others, and Postfix is stopped",
    does: "chmod 644 /etc/postfix/sasl_passwd.db; systemctl stop postfix postfix@-",
    says: /sasl_passwd\.db is readable by others.*; Postfix is not running/,
  },
  {
    what: "an owner is changed",
    does: "chown deploy /etc/postfix/main.cf",
    says: /main\.cf has mode 644 and owner deploy/,
  },
  {
    what: "a service of master.cf is changed",
    does: "postconf -Pe smtp/unix/smtp_tls_security_level=none && postfix reload",
    says: /master\.cf was edited: smtp\/unix was changed/,
    kept: "master.cf",
  },
  {
    what: "a listener is opened",
    does: "postconf -Me '0.0.0.0:2525/inet = 0.0.0.0:2525 inet n - y - - smtpd' && postfix reload && sleep 1",
    says: /Postfix listens at 0\.0\.0\.0:2525/,
    kept: "master.cf",
  },
  { what: "Postfix is stopped", does: "systemctl stop postfix postfix@-", says: /Postfix is not running/ },
  { what: "Postfix is disabled", does: "systemctl disable postfix", says: /not enabled/ },
  { what: "Postfix is masked", does: "systemctl stop postfix postfix@-; systemctl mask postfix", says: /masked/ },
  {
    what: "the boot unit is disabled",
    does: "systemctl disable postfix-relay-boot.service",
    says: /postfix-relay-boot\.service.* is not enabled/,
    steps: ["packages"],
  },
  {
    what: "the tool is changed",
    does: "echo '# edited' >> /usr/local/sbin/postrelay",
    says: /\/usr\/local\/sbin\/postrelay was changed/,
    steps: ["packages"],
  },
  {
    what: "a package is removed",
    does: "apt-get -qq remove -y libsasl2-modules",
    says: /the package libsasl2-modules was removed/,
    steps: ["packages"],
  },
  {
    what: "Postfix is removed",
    does: "apt-get -qq remove -y postfix",
    says: /the package postfix was removed/,
    steps: ["packages", "delivery"],
  },
  {
    what: "Postfix is upgraded",
    does: "sed -i 's/^\\([0-9]* \\)[^ ]*/\\13.7.0-0/' /var/lib/postfix-relay/proven",
    says: /Postfix was upgraded: 3\.7\.11.*, and proven with 3\.7\.0-0/,
    steps: ["packages", "delivery"],
  },
  {
    what: "the state folder is deleted",
    does: "rm -r /var/lib/postfix-relay",
    says: /the state folder \/var\/lib\/postfix-relay is gone/,
    steps: ["packages", "main-cf", "sasl-passwd", "service", "delivery"],
  },
  {
    what: "the proven files are damaged",
    does: "echo x >> /var/lib/postfix-relay/good/sent/main.cf",
    says: /the proven files in .* are damaged/,
    steps: ["main-cf", "sasl-passwd", "service", "delivery"],
  },
  {
    what: "the staged files are deleted",
    does: "rm -r /var/lib/postfix-relay/staged",
    says: /the staged files .* are missing/,
    steps: ["main-cf", "sasl-passwd"],
  },
];
