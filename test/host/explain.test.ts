// The table of advice, compared with Postfix's own errors and with replies of relay hosts.

import { expect, test } from "vitest";
import { adviceRows, explain } from "../support/proof.ts";
import { needs, shells } from "../support/shells.ts";
import { answers, type Kind, kinds, published } from "./answers.ts";
import { others, programs } from "./other-programs.ts";
import { own } from "./postfix-errors.ts";
import { tokens } from "./token-errors.ts";

const inLine = (reason: string) =>
  `postfix-relay-candidate/smtp[42]: 4Zx1Yq0C9Vz1: to=<ops@example.org>, relay=h.example.net[192.0.2.1]:587, delay=0.2, delays=0/0/0.2/0, dsn=4.0.0, status=deferred (${reason})`;
const errors = [...own, ...others, ...tokens];
const texts = [...answers.map(({ reason }) => inLine(reason)), ...errors.map(([text]) => text)];
const results = explain(texts);

test.each(answers.map((answer, at) => ({ ...answer, result: results[at]?.text ?? "" })))("$who: $text", (answer) => {
  expect(answer.result, answer.reason).toMatch(kinds[answer.kind]);
});

test.each(errors.map((row, at) => [...row, results[answers.length + at]?.text ?? ""] as const))(
  "%s",
  (_, wanted, text) => {
    expect(text).toMatch(wanted);
  },
);

test("at least sixty published answers were tried, each with the page that has it", () => {
  expect(published.length).toBeGreaterThan(60);
  expect(published.filter(({ source }) => !/^https?:\/\/[a-z0-9.-]+\//i.test(source))).toEqual([]);
});

test("no other program's line gets advice that is about the relay host, whatever stands in it", () => {
  const client = adviceRows().filter((row) => !/^\w+ \^own (?!smtp )|^\w+ \^taken/.test(row));
  expect(client.length).toBeGreaterThan(60);
  const words = [...answers.filter((_, at) => at % 12 === 0).map(({ reason }) => reason), ...own.map(([text]) => text)];
  const bare = words.map((text) => text.replace(/^postfix\/\w+\[1\]: /, ""));
  const lines = programs.flatMap((program, at) =>
    bare.filter((_, index) => index % 3 === at % 3).map((text) => program + text),
  );
  const wrong = explain(lines).map(({ row }, at) => [row, lines[at]] as const);
  expect(wrong.filter(([row]) => client.includes(row))).toEqual([]);
});

test("a port that fails is none that the advice names", () => {
  const ports = [25, 465, 587, 2525];
  const found = explain(ports.map((port) => `connect to h.example.net[192.0.2.1]:${port}: Connection timed out`));
  for (const [at, { text }] of found.entries()) {
    expect(text).toMatch(/set relayHost\.port to \d+ or \d+,/);
    expect(/set relayHost\.port to (\d+) or (\d+),/.exec(text)?.slice(1)).not.toContain(String(ports[at]));
  }
});

test("a 4xx reply is tried again, except for errors that cannot pass by themselves; no other reply is", () => {
  const definite = /Relay access denied|Helo command rejected: Host not found|(START)?TLS (is )?required|loop detected/;
  const passing = /[Tt]oo many invalid|temporarily locked|go away|5\.7\.1 Connection refused/;
  const wrong = answers.filter(({ reason }, at) => {
    const later = /(said|to me): 4/.test(reason) ? !definite.test(reason) : passing.test(reason);
    return later !== (results[at]?.mark === "wait");
  });
  expect(wrong).toEqual([]);
});

test("each row is the first match of some text: none is dead, none is too low", () => {
  const won = new Set(results.map(({ row }) => row));
  expect(adviceRows().filter((row) => !won.has(row))).toEqual([]);
});

test("where the relay host means the sender, the table says so", () => {
  const senders: Kind[] = ["sender", "sender's domain", "any sender", "identities", "spf"];
  const wrong = answers.filter(
    ({ reason, kind }, at) => / said: 5/.test(reason) && senders.includes(kind) !== (results[at]?.mark === "sender"),
  );
  expect(wrong).toEqual([]);
});

test("advice names what to change by the names of the arguments, or whom to ask", () => {
  const names =
    /relayHost|testDelivery|credentials|accounts|mechanisms|sender|hostname|limits|tls\.|caCertificate|ipVersion|mainCf|listen|bridges|(the|another) provider|[Tt]his host|pulumi up again|nothing is wrong/;
  expect(adviceRows().filter((row) => !names.test(row.replace(/^.*? -> /, "")))).toEqual([]);
});

// Text around the reason, which must not decide.
const around: [what: string, line: string, wanted: RegExp][] = [
  ["the reason alone", "(Server certificate not verified)", /certificate is not valid/],
  [
    "a line of journald",
    "Nov 25 15:11:29 web postfix/smtp[123]: 0123456789AB: to=<a@example.org>, relay=none, delay=3, delays=0/0/3/0, dsn=4.4.1, status=deferred (connect to h.example.net[192.0.2.1]:587: Connection refused)",
    /Nothing listens/,
  ],
  [
    "a line of another program name",
    "2026-11-25T15:11:29+00:00 web mailout/smtp[123]: 4Zx1Yq0C9Vz1: to=<a@example.org>, orig_to=<root>, relay=none, conn_use=2, delay=3, delays=0/0/3/0, tls=may:none, dsn=4.4.1, status=SOFTBOUNCE (connect to h.example.net[192.0.2.1]:587: Connection refused)",
    /Nothing listens/,
  ],
  [
    "a recipient that looks like a reason",
    "postfix/smtp[1]: 4Zx1Yq0C9Vz1: to=<5.7.9@loops-back-to-myself.example>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to h.example.net[192.0.2.1]:587: Connection refused)",
    /Nothing listens/,
  ],
  [
    "a server's name that looks like a reason",
    "host spf.greylist.example.net[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO command)",
    /refuses the recipient/,
  ],
  [
    "a queue that waits",
    "postfix/error[1]: 4Zx1Yq0C9Vz1: to=<a@example.org>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (delivery temporarily suspended: connect to h.example.net[192.0.2.1]:587: Connection refused)",
    /Nothing listens/,
  ],
  [
    "a line before the next server",
    "postfix/smtp[1]: 4Zx1Yq0C9Vz1: SASL authentication failed; server h.example.net[192.0.2.1] said: 535 5.7.8 no",
    /refuses the user name or password/,
  ],
  [
    "an answer that quotes our own words",
    "host h.example.net[192.0.2.1] said: 550 5.1.1 user unknown: connection refused, certificate not verified (in reply to RCPT TO command)",
    /refuses the recipient/,
  ],
  ["an answer alone", "550-5.1.1 The email account that you tried to reach does not exist.", /refuses the recipient/],
  [
    "a wrapped line",
    "host h.example.net[192.0.2.1]\n    said: 454 4.7.1 <a@example.org>: Relay access\n denied (in reply to RCPT TO command)",
    /does not accept this recipient/,
  ],
  ["nothing", "", /did not take the message/],
  ["anything", "%s \\n $(id) `id` *", /did not take the message/],
];

for (const [program, ...options] of shells) {
  const shell = [program, ...options];
  needs(program)(`${program} reads a line as a whole, in part and alone`, () => {
    const lines = around.map(([, line]) => line.replaceAll("\n", "\r"));
    const found = explain(lines, { shell });
    for (const [at, [what, , wanted]] of around.entries()) expect(found[at]?.text, what).toMatch(wanted);
  });
}

// Every eighth text is enough to meet each construct that awks differ in.
const some = texts.filter((_, at) => at % 8 === 0);

for (const awk of ["mawk", "gawk", "original-awk", "busybox"]) {
  needs(awk)(`${awk} finds the same advice`, { timeout: 60_000 }, () => {
    expect(explain(some, { awk })).toEqual(results.filter((_, at) => at % 8 === 0));
  });
}
