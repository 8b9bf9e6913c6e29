import { beforeAll, expect, test } from "vitest";
import type { Mode } from "../../lab/index.ts";
import { openWorld } from "./world.ts";

const { world, relay, web: host } = await openWorld({ web: {} });
const stack = await world.stack("failures", relay, [host], {
  testDelivery: { to: "ops@example.org", timeoutSeconds: 20 },
});
beforeAll(async () => {
  expect(await stack.up()).toMatchObject({ code: 0 });
});

/** The fault of the relay, the log line that decides, and the advice. */
const rows: [what: string, mode: Mode, line: RegExp, advice: RegExp][] = [
  ["a wrong password", "wrong-password", /535 5\.7\.8/, /Check credentials\.username and credentials\.password/],
  ["no STARTTLS", "no-starttls", /TLS is required, but was not offered/, /offers no STARTTLS on this port/],
  ["a foreign certificate", "foreign-certificate", /certificate not (verified|trusted)/i, /set caCertificate/],
  ["an expired certificate", "expired-certificate", /certificate not (verified|trusted)/i, /expired/],
  [
    "a certificate for another name",
    "wrong-name",
    /certificate not verified/i,
    /not valid for its name\. Set relayHost\.host/,
  ],
  ["a closed port", "port-closed", /Connection refused/, /Check relayHost\.host and relayHost\.port/],
  ["a refused sender", "sender-refused", /553/, /does not let this account send as this address/],
  ["no authentication offered", "auth-required", /(530|no.*mechanism)/i, /wants authentication|SASL mechanism/],
  ["a relay that defers for ever", "refuse-421", /421/, /(refuses the connection|too many|limit|later)/i],
  ["a relay that is silent", "silence", /timed out|lost connection/, /does not speak|did not take/],
];

test.each(rows)(
  "%s fails within the timeout, says why, and the host stays as it is",
  async (what, mode, line, advice) => {
    await relay.set(mode);
    const before = (await host.must("postrelay status")).trim();
    // Each case needs a change to prove; the name of the case will do.
    await stack.set("postfix-relay:testDelivery.from", `${what.replaceAll(" ", "-")}@web.example.com`);
    await stack.set("postfix-relay:domain", `${what.replaceAll(" ", "-")}.example.com`);
    const started = Date.now();
    const result = await stack.up();
    expect(result.code).not.toBe(0);
    expect((Date.now() - started) / 1000).toBeLessThan(20 + 40);
    const [paragraph = ""] = result.text.match(/postrelay: the test delivery to ops@example\.org failed: .*/) ?? [];
    expect(paragraph).toMatch(line);
    expect(paragraph).toMatch(advice);
    expect(paragraph).toContain("The live configuration was not changed.");
    expect(result.text).not.toContain("relaypass");
    await relay.set("normal");
    expect((await host.must("postrelay status")).trim()).toBe(before);
    expect(JSON.parse(before)).toMatchObject({ queue: 0, running: "yes" });
  },
);

test("after the repair, `up` runs the delivery alone, and proves the new configuration", async () => {
  const result = await stack.up();
  expect(result).toMatchObject({ code: 0 });
  expect(result.text).toContain("web-delivery updated");
  expect(result.text).not.toContain("web-main-cf updated");
  expect(await host.must("postconf -h mydomain")).toMatch(/^a-relay-that-is-silent\.example\.com$/m);
});

test("greylisting is waited out", async () => {
  await relay.set("greylisting");
  await stack.set("postfix-relay:domain", "greylisted.example.com");
  const result = await stack.up();
  expect(result).toMatchObject({ code: 0 });
  expect(await relay.log()).toMatch(/450 4\.2\.0/);
  await relay.set("normal");
});
