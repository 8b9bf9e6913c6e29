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
