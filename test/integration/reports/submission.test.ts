import { expect, test } from "vitest";
import { inOrder, openScene } from "../others/scene.ts";

// A test message of which no line of the log speaks: what took it is named, and what Postfix last complained about.
const scene = await openScene();

const testDelivery = { to: "ops@example.org", timeoutSeconds: 8 };
const swallows = "cat > /dev/null && exit 0";

test("another sendmail stands before Postfix's: green with Postfix's, or red with its path", async () => {
  const host = await scene.host("before");
  await host.must(
    `printf '#!/bin/sh\\n${swallows}\\n' > /usr/local/sbin/sendmail && chmod +x /usr/local/sbin/sendmail`,
  );
  const run = await scene.steps(host, { testDelivery }).up();
  if (run.code !== 0) expect(run.text).toContain("/usr/local/sbin/sendmail");
  else expect(await inOrder(host)).toBe(true);
});

test("another sendmail was put in the place of Postfix's: red, with its path", async () => {
  const host = await scene.host("instead");
  await host.must(
    `dpkg-divert --quiet --local --rename --add /usr/sbin/sendmail && printf '#!/bin/sh\\n${swallows}\\n' > /usr/sbin/sendmail && chmod +x /usr/sbin/sendmail`,
  );
  const run = await scene.steps(host, { testDelivery }).up();
  expect(run.code).not.toBe(0);
  expect(run.text).toContain("/usr/sbin/sendmail");
});

test("another sendmail that refuses: red, in its words", async () => {
  const host = await scene.host("refuses");
  await host.must(
    `dpkg-divert --quiet --local --rename --add /usr/sbin/sendmail && printf '#!/bin/sh\\necho "msmtp: account default not found" >&2\\nexit 78\\n' > /usr/sbin/sendmail && chmod +x /usr/sbin/sendmail`,
  );
  const run = await scene.steps(host, { testDelivery }).up();
  expect(run.code).not.toBe(0);
  expect(run.text).toContain("msmtp: account default not found");
});

test.each([
  ["a map that is missing", { header_checks: "regexp:/etc/postfix/no-such-file" }, /no-such-file/],
  ["a kind of map that is not installed", { header_checks: "pcre:/etc/postfix/header_checks" }, /pcre/],
  ["an address where a map belongs", { sender_bcc_maps: "static:deploy, archive@example.net" }, /archive@example\.net/],
])("%s: red, with the warning about it", async (_, mainCf, warning) => {
  const host = await scene.host("web");
  const run = await scene.steps(host, { testDelivery, mainCf }).up();
  expect(run.code, run.text).not.toBe(0);
  expect(run.text).toMatch(warning);
});
