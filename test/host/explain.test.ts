import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { needs, shells } from "../support/shells.ts";

/** Runs `postfix-relay explain`, as an operator may, under one of the shells that can be `sh`. */
function explain(shell: string[], line: string): string {
  const [command = "sh", ...args] = shell;
  return execFileSync(command, [...args, "src/host/postfix-relay.sh", "explain"], {
    input: line,
    encoding: "utf8",
  }).trim();
}

// Lines as Postfix 3.5 to 3.11 log them; what stands before the parenthesis is the same in all and left out here.
const rows: [line: string, advice: RegExp][] = [
  [
    "(SASL authentication failed; server relay.example.test[192.0.2.1] said: 535 5.7.8 Error: authentication failed: (reason unavailable))",
    /refuses the user name or password/,
  ],
  [
    "(SASL authentication failed; server smtp.example.net[192.0.2.1] said: 534-5.7.9 Application-specific password required)",
    /application-specific password/,
  ],
  [
    "(SASL authentication failed; server relay.example.test[192.0.2.1] said: 454 4.7.0 Temporary authentication failure: Connection lost to authentication server)",
    /rate limit or an outage/,
  ],
  [
    "(SASL authentication failed; cannot authenticate to server relay.example.test[192.0.2.1]: no mechanism available)",
    /No SASL mechanism is left/,
  ],
  [
    "(server relay.example.test[192.0.2.1] offered no compatible authentication mechanisms for this type of connection security)",
    /none of the mechanisms allowed/,
  ],
  [
    "(host relay.example.test[192.0.2.1] said: 530 5.7.0 Must issue a STARTTLS command first (in reply to MAIL FROM command))",
    /wants STARTTLS first/,
  ],
  [
    "(host relay.example.test[192.0.2.1] said: 530 5.7.0 Authentication Required (in reply to MAIL FROM command))",
    /wants authentication/,
  ],
  [
    "(host relay.example.test[192.0.2.1] said: 454 4.7.1 <a@example.org>: Relay access denied (in reply to RCPT TO command))",
    /does not accept this recipient/,
  ],
  [
    "(host relay.example.test[192.0.2.1] said: 553 5.7.1 <root@web-1.example.com>: Sender address rejected: not owned by user relayuser (in reply to RCPT TO command))",
    /does not let this account send as/,
  ],
  [
    "(host smtp.example.net[192.0.2.1] said: 553 Relaying disallowed as root@web-1.example.com (in reply to MAIL FROM command))",
    /does not let this account send as/,
  ],
  [
    "(host smtp.example.net[192.0.2.1] said: 554 Message rejected: Email address is not verified (in reply to end of DATA command))",
    /does not let this account send as/,
  ],
  [
    "(host mx.example.net[192.0.2.1] said: 550-5.7.1 This message does not have authentication information or fails to pass 550-5.7.1 authentication checks (in reply to end of DATA command))",
    /SPF, DKIM or DMARC/,
  ],
  ["(Server certificate not verified)", /certificate is not valid/],
  ["(Server certificate not trusted)", /certificate is not valid/],
  ["(TLS is required, but our TLS engine is unavailable)", /authorities could not be loaded/],
  ["(TLS is required, but was not offered by host relay.example.test[192.0.2.1])", /offers no STARTTLS/],
  ["(Cannot start TLS: handshake failure)", /TLS handshake failed/],
  [
    "(conversation with relay.example.test[192.0.2.1] timed out while receiving the initial server greeting)",
    /does not speak/,
  ],
  ["(connect to relay.example.test[192.0.2.1]:587: Connection refused)", /Nothing listens on that port/],
  ["(connect to relay.example.test[192.0.2.1]:587: Connection timed out)", /cannot be reached/],
  [
    "(Host or domain name not found. Name service error for name=relay.example.test type=AAAA: Host not found)",
    /does not resolve/,
  ],
  ["(mail for web-1.example.com loops back to myself)", /relay host is this host/],
  [
    "(host relay.example.test[192.0.2.1] said: 554 5.4.0 Error: too many hops (in reply to end of DATA command))",
    /runs in a loop/,
  ],
  ["(local data error while talking to relay.example.test[192.0.2.1])", /map of Postfix is missing/],
  ["(SMTPUTF8 is required, but was not offered by host relay.example.test[192.0.2.1])", /UTF-8 addresses/],
  [
    "(message size 7466 exceeds size limit 2000 of server relay.example.test[192.0.2.1])",
    /larger than the relay accepts/,
  ],
  [
    "(host relay.example.test[192.0.2.1] refused to talk to me: 421 4.7.0 relay.example.test Error: too many connections)",
    /turns this host away/,
  ],
  [
    "(host relay.example.test[192.0.2.1] said: 450 4.2.0 <a@example.org>: Recipient address rejected: Greylisted (in reply to RCPT TO command))",
    /puts the message off/,
  ],
  [
    "(host relay.example.test[192.0.2.1] said: 550 5.1.1 <a@example.org>: Recipient address rejected: User unknown (in reply to RCPT TO command))",
    /The relay refuses the message/,
  ],
  ["(lost connection with relay.example.test[192.0.2.1] while sending RCPT TO)", /did not take the message/],
];

test.each(rows)("explains %s", (line, advice) => {
  expect(explain(["sh"], `postfix/smtp[42]: 4Zx1Yq0C9Vz1: to=<ops@example.org>, status=deferred ${line}`)).toMatch(
    advice,
  );
});

for (const shell of shells) {
  needs(shell[0])(`${shell[0]} explains alike`, () => {
    const line = "(Server certificate not verified)";
    expect(explain([...shell], line)).toBe(explain(["sh"], line));
  });
}
