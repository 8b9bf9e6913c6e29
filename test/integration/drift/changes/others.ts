import { type Change, etc } from "./change.ts";

const sent = "relay=r[192.0.2.1]:587, delay=1, dsn=2.0.0, status=sent";

/** These are in no file. That Postfix is stopped, systemd says of its instance only when the last process has gone. */
export const inNoFile: Change[] = [
  {
    what: "the timer is stopped",
    does: "systemctl stop postfix-relay-metrics.timer",
    says: /metrics\.timer.*does not run/,
  },
  {
    what: "Postfix is stopped",
    does: "systemctl stop postfix postfix@-",
    says: /Postfix is not running/,
    steps: ["delivery"],
    always: true,
  },
  {
    what: "Postfix is stopped, and its unit masked",
    does: "systemctl stop postfix postfix@-; systemctl -q mask postfix",
    says: /masked/,
    steps: ["delivery"],
  },
  {
    what: "Postfix is stopped, and an index is readable by others",
    does: `chmod 644 ${etc}/sasl_passwd.db; systemctl stop postfix postfix@-`,
    says: /sasl_passwd\.db is readable by others[\s\S]*Postfix is not running/,
    steps: ["delivery"],
  },
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
    does: `runuser -u postfix -- logger -t postfix/smtp '1F: to=<a@example.org>, ${sent} (250 journal (a) b)'
      journalctl --sync`,
    says: /"sync":"yes".*"relayedAnswer":"250 journal \(a\) b"/,
  },
  {
    what: "a user writes into the journal and into mail.log that mail has left",
    does: `runuser -u nobody -- logger -t postfix/smtp '1F: to=<a@example.org>, ${sent} (250 forged)'
      echo "$(date +%FT%T.9%:z) web postfix/smtp[7]: 1F: to=<a@example.org>, ${sent} (250 forged)" > /var/log/mail.log
      journalctl --sync`,
    says: /"sync":"yes"(?!.*forged)/,
  },
];

/** Of the host around Postfix. */
export const ofHost: Change[] = [
  {
    what: "the host has another name",
    does: "hostname ip-10-0-0-6",
    says: /this host is called ip-10-0-0-6 now, and mail to users at that name leaves by the relay/,
    steps: ["delivery"],
  },
  {
    what: "the host has another full name",
    does: "sed -i 's/^127.0.1.1 .*/127.0.1.1 web.lan web/' /etc/hosts",
    says: /this host is called web\.lan now/,
  },
  {
    what: "the copy of resolv.conf is empty",
    does: ": > /var/spool/postfix/etc/resolv.conf",
    says: /Postfix has other copies in \/var\/spool\/postfix\/etc than \/etc has of resolv\.conf/,
    steps: ["delivery"],
  },
  {
    what: "files that resolve names change while nothing watches",
    first: "systemctl stop postfix-relay-adapt.path",
    does: "echo 127.0.0.9 x.example.test >> /etc/hosts; rm /var/spool/postfix/etc/nsswitch.conf",
    says: /Postfix has other copies in \S+ than \/etc has of hosts nsswitch\.conf"/,
  },
  {
    what: "the units that watch are disabled",
    does: "systemctl -q disable --now postfix-relay-adapt.path",
    says: /the units postfix-relay-adapt\.path and \.service.* are not enabled/,
    steps: ["packages"],
  },
];
