import { expect, test } from "vitest";
import { saslPasswd } from "../../src/postfix/sasl-passwd.ts";
import { settings } from "../support/args.ts";

test.each([
  [{}, "user", "password", "[example.sakura.ne.jp]:587 user:password\n"],
  [{ "relayHost.port": 465 }, "user@example.com", "a:b", "[example.sakura.ne.jp]:465 user@example.com:a:b\n"],
  [{}, "user", ` # $x \\ "q" %`, `[example.sakura.ne.jp]:587 user: # $x \\ "q" %\n`],
])("%j %s %s", (values, username, password, text) => {
  expect(saslPasswd(settings(values), { username, password })).toBe(text);
});

test("has the key that main.cf has as relayhost, also for an IPv6 address", () => {
  const values = { "relayHost.host": "2001:db8::25", "tls.level": "encrypted" };
  expect(saslPasswd(settings(values), { username: "u", password: "p" })).toBe("[ipv6:2001:db8::25]:587 u:p\n");
});

const b = { host: "b.example.net" };
const account = { username: "b", password: "B" };
const MAIN = "[example.sakura.ne.jp]:587 u:p\n";

test.each([
  [{ fallback: [b] }, { [b.host]: account }, `${MAIN}[b.example.net]:587 b:B\n`],
  [{ fallback: [{ ...b, lookupMx: true }] }, { "B.example.net": account }, `${MAIN}b.example.net:587 b:B\n`],
  [{ fallback: [{ host: "example.sakura.ne.jp", port: 465 }] }, {}, `${MAIN}[example.sakura.ne.jp]:465 u:p\n`],
  [{ senderDependent: { "a@example.org": b } }, { "a@example.org": account }, `a@example.org b:B\n${MAIN}`],
  [{ senderDependent: { "@example.org": b } }, { [b.host]: account }, `${MAIN}[b.example.net]:587 b:B\n`],
])("with %j and further accounts", (values, accounts, text) => {
  expect(saslPasswd(settings(values), { username: "u", password: "p", accounts })).toBe(text);
});

test.each([
  ["sendgrid", undefined, "[smtp.sendgrid.net]:587 apikey:p\n"],
  ["postmark", undefined, "[smtp.postmarkapp.com]:587 p:p\n"],
  ["postmark", "key", "[smtp.postmarkapp.com]:587 key:p\n"],
])("with the user name of %s", (provider, username, text) => {
  expect(saslPasswd(settings({ relayHost: undefined, provider }), { username, password: "p" })).toBe(text);
});
