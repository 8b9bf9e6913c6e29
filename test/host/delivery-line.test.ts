// Delivery lines of every form: which one counts, and what is read from it.
import { describe, expect, test } from "vitest";
import { type Found, type Look, look } from "../support/proof.ts";

const at = "Nov 25 15:11:29 web postfix-relay-candidate/";
const start = `${at}pickup[1]: 1A2B3C4D: uid=0 from=<root@web.example.com>
${at}cleanup[2]: 1A2B3C4D: message-id=<TOKEN@web.example.com>
${at}qmgr[3]: 1A2B3C4D: from=<root@web.example.com>, size=283, nrcpt=1 (queue active)
`;
const relay = "relay=relay-1.example.test[192.0.2.1]:587";
const rest = "delay=0.2, delays=0.1/0/0.1/0, dsn=2.0.0, status=sent (250 ok)";
const smtp = (text: string, pid = 9) => `${at}smtp[${pid}]: ${text}\n`;
const main = "[relay-1.example.test]:587";

interface Row extends Partial<Look> {
  what: string;
  /** What follows the start of the log; or the whole log. */
  lines: string | { log: string };
  wanted: Partial<Found> | ((found: Found) => void);
}

const rows: Row[] = [
  {
    what: "3.5: no tls field",
    lines: smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, ${rest}`),
    wanted: {
      id: "1A2B3C4D",
      recipient: "ops@example.org",
      dsn: "2.0.0",
      status: "sent",
      seconds: "0.2",
      answer: "250 ok",
      settled: "yes",
      verdict: "sent",
    },
  },
  ...["tls=encrypt", "tls=may:none", "tls=!secure", "tls=secure?", "tls=secure:requiretls"].map((tls) => ({
    what: `3.11: ${tls}`,
    lines: smtp(
      `1A2B3C4D: to=<ops@example.org>, ${relay}, conn_use=3, delay=0.2, delays=0.1/0/0.1/0, ${tls}, dsn=2.1.0, status=sent (250 ok)`,
    ),
    wanted: { dsn: "2.1.0", verdict: "sent", answer: "250 ok" },
  })),
  {
    what: "fields in another order, and one more",
    lines: smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, dsn=2.0.0, new_one=a b/c:d, delay=7, status=sent (250 ok)`),
    wanted: { dsn: "2.0.0", seconds: "7", verdict: "sent" },
  },
  {
    what: "orig_to, in other letters",
    lines: smtp(`1A2B3C4D: to=<other@example.net>, orig_to=<Ops@Example.org>, ${relay}, ${rest}`),
    wanted: { recipient: "other@example.net", verdict: "sent" },
  },
  {
    what: "an answer full of the log's own words",
    lines: smtp(
      `1A2B3C4D: to=<ops@example.org>, ${relay}, delay=0.2, delays=0/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 to=<x@y.test>, relay=mx7.internal, dsn=5.0.0, status=bounced (forwarded as 1A2B))`,
    ),
    wanted: {
      relay: "relay-1.example.test[192.0.2.1]:587",
      dsn: "2.0.0",
      answer: "250 2.0.0 to=<x@y.test>, relay=mx7.internal, dsn=5.0.0, status=bounced (forwarded as 1A2B)",
      verdict: "sent",
    },
  },
  {
    what: "an answer with quotes, backslashes, blanks and shell",
    lines: smtp(
      `1A2B3C4D: to=<ops@example.org>, ${relay}, delay=0.2, delays=0/0/0/0, dsn=2.0.0, status=sent (250   "a\\nb" \\\\ $(id) \`id\` 'x' %s   )`,
    ),
    wanted: { answer: `250   "a\\nb" \\\\ $(id) \`id\` 'x' %s   `, verdict: "sent" },
  },
  {
    what: "an answer without text",
    lines: smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, delay=0.2, delays=0/0/0/0, dsn=2.0.0, status=sent ()`),
    wanted: { answer: "", verdict: "sent" },
  },
  {
    what: "a recipient that looks like the rest of a line",
    to: '"x>, relay=none, status=bounced (y"@example.org',
    lines: smtp(`1A2B3C4D: to=<"x>, relay=none, status=bounced (y"@example.org>, ${relay}, ${rest}`),
    wanted: { recipient: '"x>, relay=none, status=bounced (y"@example.org', verdict: "sent" },
  },
  {
    what: "another recipient that does, beside ours",
    lines:
      smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, ${rest}`) +
      smtp(`1A2B3C4D: to=<"a, status=bounced (b"@example.net>, ${relay}, ${rest.replace("sent", "bounced")}`),
    wanted: { recipient: "ops@example.org", verdict: "sent" },
  },
  {
    what: "a recipient with the marks of shells and expressions",
    to: "o'b+c$d*[1].%e@example.org".replace("[1]", ""),
    lines: smtp(`1A2B3C4D: to=<o'b+c$d*.%e@example.org>, ${relay}, ${rest}`),
    wanted: { recipient: "o'b+c$d*.%e@example.org", verdict: "sent" },
  },
  {
    what: "a copy that is delivered first, and here",
    lines: `${at}local[8]: 1A2B3C4D: to=<deploy@web.example.com>, relay=local, ${rest}\n`,
    wanted: { status: "", settled: "no", verdict: "failed" },
  },
  {
    what: "a copy that is delivered last, and here",
    lines:
      smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, ${rest}`) +
      `${at}local[8]: 1A2B3C4D: to=<deploy@web.example.com>, relay=local, ${rest}\n`,
    wanted: { recipient: "ops@example.org", verdict: "sent" },
  },
  {
    what: "a copy that bounces",
    lines:
      smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, ${rest}`) +
      smtp(`1A2B3C4D: to=<archive@example.net>, ${relay}, ${rest.replace("sent", "bounced")}`),
    wanted: { verdict: "sent" },
  },
  {
    what: "an alias whose new message is logged before it is passed on",
    to: "root@web.example.com",
    lines:
      `${at}cleanup[2]: 2B3C4D5E: message-id=<TOKEN@web.example.com>\n` +
      smtp(`2B3C4D5E: to=<ops@example.org>, orig_to=<root>, ${relay}, ${rest}`) +
      `${at}local[8]: 1A2B3C4D: to=<root@web.example.com>, orig_to=<root>, relay=local, delay=0.1, delays=0/0/0/0, dsn=2.0.0, status=sent (forwarded as 2B3C4D5E)\n`,
    wanted: { id: "2B3C4D5E", recipient: "ops@example.org", verdict: "sent" },
  },
  {
    what: "an alias whose new message is under way",
    to: "root@web.example.com",
    lines: `${at}local[8]: 1A2B3C4D: to=<root@web.example.com>, relay=local, delay=0.1, delays=0/0/0/0, dsn=2.0.0, status=sent (forwarded as 2B3C4D5E)\n`,
    wanted: { id: "2B3C4D5E", status: "", settled: "no", verdict: "failed" },
  },
  {
    what: "an alias of an alias",
    to: "root@web.example.com",
    lines:
      `${at}local[8]: 1A2B3C4D: to=<root@web.example.com>, relay=local, delay=0.1, delays=0/0/0/0, dsn=2.0.0, status=sent (forwarded as 4jZQDB344Mz8fqq)\n` +
      `${at}local[8]: 4jZQDB344Mz8fqq: to=<admin@web.example.com>, orig_to=<root@web.example.com>, relay=local, delay=0.1, delays=0/0/0/0, dsn=2.0.0, status=sent (forwarded as 3C4D)\n` +
      smtp(`3C4D: to=<ops@example.org>, orig_to=<root@web.example.com>, ${relay}, ${rest}`),
    wanted: { id: "3C4D", verdict: "sent" },
  },
  {
    what: "an alias that leads back to itself",
    to: "root@web.example.com",
    lines: `${at}local[8]: 1A2B3C4D: to=<root@web.example.com>, relay=local, delay=0.1, delays=0/0/0/0, dsn=2.0.0, status=sent (forwarded as 1A2B3C4D)\n`,
    wanted: { verdict: "failed" },
  },
  {
    what: "deferred, then taken",
    lines:
      smtp(
        `1A2B3C4D: to=<ops@example.org>, ${relay}, delay=0.2, delays=0/0/0/0, dsn=4.2.0, status=deferred (host relay-1.example.test[192.0.2.1] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))`,
      ) + smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, ${rest}`),
    wanted: { verdict: "sent" },
  },
  {
    what: "deferred",
    lines: smtp(
      `1A2B3C4D: to=<ops@example.org>, ${relay}, delay=0.2, delays=0/0/0/0, dsn=4.2.0, status=deferred (host relay-1.example.test[192.0.2.1] said: 450 4.2.0 Greylisted (in reply to RCPT TO command))`,
    ),
    wanted: { status: "deferred", settled: "no", verdict: "failed" },
  },
  ...["deferred", "SOFTBOUNCE", "bounced", "expired"].map((status) => ({
    what: `${status}, and another try cannot help`,
    lines: smtp(
      `1A2B3C4D: to=<ops@example.org>, ${relay}, delay=0.2, delays=0/0/0/0, dsn=4.7.8, status=${status} (SASL authentication failed; server relay-1.example.test[192.0.2.1] said: 535 5.7.8 no)`,
    ),
    wanted: { status, settled: "yes", verdict: "failed" },
  })),
  {
    what: "taken with a status that is no success",
    lines: smtp(
      `1A2B3C4D: to=<ops@example.org>, ${relay}, delay=0.2, delays=0/0/0/0, dsn=4.0.0, status=sent (250 4.0.0 later)`,
    ),
    wanted: ({ verdict, reason }) =>
      expect([verdict, reason]).toEqual(["failed", expect.stringContaining("status 4.0.0")]),
  },
  {
    what: "a process that dies after the delivery",
    lines: `${smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, ${rest}`)}${at}tlsmgr[4]: panic: out of ideas\n`,
    wanted: { verdict: "sent" },
  },
  {
    what: "a process that dies instead of it",
    lines: smtp('fatal: open dictionary: expecting "type:name" form instead of "x"'),
    wanted: { status: "fatal", settled: "yes", verdict: "failed" },
  },
  {
    what: "a command that dies",
    lines: `${at}postqueue[4]: fatal: Queue report unavailable - mail system is down\n`,
    wanted: { status: "", settled: "no" },
  },
  {
    what: "what happens between two servers",
    lines:
      smtp("connect to relay-1.example.test[2001:db8::1]:587: Network is unreachable") +
      smtp("1A2B3C4D: host relay-1.example.test[192.0.2.9] said: 451 4.3.0 busy (in reply to MAIL FROM command)"),
    wanted: ({ status, settled, reason }) =>
      expect([status, settled, reason]).toEqual([
        "",
        "no",
        expect.stringMatching(/^The relay defers the message[.:].*\nWhat to do: .*\nLog: .*192\.0\.2\.9/),
      ]),
  },
  {
    what: "nothing yet from the relay",
    lines: smtp("Verified TLS connection established to relay-1.example.test[192.0.2.1]:587: TLSv1.3 with cipher X"),
    wanted: {
      reason:
        "the relay had not answered within 60 seconds.\nWhat to do: Raise testDelivery.timeoutSeconds if it is slow.",
    },
  },
  {
    what: "a message of another run",
    lines: { log: start.replaceAll("TOKEN", "OTHER") + smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, ${rest}`) },
    skip: 1,
    wanted: { id: "", status: "", settled: "no" },
  },
  {
    what: "a message whose Message-ID is gone, after one of another run",
    lines: {
      log:
        start.replaceAll("TOKEN", "OTHER") +
        smtp(`1A2B3C4D: to=<ops@example.org>, ${relay}, ${rest}`) +
        `${at}pickup[1]: 5E6F: uid=0 from=<root@web.example.com>\n${at}cleanup[2]: 5E6F: message-id=<2026.5E6F@web>\n` +
        smtp(`5E6F: to=<ops@example.org>, ${relay}, ${rest.replace("sent", "bounced")}`),
    },
    skip: 1,
    wanted: { id: "5E6F", status: "bounced" },
  },
  { what: "an empty log", lines: { log: "" }, wanted: { id: "", status: "", settled: "no", verdict: "failed" } },
  {
    what: "a torn last line",
    lines: `${at}smtp[9]: 1A2B3C4D: to=<ops@example.org>, ${relay}, delay=0.2, del`,
    wanted: { status: "", settled: "no" },
  },
];

describe("which line counts, and what it says", () => {
  const found = look(
    rows.map(({ lines, to = "ops@example.org", skip }) => ({
      log: typeof lines === "string" ? start + lines : lines.log,
      to,
      skip,
      hop: main,
    })),
  );
  test.each(rows.map((row, at) => ({ ...row, found: found[at] as Found })))("$what", ({ wanted, found }) => {
    if (typeof wanted === "function") wanted(found);
    else expect(found).toMatchObject(wanted);
  });
});
