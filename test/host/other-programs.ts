// What programs of Postfix besides the SMTP client log, and others around it, with the advice. Those that can be made
// to fail on a lab host do so in test/integration/reports/own-lines.test.ts, with the same words.

const at = "Nov 25 15:11:29 web postfix/";
const deliveryBy = (program: string, relay: string, status: string, reason: string) =>
  `${at}${program}[7]: 4Zx1Yq0C9Vz1: to=<a@example.com>, orig_to=<root>, relay=${relay}, delay=1, delays=0/0/0/1, dsn=4.0.0, status=${status} (${reason})`;

const permissions = /^\w+ A program of Postfix may not use the path/;
const handIn = /^\w+ A program on this host cannot hand its message in.*NoNewPrivileges/;
const stopped = /^\w+ Postfix does not run on this host/;
const index = /^\w+ The index of \/etc\/aliases .*newaliases/;
const service = /^\w+ A service of Postfix does not answer/;
const mailbox = /^\w+ A mailbox on this host cannot be written/;
const full = /^\w+ The disk of this host is full/;
const readOnly = /^\w+ A file system of this host is read-only/;
const older = /^\w+ Postfix did not start on this host.*older line/;
const calls = /^\w+ A program on this host calls sendmail/;
const size = /^\w+ The message is larger than limits\.messageSize/;
const map = /^\w+ A map of Postfix is missing/;
const check = /^\w+ A check on this host took the message/;
const nobody = /^\w+ There is no such user on this host/;
const line = /^\w+ A line of the file is not as it has to be/;
const port25 = /^\w+ A program that sends by port 25/;
const fatal = /^\w+ Postfix itself fails/;

/** Lines, and the advice for each. */
export const others: [line: string, advice: RegExp][] = [
  [`${at}postdrop[7]: warning: mail_queue_enter: create file maildrop/646741.77: Permission denied`, handIn],
  [`${at}postdrop[7]: warning: mail_queue_enter: create file maildrop/646741.77: Operation not permitted`, handIn],
  [`${at}postdrop[7]: warning: mail_queue_enter: create file maildrop/646741.77: Read-only file system`, readOnly],
  [`${at}postdrop[7]: warning: mail_queue_enter: create file maildrop/646741.77: No space left on device`, full],
  [`${at}postdrop[7]: warning: unable to look up public/pickup: No such file or directory`, stopped],
  ["postdrop: warning: unable to look up public/pickup: No such file or directory", stopped],
  [`${at}postdrop[7]: warning: uid=33: File too large`, size],
  [`${at}postdrop[7]: fatal: uid=33: malformed input`, calls],
  [`${at}sendmail[7]: fatal: www-data(33): message file too big`, size],
  ["sendmail: fatal: User nobody(65534) is not allowed to submit mail", /authorized_submit_users in mainCf/],
  ["sendmail: fatal: Recipient addresses must be specified on the command line or via the -t option", calls],
  ["sendmail: fatal: usage: sendmail [options]", calls],
  ["sendmail: fatal: open /etc/postfix/main.cf: Permission denied", handIn],
  [`${at}sendmail[7]: fatal: nobody(65534): unable to execute /usr/sbin/postdrop -r: Permission denied`, handIn],
  [`${at}sendmail[7]: fatal: nobody(65534): Error writing message file`, /^\w+ Postfix on this host did not take/],
  [`${at}pickup[7]: warning: maildrop/B26876468: Permission denied`, handIn],
  [`${at}pickup[7]: warning: connect #1 to subsystem public/cleanup: Connection refused`, stopped],
  [
    `${at}pickup[7]: warning: maildrop/B26876468: error writing BAD6C646A: queue file write error`,
    /cannot store the message/,
  ],
  [`${at}pickup[7]: 4ZX1YQ0C9V: uid=0 from=<root>`, /nothing of it has reached the relay/],

  [`${at}cleanup[7]: warning: mail_queue_enter: create file incoming/646741.77: Permission denied`, permissions],
  [`${at}cleanup[7]: fatal: open database /etc/postfix/virtual.db: No such file or directory`, map],
  [
    `${at}cleanup[7]: warning: hash:/etc/postfix/virtual is unavailable. open database /etc/postfix/virtual.db: No such file or directory`,
    map,
  ],
  [`${at}cleanup[7]: error: unsupported dictionary type: mysql`, map],
  [`${at}cleanup[7]: 4ZX1YQ0C9V: reject: header Subject: no; from=<a@example.com> to=<b@example.org>: 5.7.1 no`, check],
  [`${at}qmgr[7]: warning: connect to transport private/smtp: Connection refused`, service],
  [`${at}qmgr[7]: warning: connect to transport private/relay: No such file or directory`, service],
  [`${at}qmgr[7]: warning: private/smtp socket: malformed response`, service],
  [
    `${at}qmgr[7]: warning: transport smtp failure -- see a previous warning/fatal/panic logfile record for the problem description`,
    /should have delivered has died/,
  ],
  [`${at}qmgr[7]: fatal: scan_dir_push: open directory incoming: Permission denied`, permissions],
  [`${at}qmgr[7]: fatal: qmgr_active_done: remove 4ZX1YQ0C9V from active: Read-only file system`, readOnly],
  [
    `${at}qmgr[7]: 4ZX1YQ0C9V: from=<a@example.com>, status=expired, returned to sender`,
    /maximal_queue_lifetime was over/,
  ],
  [
    `${at}qmgr[7]: warning: saving corrupt file "4ZX1YQ0C9V" from queue "active" to queue "corrupt"`,
    /is damaged.*corrupt/,
  ],
  [`${at}bounce[7]: 4ZX1YQ0C9V: sender non-delivery notification: 4ZX1YQ0C9W`, /tells the sender, or postmaster/],
  [`${at}bounce[7]: fatal: open file defer 4ZX1YQ0C9V: Permission denied`, permissions],
  [`${at}trivial-rewrite[7]: fatal: open database /etc/postfix/transport.db: No such file or directory`, map],
  [
    `${at}trivial-rewrite[7]: warning: do not list domain example.com in BOTH mydestination and virtual_alias_domains`,
    /relay is not concerned/,
  ],
  [`${at}tlsmgr[7]: fatal: open database /var/lib/postfix/smtp_scache.db: Permission denied`, permissions],
  [`${at}smtp[7]: fatal: open database /etc/postfix/sasl_passwd.db: Permission denied`, permissions],
  [`${at}proxymap[7]: fatal: bad string length 0 < 1: proxy_read_maps`, fatal],
  [
    `${at}qmgr[7]: 4ZX1YQ0C9V: to=<a@example.org>, relay=none, delay=1, delays=0/0/0/1, dsn=4.4.1, status=deferred (delivery temporarily suspended: connect to h.example.net[192.0.2.1]:587: Connection refused)`,
    /Nothing listens/,
  ],
  [
    `${at}error[7]: 4ZX1YQ0C9V: to=<a@example.org>, relay=none, delay=1, delays=0/0/0/1, dsn=4.3.0, status=deferred (mail transport unavailable)`,
    /transport that this configuration names/,
  ],

  [deliveryBy("local", "local", "deferred", "alias database unavailable"), index],
  [`${at}local[7]: error: open database /etc/aliases.db: No such file or directory`, index],
  [
    `${at}local[7]: warning: hash:/etc/aliases is unavailable. open database /etc/aliases.db: No such file or directory`,
    index,
  ],
  [`${at}local[7]: warning: hash:/etc/aliases: lookup of 'root' failed`, index],
  [deliveryBy("local", "local", "bounced", 'unknown user: "info"'), nobody],
  [
    deliveryBy(
      "local",
      "local",
      "deferred",
      "cannot update mailbox /var/mail/root for user root. cannot open file: Is a directory",
    ),
    mailbox,
  ],
  [
    deliveryBy(
      "local",
      "local",
      "bounced",
      "cannot update mailbox /var/mail/deploy for user deploy. error writing message: File too large",
    ),
    mailbox,
  ],
  [deliveryBy("local", "local", "bounced", "can't create user output file"), mailbox],
  [
    deliveryBy(
      "local",
      "local",
      "bounced",
      'Command died with status 127: "/opt/hook". Command output: sh: 1: /opt/hook: not found',
    ),
    /A program that gets mail on this host/,
  ],
  [deliveryBy("local", "local", "deferred", "user lookup error"), /cannot look its users up/],
  [deliveryBy("local", "local", "bounced", "mail forwarding loop for root@web.example.com"), /runs in a loop/],
  [
    deliveryBy("pipe", "procmail", "deferred", "temporary failure. Command output: procmail: Lock failure"),
    /A program that gets mail on this host/,
  ],
  [
    deliveryBy(
      "lmtp",
      "web.example.com[private/lmtp]",
      "deferred",
      "connect to web.example.com[private/lmtp]: No such file or directory",
    ),
    /mail for users of this host/,
  ],
  [
    deliveryBy(
      "lmtp",
      "web[private/lmtp]",
      "bounced",
      "host web[private/lmtp] said: 550 5.1.1 User doesn't exist (in reply to RCPT TO command)",
    ),
    /mail for users of this host/,
  ],
  [deliveryBy("virtual", "virtual", "bounced", 'unknown user: "a@example.com"'), nobody],
  [deliveryBy("local", "local", "sent", "delivered to mailbox"), /nothing is wrong/],
  [deliveryBy("smtp", "h.example.net[192.0.2.1]:587", "sent", "250 2.0.0 Ok: queued as 4ZX"), /nothing is wrong/],
  [deliveryBy("smtp", "h.example.net[192.0.2.1]:587", "deliverable", "250 2.1.5 Ok"), /nothing is wrong/],

  [
    `${at}smtpd[7]: NOQUEUE: reject: RCPT from app[172.18.0.3]: 454 4.7.1 <a@example.org>: Relay access denied; from=<x@example.com> to=<a@example.org> proto=ESMTP helo=<app>`,
    /through port 25 of this host.*bridges/,
  ],
  [
    `${at}smtpd[7]: fatal: in parameter smtpd_relay_restrictions or smtpd_recipient_restrictions, specify at least one working instance of: reject_unauth_destination, defer_unauth_destination, reject, defer, defer_if_permit or check_relay_domains`,
    /Port 25 of this host answers nobody/,
  ],
  [
    `${at}smtpd[7]: NOQUEUE: reject: MAIL from localhost[127.0.0.1]: 452 4.3.1 Insufficient system storage; proto=ESMTP helo=<x>`,
    full,
  ],
  [`${at}smtpd[7]: warning: not enough free space in mail queue: 1234 bytes < 1.5*message size limit`, full],
  [
    `${at}smtpd[7]: NOQUEUE: reject: MAIL from localhost[127.0.0.1]: 552 5.3.4 Message size exceeds fixed limit; proto=ESMTP helo=<x>`,
    size,
  ],
  [
    `${at}smtpd[7]: NOQUEUE: reject: RCPT from localhost[127.0.0.1]: 550 5.1.1 <nosuch@web.example.com>: Recipient address rejected: User unknown in local recipient table; from=<x@example.com> to=<nosuch@web.example.com> proto=ESMTP helo=<x>`,
    nobody,
  ],
  [
    `${at}smtpd[7]: NOQUEUE: reject: RCPT from localhost[127.0.0.1]: 504 5.5.2 <root@web>: Sender address rejected: need fully-qualified address; from=<root@web> to=<a@example.org> proto=ESMTP helo=<x>`,
    /Port 25 of this host refuses what a program gave/,
  ],
  [`${at}smtpd[7]: lost connection after DATA from localhost[127.0.0.1]`, port25],
  [`${at}smtpd[7]: timeout after CONNECT from localhost[127.0.0.1]`, port25],
  [
    `${at}smtpd[7]: warning: hostname web.example.com does not resolve to address 192.0.2.1: Name or service not known`,
    port25,
  ],
  [`${at}smtpd[7]: warning: connect #1 to subsystem public/cleanup: Connection refused`, service],
  [`${at}smtpd[7]: connect from localhost[127.0.0.1]`, /sends by port 25 of this host, and the relay is not concerned/],

  [
    `${at}master[7]: fatal: open lock file /var/lib/postfix/master.lock: cannot open file: Permission denied`,
    permissions,
  ],
  [
    `${at}master[7]: fatal: open lock file pid/master.pid: unable to set exclusive lock: Resource temporarily unavailable`,
    /Another Postfix runs/,
  ],
  [`${at}master[7]: fatal: bind 0.0.0.0 port 25: Address already in use`, /Another program listens/],
  [
    `${at}master[7]: fatal: bind 172.18.0.1 port 25: Cannot assign requested address`,
    /An address that Postfix has to listen at/,
  ],
  [`${at}postfix-script[7]: fatal: mail system startup failed`, older],
  [`${at}postfix-script[7]: fatal: the Postfix mail system is not running`, older],
  ["postfix/postfix-script: fatal: the Postfix mail system is already running", /Another Postfix runs/],
  ["postsuper: fatal: scan_dir_push: open directory defer: Permission denied", permissions],
  [`${at}postfix-script[7]: warning: not owned by postfix: /var/lib/postfix`, permissions],
  ["postfix/postfix-script: warning: group or other writable: /etc/postfix/main.cf", permissions],
  ["postfix: fatal: bad numerical configuration: message_size_limit = x", fatal],
  [
    `${at}master[7]: warning: /usr/lib/postfix/sbin/smtp: bad command startup -- throttling`,
    /A process of Postfix died/,
  ],
  [`${at}master[7]: warning: process /usr/lib/postfix/sbin/qmgr pid 12 exit status 1`, /A process of Postfix died/],
  [`${at}master[7]: fatal: fork: Resource temporarily unavailable`, /has no memory left/],

  ["postalias: warning: /etc/aliases, line 15: need name:value pair", line],
  ["newaliases: fatal: /etc/aliases, line 3: missing ':' between alias name and value", line],
  ['postalias: warning: /etc/aliases.db: duplicate entry: "root"', line],
  ["postalias: fatal: open /etc/aliases.db: Permission denied", /run them as root on this host/],
  ["postmap: fatal: open /etc/postfix/sasl_passwd: No such file or directory", /cannot make an index/],
  ["postmap: fatal: create /etc/postfix/x.db: No space left on device", full],

  [
    'Nov 25 15:11:29 web kernel: [12.5] audit: type=1400 audit(1700000000.123:45): apparmor="DENIED" operation="mknod" profile="/usr/lib/postfix/sbin/master" name="/var/lib/postfix-relay/candidate/queue/pid/unix.smtp" pid=7 comm="master"',
    /AppArmor on this host forbids/,
  ],
  [
    "Nov 25 15:11:29 web kernel: Out of memory: Killed process 12 (qmgr) total-vm:1kB",
    /of another program|has no memory left/,
  ],
  ["Nov 25 15:11:29 web opendkim[7]: can't load key from /etc/dkimkeys/x: Permission denied", /of another program/],
  ["Nov 25 15:11:29 web systemd[1]: postfix@-.service: Failed with result 'exit-code'.", /of another program/],
  [
    "2026-11-25T15:11:29+00:00 web dovecot[7]: auth: Error: connect to relay refused: Connection refused",
    /of another program/,
  ],
];

/** Programs that are not the SMTP client, as a line of the log begins. */
export const programs = [
  ..."postdrop sendmail pickup cleanup qmgr bounce trivial-rewrite local virtual pipe lmtp smtpd master".split(" "),
  ..."postfix-script tlsmgr proxymap anvil verify scache postsuper postalias newaliases postmap".split(" "),
].map((name) => `${at}${name}[7]: `);
