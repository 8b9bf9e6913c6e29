// Reports of undelivered mail, in the forms in which servers send them.

import fc from "fast-check";
import { expect, test } from "vitest";
import { returnedIn } from "../../../src/deliverability/inbox/bounce.ts";

const TOKEN = "postfixrelay0123456789abcdef";

const report = (
  status: string,
  { boundary = "B1", original = `Subject: Test delivery from h ${TOKEN}`, head = "" } = {},
) =>
  `From: MAILER-DAEMON@mx.example.net
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status;
	boundary="${boundary}"
${head}
This is a MIME-encapsulated message.

--${boundary}
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--${boundary}
Content-Description: Delivery report
Content-Type: message/delivery-status

${status}

--${boundary}
Content-Type: message/rfc822

${original}

text
--${boundary}--
`;

const postfix = `Reporting-MTA: dns; relay.example.net
X-Postfix-Queue-ID: 4ABC

Final-Recipient: rfc822; ops@example.org
Original-Recipient: rfc822;ops@example.org
Action: failed
Status: 5.7.26
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.7.26 This message does not pass authentication
    checks (lab)`;

test.each<[what: string, message: string, reason: string | undefined]>([
  ["Postfix", report(postfix), "5.7.26 550 5.7.26 This message does not pass authentication checks (lab)"],
  [
    "lines that end with CR LF",
    report(postfix).replaceAll("\n", "\r\n"),
    "5.7.26 550 5.7.26 This message does not pass authentication checks (lab)",
  ],
  ["no words of a server", report("Reporting-MTA: dns; x\n\nAction: Failed\nStatus: 5.1.1"), "5.1.1"],
  ["no status", report("Reporting-MTA: dns; x\n\nAction: failed\nDiagnostic-Code: X-Unix; 67"), "67"],
  [
    "the second recipient",
    report("Reporting-MTA: dns; x\n\nAction: delivered\nStatus: 2.0.0\n\nAction: failed\nStatus: 5.2.2"),
    "5.2.2",
  ],
  [
    "a boundary with odd characters",
    report("Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.0.0", { boundary: "=_(x)+1'?" }),
    "5.0.0",
  ],
  ["one that is delayed", report(postfix.replace("failed", "delayed")), undefined],
  ["one about another message", report(postfix, { original: "Subject: Hello" }), undefined],
  ["the message itself", `Subject: Test delivery from h ${TOKEN}\n\ntext`, undefined],
  ["an answer to it", `Subject: Out of office\nAuto-Submitted: auto-replied\n\n> Subject: ${TOKEN}`, undefined],
  ["a receipt", report(postfix).replace("multipart/report", "multipart/mixed"), undefined],
  ["nothing", "", undefined],
])("%s", (_, message, reason) => {
  expect(returnedIn(message, TOKEN)).toBe(reason);
});

test("a status in base64, and an original in quoted-printable", () => {
  const encoded = Buffer.from("Reporting-MTA: dns; x\n\nAction: failed\nStatus: 5.7.1\n").toString("base64");
  const message = report("STATUS", { original: "X" })
    .replace("message/delivery-status\n", "message/delivery-status\nContent-Transfer-Encoding: base64\n")
    .replace("STATUS", encoded)
    .replace(
      "message/rfc822\n\nX",
      `message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\nSubject: =\n${TOKEN}`,
    );
  expect(returnedIn(message, TOKEN)).toBe("5.7.1");
});

test("whatever is in a message, reading it ends", () => {
  const part = fc.constantFrom(...report(postfix).split("\n"), "--B1", "--B1--", "\u0000", "a".repeat(2000), "=", ":");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (lines) => {
      const found = returnedIn(lines.join("\n"), TOKEN);
      expect(found === undefined || typeof found === "string").toBe(true);
    }),
  );
});
