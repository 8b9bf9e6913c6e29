import { expect, test } from "vitest";
import { explain } from "../../src/cli/explain.ts";

const line = (text: string) =>
  `Nov  1 10:00:00 web-1 postfix/smtp[12]: A1B2C3D4E5: to=<a@example.org>, relay=none, ${text}`;

test("what the tool on a host would say", () => {
  expect(explain(line("dsn=4.4.1, status=deferred (connect to r[192.0.2.1]:587: Connection refused)"))).toMatch(
    /^Nothing listens on that port/,
  );
});

test("no line, and no shell", () => {
  expect(() => explain(" \n")).toThrow(/there is no line on stdin/);
  expect(() => explain("x", "no-such-shell")).toThrow(/needs a POSIX shell.*`postrelay explain` on a host/);
});
