import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { explain } from "../support/proof.ts";

/** The failures that capture.ts logged in log-lines.txt, and the advice for each. */
const advice: Record<string, RegExp> = {
  "wrong-password": /refuses the user name or password/,
  "auth-required": /wants authentication/,
  "sender-refused": /does not let this account send as/,
  "no-starttls": /offers no STARTTLS/,
  "expired-certificate": /certificate is not valid.*expired/,
  "foreign-certificate": /certificate is not valid.*caCertificate/,
  "wrong-name": /certificate is not valid for its name/,
  greylisting: /defers the message/,
  "refuse-421": /refuses the connection:/,
  "port-closed": /Nothing listens on that port/,
  mechanisms: /none of the mechanisms allowed/,
  messagesizelimit: /larger than the relay accepts/,
  silence: /does not speak/,
  "no-plaintext": /no SASL mechanism is left/,
  "no-authority": /cannot load the certificate authorities/,
  "no-map": /map of Postfix is missing/,
  "no-authentication": /wants authentication/,
  "wrong-port": /does not speak: a port for implicit TLS/,
  "no-such-name": /does not resolve/,
  dropped: /cannot be reached/,
};

const logged = readFileSync(new URL("log-lines.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((row) => row.split("\t") as [what: string, version: string, line: string]);

const result = explain(logged.map(([, , line]) => line));

test.each(logged.map((row, at) => [...row, result[at]?.text ?? ""] as const))(
  "explains %s as Postfix %s logs it",
  (what, _, __, text) => {
    expect(text).toMatch(advice[what] ?? /no such row/);
  },
);

test("each failure was logged by Postfix 3.5, 3.7, 3.10 and 3.11", () => {
  for (const what of Object.keys(advice)) {
    const versions = logged.filter(([name]) => name === what).map(([, version]) => version.replace(/\.\d+$/, ""));
    expect(versions.sort(), what).toEqual(["3.10", "3.11", "3.5", "3.7"]);
  }
});
