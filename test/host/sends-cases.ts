// What the log of the running Postfix may say of a probe, and what that means.

const at = "Nov 30 10:00:00 web postfix/";
const relay = "relay-1.example.test[192.0.2.1]:587";
const picked = `${at}pickup[11]: 4F00001: uid=65534 from=<>\n`;
const smtp = (text: string, pid = 12) => `${at}smtp[${pid}]: ${text}\n`;
const answer = (
  status: string,
  { server = relay, dsn = "2.1.5", id = "4F00001", to = "ops@example.org", pid = 12 } = {},
) => smtp(`${id}: to=<${to}>, relay=${server}, delay=0.2, delays=0/0/0.1/0, dsn=${dsn}, status=${status}`, pid);
const said = (text: string) => `host relay-1.example.test[192.0.2.1] said: ${text}`;

/** A log, and what it means. */
export interface Case {
  what: string;
  /** What the log has one second after the probe was handed in. */
  log?: string;
  /** What it has in the end. */
  later?: string;
  /** Messages in the queue. */
  queue?: number;
  verdict: "yes" | "no" | "unclear";
  reason: RegExp;
  /** When that is known, in seconds. */
  after?: number;
}

const other = { id: "4E99999", to: "someone@example.net" };
export const cases: Case[] = [
  {
    what: "the relay host takes it",
    log: picked + answer("deliverable (250 2.1.5 Ok)"),
    verdict: "yes",
    reason: /^$/,
    after: 1,
  },
  {
    what: "the relay host refuses the empty sender",
    log:
      picked + answer(`undeliverable (${said("501 5.1.7 Bad sender address syntax (in reply to MAIL FROM command)")})`),
    verdict: "yes",
    reason: /^the relay refuses the empty sender, which reports of failed deliveries \(bounces\) have/,
    after: 1,
  },
  {
    what: "it refuses the empty sender for the recipient, in two lines",
    log:
      picked +
      answer(
        `undeliverable (${said("550-5.7.1 no null sender 550 5.7.1 see our page (in reply to RCPT TO command)")})`,
      ),
    verdict: "yes",
    reason: /refuses the empty sender/,
    after: 1,
  },
  {
    what: "greylisting",
    log:
      picked +
      answer(`undeliverable (${said("450 4.2.0 Greylisted (in reply to RCPT TO command)")})`, { dsn: "4.2.0" }),
    verdict: "yes",
    reason: /^the relay answers for now\.\nLog: /,
    after: 1,
  },
  {
    what: "a fallback has answered",
    log: picked + answer("deliverable (250 2.1.5 Ok)", { server: "relay-2.example.test[192.0.2.2]:587" }),
    verdict: "yes",
    reason: /^relay-2.* has answered the probe, and not the relay host \[relay-1\.example\.test\]:587/,
    after: 1,
  },
  {
    what: "nothing listens",
    log:
      picked +
      answer("undeliverable (connect to relay-1.example.test[192.0.2.1]:587: Connection refused)", {
        server: "none",
        dsn: "4.4.1",
      }),
    verdict: "no",
    reason: /Nothing listens on that port/,
    after: 1,
  },
  {
    what: "the login is refused",
    log:
      picked +
      answer(`undeliverable (SASL authentication failed; server relay-1.example.test[192.0.2.1] said: 535 5.7.8 no)`, {
        dsn: "4.7.8",
      }),
    verdict: "no",
    reason: /password/,
    after: 1,
  },
  {
    what: "no TLS",
    log:
      picked +
      answer("undeliverable (TLS is required, but was not offered by host relay-1.example.test[192.0.2.1])", {
        dsn: "4.7.4",
      }),
    verdict: "no",
    reason: /STARTTLS/,
    after: 1,
  },
  {
    what: "the name does not resolve in the chroot",
    log:
      picked +
      answer(
        "undeliverable (Host or domain name not found. Name service error for name=relay-1.example.test type=A: Host not found, try again)",
        {
          server: "none",
          dsn: "4.4.3",
        },
      ),
    verdict: "no",
    reason: /\/etc\/resolv\.conf/,
    after: 1,
  },
  {
    what: "one connection at the relay, and nothing else waits",
    log:
      picked +
      answer(
        "undeliverable (host relay-1.example.test[192.0.2.1] refused to talk to me: 421 4.7.0 Too many connections)",
        { dsn: "4.7.0" },
      ),
    queue: 0,
    verdict: "unclear",
    reason: /Too many connections/,
    after: 1,
  },
  {
    what: "one connection at the relay, and another message goes through it",
    log:
      picked +
      answer(
        "undeliverable (host relay-1.example.test[192.0.2.1] refused to talk to me: 421 4.7.0 Too many connections)",
        { dsn: "4.7.0" },
      ),
    later: answer("sent (250 2.0.0 Ok: queued)", other),
    queue: 3,
    verdict: "yes",
    reason: /^$/,
  },
  {
    what: "it waits behind others, one of which is sent",
    log: picked,
    later: answer("sent (250 2.0.0 Ok: queued)", other),
    queue: 3000,
    verdict: "yes",
    reason: /^$/,
  },
  {
    what: "it waits behind others, one of which is refused after the login",
    log: picked,
    later: answer(`bounced (${said("550 5.1.1 no such user (in reply to RCPT TO command)")})`, {
      ...other,
      dsn: "5.1.1",
    }),
    queue: 3000,
    verdict: "yes",
    reason: /^$/,
  },
  {
    what: "a client of before the switch has sent another message",
    log: picked,
    later: answer("sent (250 2.0.0 Ok: queued)", { ...other, pid: 7 }),
    queue: 3000,
    verdict: "unclear",
    reason: /^the probe waits in the queue/,
    after: 20,
  },
  {
    what: "the message of another was sent by another server",
    log: picked,
    later: answer("sent (250 2.0.0 Ok: queued)", { ...other, server: "relay-2.example.test[192.0.2.2]:587" }),
    queue: 3000,
    verdict: "unclear",
    reason: /^the probe waits in the queue/,
    after: 20,
  },
  {
    what: "no answer, and nothing else is in the queue",
    log: picked,
    queue: 1,
    verdict: "no",
    reason: /^the relay host had not answered within 20 seconds/,
    after: 20,
  },
  {
    what: "it is not picked up",
    log: "",
    queue: 1,
    verdict: "no",
    reason: /^the running Postfix has not picked up a message within 10 seconds/,
    after: 10,
  },
  {
    what: "it is not picked up, and pickup says why",
    log: `${at}pickup[11]: warning: 4F00001: message has been queued for 1 days\n${at}cleanup[13]: warning: mail_queue_enter: create file incoming/1.2: Permission denied\n`,
    queue: 1,
    verdict: "no",
    reason:
      /not picked up a message within 10 seconds\.\n[\s\S]*\nLog: postfix\/cleanup\[13\]: warning: mail_queue_enter/,
    after: 10,
  },
  {
    what: "it is not picked up yet, and others are",
    log: `${at}pickup[11]: 4E11111: uid=0 from=<root>\n`,
    queue: 3000,
    verdict: "unclear",
    reason: /^the probe waits in the queue/,
    after: 20,
  },
  {
    what: "the SMTP client dies",
    log: `${picked}${at}smtp[12]: fatal: open database /etc/postfix/sasl_passwd.db: No such file or directory\n`,
    queue: 1,
    verdict: "no",
    reason: /^a process of the running Postfix has died: .*\n[\s\S]*\nLog: postfix\/smtp\[12\]: fatal: open database/,
    after: 10,
  },
  {
    what: "the queue manager is killed",
    log: `${at}master[5]: warning: process /usr/lib/postfix/sbin/qmgr pid 33 killed by signal 9\n`,
    queue: 1,
    verdict: "no",
    reason: /^a process of the running Postfix has died: [\s\S]*qmgr pid 33 killed/,
    after: 10,
  },
  {
    what: "another user's message without a sender is under way",
    log: `${at}pickup[11]: 4E88888: uid=65534 from=<>\n${picked}${answer("deliverable (250 2.1.5 Ok)", { id: "4E88888", to: "x@example.net" })}${answer("deliverable (250 2.1.5 Ok)")}`,
    verdict: "yes",
    reason: /^$/,
    after: 1,
  },
];
