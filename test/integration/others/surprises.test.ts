import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { drain, Sender } from "../faults/sender.ts";
import { arrives, inOrder, openScene, untouched } from "./scene.ts";

// Things that happen to a host while nobody thinks of its mail: the error is true, and says the right thing to do next.
const scene = await openScene();

describe("Postfix was removed by hand", () => {
  const rows: [how: string, command: string][] = [
    ["removed", "apt-get -qy remove postfix"],
    ["purged", "apt-get -qy purge postfix"],
    ["replaced by another mail system", "apt-get -qy install --no-install-recommends msmtp-mta"],
  ];
  test.each(rows)("%s: `up` with a change says so, and what to do; done, it is green", async (how, command) => {
    const host = await scene.host(how.replace(/ .*/, ""));
    const steps = scene.steps(host);
    expect(await steps.up()).toMatchObject({ code: 0 });
    await host.must(`DEBIAN_FRONTEND=noninteractive ${command} > /dev/null 2>&1`);
    const red = await steps.up({ domain: "later.example.com" });
    expect(red.code, red.text).not.toBe(0);
    expect(red.text).toMatch(/Postfix is (gone|not installed|no longer installed)|Postfix (was|has been) removed/);
    expect(red.text).not.toMatch(/not found|No such file|Postfix refuses/);
    expect(red.text).toMatch(/apt-get install postfix/);
    await host.must(
      "DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends postfix > /dev/null 2>&1",
    );
    const green = await steps.up();
    expect(green.code, green.text).toBe(0);
    await arrives(host, scene.relay, `removed-${how.replace(/ .*/, "")}@example.org`);
  });

  test("destroy of such a host: green, and what is ours is gone", async () => {
    const host = await scene.host("destroyed", []);
    const steps = scene.steps(host);
    expect(await steps.up()).toMatchObject({ code: 0 });
    await host.must("DEBIAN_FRONTEND=noninteractive apt-get -qy purge postfix > /dev/null 2>&1");
    const run = await steps.destroy();
    expect(run.code, run.text).toBe(0);
    expect(run.text).not.toMatch(/not found|No such file/);
    expect(await host.must("find /var/lib/postfix-relay /usr/local/sbin /run/postrelay 2> /dev/null || :")).not.toMatch(
      /relay/,
    );
  });
});

describe("two `up`s at once, from two machines with one owner and different settings", () => {
  test("three times over: each green or red with the right next action; the host is proven, no message lost", async () => {
    const host = await scene.host("two");
    const one = scene.steps(host);
    expect(await one.up()).toMatchObject({ code: 0 });
    const two = one.copy();
    const sender = await Sender.start(host, "two");
    for (const round of [1, 2, 3]) {
      const runs = await Promise.all([
        one.up({ domain: `one-${round}.example.com` }),
        two.up({ domain: `two-${round}.example.com`, sender: `two-${round}@example.com` }),
      ]);
      const text = runs.map(({ text }) => text).join("---\n");
      expect(
        runs.map(({ code }) => code),
        text,
      ).toContain(0);
      for (const { code, results } of runs.filter(({ code }) => code !== 0)) {
        const { stderr = "" } = results.at(-1) ?? {};
        expect([65, 75]).toContain(code);
        expect(stderr).not.toMatch(/forget|state delete/);
        expect(stderr).toMatch(/run pulumi up again|[Tt]ry again/);
      }
      expect(await inOrder(host), text).toBe(true);
      // The right next action, on both machines in turn.
      for (const steps of [one, two]) {
        const again = await steps.up();
        expect(again.code, again.text).toBe(0);
      }
    }
    await sender.stop();
    await drain(host);
    const count = await sender.count(scene.relay);
    expect(count).toMatchObject({ delivered: count.accepted, bounced: 0, missing: 0, twice: 0 });
  });
});

describe("the clock is set while the test message is on its way", () => {
  /** `date +%s` jumps by so many seconds after its first answer. */
  const jump = (host: LabHost, seconds: number) =>
    host.must("rm -f /var/tmp/asked; cat > /usr/local/bin/date && chmod +x /usr/local/bin/date", {
      input: `#!/bin/sh
now=$(/usr/bin/date "$@")
case $* in
*%s*) if [ -e /var/tmp/asked ]; then echo $((now + ${seconds})); else : > /var/tmp/asked; echo "$now"; fi ;;
*) echo "$now" ;;
esac
`,
    });
  const day = 24 * 3600;

  test("a day forward, and the relay host takes the message at the second attempt: green", async () => {
    const host = await scene.host("forward");
    const steps = scene.steps(host);
    expect(await steps.up()).toMatchObject({ code: 0 });
    await scene.relay.set("greylisting");
    await jump(host, day);
    const run = await steps.up({
      domain: "forward.example.com",
      testDelivery: { to: "ops@example.org", timeoutSeconds: 60 },
    });
    expect(run.code, run.text).toBe(0);
    expect(run.results.at(-1)?.report.seconds).toBeLessThan(60);
  });

  test("a day back, and the relay host is silent: red when the time is up", async () => {
    const host = await scene.host("back");
    const steps = scene.steps(host);
    expect(await steps.up()).toMatchObject({ code: 0 });
    await scene.relay.set("silence");
    await jump(host, -day);
    const started = performance.now();
    const up = steps.up({ domain: "back.example.com" });
    // It must not depend on the clock that a test ends.
    const limit = setTimeout(() => void host.run("rm /usr/local/bin/date"), 60_000);
    const run = await up;
    clearTimeout(limit);
    const seconds = (performance.now() - started) / 1000;
    expect(run.code, run.text).not.toBe(0);
    expect(seconds).toBeGreaterThan(14);
    expect(seconds).toBeLessThan(40);
    expect(await inOrder(host)).toBe(true);
  });
});

test("the journal is off, and there is no syslog: green, and red with the relay host's words", async () => {
  const host = await scene.host("quiet");
  const steps = scene.steps(host);
  expect(await steps.up()).toMatchObject({ code: 0 });
  await host.must(`mkdir -p /etc/systemd/journald.conf.d && printf '[Journal]\\nStorage=none\\n' > /etc/systemd/journald.conf.d/off.conf
    systemctl restart systemd-journald && rm -rf /var/log/journal/* /run/log/journal/* && ! ls /var/log/syslog /var/log/mail.log 2> /dev/null`);
  expect((await host.run("journalctl -q -n 1 -o cat")).stdout).toBe("");
  const green = await steps.up({ domain: "quiet.example.com" });
  expect(green.code, green.text).toBe(0);
  const before = await untouched(host, "/etc/postfix");
  await scene.relay.set("sender-refused");
  const red = await steps.up({ domain: "loud.example.com" });
  expect(red.code, red.text).toBe(69);
  expect(red.text).toMatch(/553 5\.7\.1/);
  expect(await untouched(host, "/etc/postfix")).toBe(before);
  expect(await inOrder(host)).toBe(true);
});
