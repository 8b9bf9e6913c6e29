// A mailbox over IMAP: what is found, that nothing is changed in it, and what may be in the way.

import { afterEach, beforeEach, describe, expect } from "vitest";
import { type Found, openMailbox, reasonFor } from "../../../src/deliverability/inbox/mailbox.ts";
import { prove, type Question } from "../../../src/deliverability/inbox/prove.ts";
import { type ImapServer, type Manner, openImapServer } from "../../support/imap-server.ts";
import { needs } from "../../support/shells.ts";
import { looksAt } from "../zones.ts";

const test = needs("openssl");
const TOKEN = "postfixrelay0123456789abcdef";
const message = (subject = `Test delivery from h ${TOKEN}`, more = "") =>
  `Return-Path: <ops@example.com>
Authentication-Results: mx.receiver.com; spf=pass; dkim=none; dmarc=pass
Received: from relay.example.net (relay.example.net [203.0.113.9]) by mx.receiver.com (Postfix)
Subject: ${subject}
${more}
text
`;
const report = `Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; x

Action: failed
Status: 5.7.26
Diagnostic-Code: smtp; 550 5.7.26 not authenticated

--B
Content-Type: message/rfc822

Subject: Test delivery from h ${TOKEN}

--B--
`;

let server: ImapServer;
beforeEach(async () => {
  server = await openImapServer();
  server.folders = { INBOX: { messages: [message("Hello")] }, Junk: { use: "\\Junk", messages: [] } };
});
afterEach(() => server?.close());

const login = (password = "correct horse") => ({ host: "localhost", port: server.port, user: "ops", password });
const tls = () => ({ ca: server.ca });
const search = { token: TOKEN, where: "subject", since: new Date(0), deep: true } as const;

/** One search in a session of its own. */
async function found(given = login(), more = {}): Promise<Pick<Found, "folder" | "kind">[]> {
  const mailbox = openMailbox(given, tls());
  try {
    return (await mailbox.find({ ...search, ...more })).map(({ folder, kind }) => ({ folder, kind }));
  } finally {
    mailbox.leave();
  }
}

describe("where a message is", () => {
  test("the inbox comes first, then Junk, then other folders; what was sent or is a draft does not count", async () => {
    const all = (use?: string) => ({ use, messages: [message()] });
    server.folders = {
      Sent: all("\\Sent"),
      Reports: all(),
      Archive: all("\\All"),
      Spam: all("\\Junk"),
      INBOX: all(),
      Drafts: all("\\Drafts"),
    };
    expect(await found()).toEqual([
      { folder: "INBOX", kind: "inbox" },
      { folder: "Spam", kind: "junk" },
      { folder: "Archive", kind: "elsewhere" },
      { folder: "Reports", kind: "elsewhere" },
    ]);
    expect(await found(login(), { deep: false })).toEqual([
      { folder: "INBOX", kind: "inbox" },
      { folder: "Spam", kind: "junk" },
    ]);
  });

  test("it is looked for by a word in the subject, at Gmail in Gmail's way, and stays unread", async () => {
    server.folders = { INBOX: { messages: [message("Hello"), message()] } };
    expect(await found()).toHaveLength(1);
    server.capabilities = "X-GM-EXT-1";
    expect(await found()).toHaveLength(1);
    const searches = server.commands.filter((one) => one.startsWith("UID SEARCH"));
    expect(searches[0]).toContain(`SUBJECT ${TOKEN}`);
    expect(searches[1]).toMatch(/X-GM-RAW "?subject:postfixrelay/);
    for (const one of server.commands)
      expect(one).not.toMatch(/^(SELECT|UID STORE|UID COPY|UID MOVE|EXPUNGE|CLOSE)\b|BODY\[/i);
    expect(server.commands.join("\n")).toMatch(/EXAMINE.*NOOP\nUID SEARCH.*UID FETCH 2 \(BODY\.PEEK\[\]/s);
  });

  test("many who look share a session", async () => {
    server.folders = { INBOX: { messages: [message()] } };
    const mailboxes = Array.from({ length: 20 }, () => openMailbox(login(), tls()));
    const all = await Promise.all(mailboxes.map((one) => one.find(search)));
    expect(all.map((one) => one.length)).toEqual(Array(20).fill(1));
    for (const one of mailboxes) one.leave();
    expect(server.connections).toBe(1);
  });

  test("a session that is cut off is opened once more, one that never was open is not", async () => {
    server.folders = { INBOX: { messages: [message()] } };
    const mailbox = openMailbox(login(), tls());
    expect(await mailbox.find(search)).toHaveLength(1);
    server.manner = "cuts off once";
    expect(await mailbox.find(search)).toHaveLength(1);
    mailbox.leave();
    expect(server.connections).toBe(2);
    server.manner = "cuts off once";
    await expect(found()).rejects.toThrow();
  });
});

describe("what is in the way", () => {
  const reason = (given = login(), at = given) =>
    found(given).then(
      () => "nothing",
      (error) => reasonFor(error, at),
    );

  test("a wrong password is tried once, and is in no text", async () => {
    const mailbox = openMailbox(login("poison-Kx7"), tls());
    const errors = await Promise.all([1, 2, 3].map(() => mailbox.find(search).catch((error) => error)));
    mailbox.leave();
    for (const error of errors) {
      expect(reasonFor(error, login())).toBe("localhost refuses the user name or password (Invalid credentials)");
      expect(JSON.stringify([error, String(error), error.stack])).not.toContain("poison");
    }
    expect(server.commands.filter((one) => one.startsWith("LOGIN"))).toHaveLength(1);
  });

  test("where STARTTLS is not offered, or was taken out on the way, no password is sent", async () => {
    server.manner = "no STARTTLS";
    expect(await reason()).toBe(`localhost offers no TLS at port ${server.port}, so no password was sent`);
    expect(server.commands.filter((one) => /^(LOGIN|AUTHENTICATE)/.test(one))).toEqual([]);
  });

  test("a certificate of another authority, or for another name", async () => {
    const mailbox = openMailbox(login(), {});
    const error = await mailbox.find(search).catch((error) => error);
    mailbox.leave();
    expect(reasonFor(error, login())).toMatch(/^the certificate of localhost is not valid \(\w+\)$/);
    const other = { ...login(), host: "127.0.0.1" };
    if (server.connections > 0) expect(await reason(other)).toMatch(/certificate of 127\.0\.0\.1|nothing listens/);
    expect(server.commands.filter((one) => /^(LOGIN|AUTHENTICATE)/.test(one))).toEqual([]);
  });

  test("nobody listens, and a name that is not there", async () => {
    server.close();
    expect(await reason()).toBe(`nothing listens at port ${server.port} of localhost`);
    expect(reasonFor({ code: "ENOTFOUND" }, { host: "imap.example.org", port: 993 })).toBe(
      "the name imap.example.org is not found",
    );
    expect(reasonFor(undefined, { host: "h", port: 1 })).toBe("h: no reason is known");
  });
});

describe("a proof", () => {
  const question = (more: Partial<Question> = {}): Question => ({
    sent: { token: TOKEN, at: new Date().toISOString() },
    to: "ops@receiver.com",
    patience: "whole",
    inbox: { ...login(), timeoutSeconds: 5 },
    ...more,
  });
  const looks = looksAt({ "receiver.com": ["MX mx.receiver.com"], "example.com": ["TXT v=spf1 -all"] });
  const proved = (more: Partial<Question> = {}) =>
    prove(question(more), { looks, open: (given) => openMailbox(given, tls()) });

  test("what the receiver says of a message that is there", async () => {
    server.folders = { INBOX: { messages: [message()] } };
    expect(await proved()).toMatchObject({
      ...{ state: "inbox", folder: "INBOX", receiver: "mx.receiver.com", verifiedHere: false },
      ...{ spf: "pass", dkim: "none", dmarc: "pass", sentFrom: "203.0.113.9", why: "" },
    });
  });

  test("one that comes a moment later, into Junk", async () => {
    setTimeout(() => server.folders.Junk?.messages.push(message()), 500);
    const { seconds, ...found } = await proved();
    expect(found).toMatchObject({ state: "junk", folder: "Junk" });
    expect([seconds > 0.5, seconds < 4]).toEqual([true, true]);
  });

  test("where the receiver wrote nothing the message is verified here, and that is said", async () => {
    const bare = message()
      .replace(/^Authentication-Results.*\n/m, "")
      .replace("Subject", "From: ops@example.com\nSubject");
    server.folders = { INBOX: { messages: [bare] } };
    expect(await proved()).toMatchObject({
      ...{ state: "inbox", receiver: "mx.receiver.com", verifiedHere: true },
      ...{ spf: "fail", dkim: "none", dmarc: "none", sentFrom: "203.0.113.9" },
    });
  });

  test("one that comes back to its sender, whose mailbox is another one", async () => {
    const bounces = { ...login(), user: "sender" };
    server.folders = { INBOX: { messages: [report] }, Junk: { use: "\\Junk", messages: [] } };
    expect(await proved({ bounces })).toMatchObject({ state: "returned", why: "5.7.26 550 5.7.26 not authenticated" });
  });

  test("a report and an answer that have its subject are not the message", async () => {
    const subject = `Subject: Undeliverable: Test delivery from h ${TOKEN}\n`;
    server.folders = { INBOX: { messages: [subject + report] } };
    expect(await proved()).toMatchObject({ state: "returned", why: "5.7.26 550 5.7.26 not authenticated" });
    server.folders = { INBOX: { messages: [`${subject}Auto-Submitted: auto-replied (vacation)\n\ntext\n`] } };
    expect(await proved({ patience: "once" })).toMatchObject({ state: "missing" });
  });

  test("one that does not come, and a mailbox for reports that cannot be read", async () => {
    const found = await proved({ bounces: login("wrong") });
    expect(found).toMatchObject({ state: "missing", folder: "" });
    expect(found.why).toMatch(/^not within 5 s; the mailbox in `bounces` cannot be read: localhost refuses/);
  });

  test("a single look is over at once", async () => {
    const begin = performance.now();
    expect(await proved({ patience: "once" })).toMatchObject({ state: "missing" });
    expect(performance.now() - begin).toBeLessThan(4000);
  });

  test("a mailbox that cannot be read is a result", async () => {
    expect(await proved({ inbox: { ...login("wrong"), timeoutSeconds: 5 } })).toMatchObject({
      ...{ state: "unreadable", why: "localhost refuses the user name or password (Invalid credentials)" },
    });
  });

  const manners: Manner[] = ["silent", "mute after the login", "another protocol"];
  for (const manner of manners)
    test(`${manner}: the time is over in any case, and nothing stays open`, async () => {
      server.manner = manner;
      const begin = performance.now();
      const found = await proved({ patience: "once" });
      expect(found).toMatchObject({ state: "unreadable", why: expect.stringMatching(/no answer within 5 s/) });
      expect(performance.now() - begin).toBeLessThan(7000);
    });
});
