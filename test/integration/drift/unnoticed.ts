// What the very next check has to tell, though the check before it found nothing and left a fingerprint.

export const etc = "/etc/postfix";
export const state = "/var/lib/postfix-relay";

/** What somebody or something changes on a host, and how a check tells it. */
export interface Change {
  what: string;
  /** How the host is already when it is found in order. */
  first?: string;
  does: string;
  says: RegExp;
}

/** Has the times of a file set back after a change of it. */
const unseen = (file: string, does: string) =>
  `touch -r ${file} /root/times; ${does}; touch -r /root/times ${file}; rm /root/times`;

const sent = "relay=r[192.0.2.1]:587, delay=1, dsn=2.0.0, status=sent";

/** These are in files. */
export const changes: Change[] = [
  {
    what: "main.cf is edited and its time set back",
    does: unseen(`${etc}/main.cf`, `sed -i 's/^biff = no/biff = yes/' ${etc}/main.cf`),
    says: /main\.cf was edited: biff = yes/,
  },
  {
    what: "a byte of a map is another, in place, and its time set back",
    does: unseen(`${etc}/sasl_passwd`, `printf x | dd of=${etc}/sasl_passwd bs=1 seek=3 conv=notrunc status=none`),
    says: /sasl_passwd was edited/,
  },
  { what: "a mode", does: `chmod 644 ${etc}/sasl_passwd`, says: /sasl_passwd is readable by others/ },
  { what: "an owner", does: `chown deploy ${etc}/main.cf`, says: /main\.cf has mode 644 and owner deploy/ },
  { what: "an index is deleted", does: `rm ${etc}/sasl_passwd.db`, says: /sasl_passwd\.db was deleted/ },
  { what: "an index is older", does: `touch ${etc}/sasl_passwd`, says: /sasl_passwd\.db is older/ },
  {
    what: "a file is moved, and a link to it put in its place",
    does: `mv ${etc}/main.cf /root/moved.cf; ln -s /root/moved.cf ${etc}/main.cf`,
    says: /main\.cf is readable by others \(mode 777/,
  },
  {
    what: "master.cf",
    does: "postconf -Pe smtp/unix/smtp_tls_security_level=none",
    says: /master\.cf was edited: smtp\/unix was changed/,
  },
  {
    what: "what master.cf is a link to",
    first: `mv ${etc}/master.cf /root/moved.cf; ln -s /root/moved.cf ${etc}/master.cf`,
    does: unseen("/root/moved.cf", "sed -i 's/^smtp  *unix/& - - y - - smtp -v #/' /root/moved.cf"),
    says: /master\.cf was edited: smtp\/unix was changed/,
  },
  { what: "the owner in the state folder", does: `: > ${state}/owner`, says: /the state folder .* is gone/ },
  { what: "the state folder is gone", does: `mv ${state} /root/moved`, says: /the state folder .* is gone/ },
  { what: "paused", does: `sed -i 1s/proven/paused/ ${state}/live`, says: /mail is paused/ },
  { what: "rolled back", does: `sed -i 1s/proven/rolled-back/ ${state}/live`, says: /was rolled back by hand/ },
  { what: "a journal is left", does: `: > ${state}/journal`, says: /a change was interrupted/ },
  { what: "a commit is left", does: `: > ${state}/committed`, says: /a change was interrupted/ },
  { what: "good/ is damaged", does: `echo x >> ${state}/good/sent/main.cf`, says: /the proven files .* are damaged/ },
  { what: "staged/ is gone", does: `rm -r ${state}/staged`, says: /the staged files .* are missing/ },
  { what: "a newer format", does: `echo 99 > ${state}/format`, says: /"sync":"unknown".*written by a newer/ },
  {
    what: "proven with another version",
    does: `sed -i 's/^\\([0-9]* \\)[^ ]*/\\13.7.0-0/' ${state}/proven`,
    says: /Postfix was upgraded: 3\.7\.11.*proven with 3\.7\.0-0/,
  },
  {
    what: "dpkg has another version",
    does: "sed -i '/^Package: postfix$/,/^$/s/^Version: .*/Version: 3.9.9-1/' /var/lib/dpkg/status",
    says: /Postfix was upgraded: 3\.9\.9-1/,
  },
  {
    what: "a package is removed",
    does: unseen(
      "/var/lib/dpkg/status",
      "sed -i '/^Package: libsasl2-modules$/,/^$/s/^Status: .*/Status: deinstall ok config-files/' /var/lib/dpkg/status",
    ),
    says: /the package libsasl2-modules was removed/,
  },
  {
    what: "postconf is gone",
    does: "mv /usr/sbin/postconf /usr/sbin/postconf.away; trap 'mv /usr/sbin/postconf.away /usr/sbin/postconf' EXIT",
    says: /"postfixVersion":""/,
  },
  { what: "the tool", does: "echo '# x' >> /usr/local/sbin/postrelay", says: /sbin\/postrelay was changed/ },
  { what: "the unit is disabled", does: "systemctl -q disable postfix", says: /postfix\.service is not enabled/ },
  {
    what: "its link is deleted by hand",
    does: "rm /etc/systemd/system/multi-user.target.wants/postfix.service",
    says: /postfix\.service is not enabled/,
  },
  { what: "the unit is masked", does: "systemctl -q mask postfix", says: /postfix\.service is masked/ },
  {
    what: "the unit is masked until the next boot",
    does: "systemctl -q mask --runtime postfix",
    says: /postfix\.service is masked/,
  },
  {
    what: "the unit is masked where nobody looks",
    does: "mkdir -p /etc/systemd/system.control; ln -s /dev/null /etc/systemd/system.control/postfix.service",
    says: /postfix\.service is masked/,
  },
  {
    what: "the boot unit is disabled",
    does: "systemctl -q disable postfix-relay-boot.service",
    says: /postfix-relay-boot\.service.* is not enabled/,
  },
  {
    what: "the boot unit is deleted",
    does: "rm /etc/systemd/system/postfix-relay-boot.service",
    says: /postfix-relay-boot\.service.* is not enabled/,
  },
  { what: "the aliases are a folder", does: "rm /etc/aliases; mkdir /etc/aliases", says: /aliases is not a file/ },
  { what: "aliases lead nowhere", does: "ln -sf /nowhere /etc/aliases", says: /link to \/nowhere/ },
  { what: "the index of the aliases", does: "echo x > /etc/aliases.db", says: /aliases\.db/ },
  {
    what: "the timer is disabled",
    does: "systemctl -q disable postfix-relay-metrics.timer",
    says: /metrics\.timer.*does not run/,
  },
];

/** These are in no file. That Postfix is stopped, systemd says of its instance only when the last process has gone. */
export const others: Change[] = [
  {
    what: "the timer is stopped",
    does: "systemctl stop postfix-relay-metrics.timer",
    says: /metrics\.timer.*does not run/,
  },
  { what: "Postfix is stopped", does: "systemctl stop postfix postfix@-", says: /Postfix is not running/ },
  {
    what: "Postfix listens for others, and master.cf does not say so",
    does: `(cat ${etc}/master.cf; echo '0.0.0.0:2525 inet n - y - - smtpd') > /root/master.cf
      mount --bind /root/master.cf ${etc}/master.cf; postfix reload 2> /dev/null; sleep 1; umount ${etc}/master.cf`,
    says: /Postfix listens at 0\.0\.0\.0:2525/,
  },
  {
    what: "a run is under way",
    does: `systemd-run --quiet --unit=holder flock /run/postrelay.lock sleep 600
      while flock -n /run/postrelay.lock true; do sleep 0.1; done`,
    says: /"sync":"unknown".*another run works on this host/,
  },
  {
    what: "mail waits",
    does: "pkill -STOP -x qmgr; echo x | sendmail -f root@web.example.com a@example.org; sleep 1",
    says: /"sync":"yes".*"active":1/,
  },
  {
    what: "mail has left, as the journal tells",
    does: `logger -t postfix/smtp '1F: to=<a@example.org>, ${sent} (250 journal (a) b)'; journalctl --sync`,
    says: /"sync":"yes".*"relayedAnswer":"250 journal \(a\) b"/,
  },
  {
    what: "mail has left, as mail.log tells",
    does: `sleep 1.1; echo "$(date +%FT%T.9%:z) web postfix/smtp[7]: 1F: to=<a@example.org>, ${sent} (250 file)" > /var/log/mail.log`,
    says: /"sync":"yes".*"relayedAnswer":"250 file"/,
  },
];
