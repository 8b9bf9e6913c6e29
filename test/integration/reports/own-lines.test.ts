import { describe, expect, test } from "vitest";
import { until } from "../../../lab/index.ts";
import { openScriptedWeb } from "../others/scene.ts";

// Postfix on this host fails, each time in another program: `postrelay explain` is about that program, and what it says
// to do, done, ends the fault.
const { host, server } = await openScriptedWeb();

interface Row {
  what: string;
  /** What breaks it, and what then makes Postfix log a line. */
  faults: string;
  provokes: string;
  /** The line: the program that logs it, and words in it. */
  line: [program: string, words: RegExp];
  advice: RegExp;
  /** What the advice says to do; where that is nothing that a command can do, what undoes the fault. */
  mends: string;
  /** Another reply of the relay host. */
  mail?: string;
}

const submit = "printf 'Subject: x\\n\\nx\\n' | runuser -u nobody -- timeout 3 sendmail -i ops@example.org; true";
const toUser = (user: string) => `printf 'Subject: x\\n\\nx\\n' | sendmail -i ${user}@$(hostname); true`;
const reinstall = "DEBIAN_FRONTEND=noninteractive apt-get -qy install --reinstall postfix > /dev/null 2>&1";
const postconf = (line: string) =>
  `cp -a /etc/postfix/main.cf /root/main.cf; echo '${line}' >> /etc/postfix/main.cf; touch -d '-10 seconds' /etc/postfix/main.cf; postfix reload`;
const back = "cp -a /root/main.cf /etc/postfix/main.cf; postfix reload";

const rows: Row[] = [
  {
    what: "postdrop has lost its set-gid bit",
    faults: "chmod g-s /usr/sbin/postdrop",
    provokes: submit,
    line: ["postdrop", /maildrop.*Permission denied/],
    advice: /^A program on this host cannot hand its message in.*Run pulumi up again/,
    mends: reinstall,
  },
  {
    what: "the maildrop is closed",
    faults: "chmod 700 /var/spool/postfix/maildrop",
    provokes: submit,
    line: ["postdrop", /maildrop.*Permission denied/],
    advice: /^A program on this host cannot hand its message in/,
    mends: reinstall,
  },
  {
    what: "the spool is read-only",
    faults: "mount --bind /var/spool/postfix /var/spool/postfix && mount -o remount,bind,ro /var/spool/postfix",
    provokes: submit,
    line: ["postdrop", /Read-only file system/],
    advice: /^A file system of this host is read-only/,
    mends: "umount /var/spool/postfix",
  },
  {
    what: "the data folder belongs to root",
    faults: "chown -R root /var/lib/postfix",
    provokes: "systemctl restart postfix; true",
    line: ["master", /fatal:.*Permission denied/],
    advice: /^A program of Postfix may not use the path in the line.*\/var\/lib\/postfix belongs to postfix/,
    mends: `chown -R postfix /var/lib/postfix; systemctl restart postfix`,
  },
  {
    what: "the index of the aliases is gone",
    faults: "rm /etc/aliases.db",
    provokes: toUser("root"),
    line: ["local", /status=deferred \(alias database unavailable/],
    advice: /^The index of \/etc\/aliases .*Run newaliases/,
    mends: "newaliases && postfix reload",
  },
  {
    what: "the index of the aliases is garbage",
    faults: "echo x > /etc/aliases.db",
    provokes: toUser("root"),
    line: ["local", /(error|warning|fatal): .*aliases/],
    advice: /^The index of \/etc\/aliases .*Run newaliases/,
    mends: "newaliases && postfix reload",
  },
  {
    what: "a user who does not exist",
    faults: "true",
    provokes: toUser("nosuchuser"),
    line: ["local", /unknown user/],
    advice: /^There is no such user on this host/,
    mends: "true",
  },
  {
    what: "a mailbox that cannot be written",
    faults: "rm -rf /var/mail/deploy; mkdir /var/mail/deploy",
    provokes: toUser("deploy"),
    line: ["local", /status=/],
    advice: /^A mailbox on this host cannot be written/,
    mends: "rmdir /var/mail/deploy",
  },
  {
    what: "a map that mainCf names is gone",
    faults: postconf("virtual_alias_maps = hash:/etc/postfix/nothing"),
    provokes: submit,
    line: ["cleanup", /nothing/],
    advice: /^A map of Postfix is missing/,
    mends: back,
  },
  {
    what: "the SMTP client is not in master.cf",
    faults: "cp -a /etc/postfix/master.cf /root/; postconf -MX smtp/unix; postfix reload",
    provokes: submit,
    line: ["qmgr", /warning:.*private\/smtp/],
    advice: /^A service of Postfix does not answer on this host/,
    mends: "cp -a /root/master.cf /etc/postfix/; postfix reload",
  },
  {
    what: "restrictions without one that refuses",
    faults: postconf("smtpd_relay_restrictions = permit\nsmtpd_recipient_restrictions = permit"),
    provokes: "timeout 3 bash -c 'exec 3<>/dev/tcp/127.0.0.1/25; echo EHLO x >&3; cat <&3' > /dev/null; true",
    line: ["smtpd", /fatal: in parameter/],
    advice: /^Port 25 of this host answers nobody/,
    mends: back,
  },
  {
    what: "the relay host refuses bounces",
    faults: "true",
    mail: "501 5.1.7 <>: bad sender",
    provokes: "printf 'Subject: x\\n\\nx\\n' | sendmail -i -f '' ops@example.org",
    line: ["smtp", /said: 501/],
    advice: /^The relay refuses the empty sender/,
    mends: "true",
  },
];

const lines = async (program: string) =>
  (await host.must(`journalctl -q --no-pager -o short -t postfix/${program}`)).split("\n");

describe.each(rows)("$what", ({ faults, provokes, line: [program, words], advice, mends, mail }) => {
  test("is explained as what it is", async () => {
    const before = (await lines(program)).length;
    server.set(mail ? { mail } : {});
    await host.must(faults);
    try {
      await host.must(provokes);
      const found = async () => (await lines(program)).slice(before - 1).find((line) => words.test(line));
      const line = await until(`a line of ${program}`, found).catch(async ({ message }) => {
        throw new Error(`${message}:\n${await host.must("journalctl -q -n 40 SYSLOG_FACILITY=2")}`);
      });
      expect(await host.must("postrelay explain", { input: line }), line).toMatch(advice);
    } finally {
      await host.must(mends);
      server.set();
    }
    await host.must("postsuper -d ALL 2> /dev/null; systemctl start postfix");
    await host.must("printf 'Subject: x\\n\\nx\\n' | runuser -u nobody -- timeout 20 sendmail -i after@example.org");
    await until("the relay has the message", () =>
      server.messages.some(({ recipients }) => recipients.includes("after@example.org")),
    );
  });
});

test("what newaliases says about a line of the file", async () => {
  await host.must("cp -a /etc/aliases /root/aliases; echo 'no colon here' >> /etc/aliases");
  const { stderr } = await host.run("newaliases");
  await host.must("cp -a /root/aliases /etc/aliases; newaliases");
  expect(await host.must("postrelay explain", { input: stderr }), stderr).toMatch(/^A line of the file is not/);
});
