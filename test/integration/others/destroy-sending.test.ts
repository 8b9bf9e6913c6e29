import { describe, expect, test } from "vitest";
import { type LabHost, until } from "../../../lab/index.ts";
import { Breakpoint } from "../faults/breakpoint.ts";
import { drain, Sender } from "../faults/sender.ts";
import { arrives, asFound, destroyed, openScene, send } from "./scene.ts";

// Programs go on sending while Postfix is taken off the host. What sendmail has accepted leaves; from a moment on it
// refuses, so that the program knows. A destroy that cannot end leaves a host that works.
const scene = await openScene();

const isDelivered = { queued: 0, missing: 0, twice: 0, bounced: 0 };
const packages = (host: LabHost) => host.must("dpkg -l | awk '/^ii/ { print $2 }'");

describe("a host that had no Postfix", () => {
  const rows: [what: string, run: string, every: number][] = [
    ["4 messages a second", "fast", 0.1],
    ["a message every 3 seconds", "slow", 3],
    ["many at once", "burst", 0.01],
  ];
  test.each(rows)(
    "%s: green at once, all that was accepted is delivered, the rest is refused",
    async (what, run, every) => {
      const host = await scene.host(run, []);
      const before = await packages(host);
      const steps = scene.steps(host);
      expect(await steps.up(), what).toMatchObject({ code: 0 });
      const sender = await Sender.start(host, run, { every });
      await sender.more(3);
      const { codes, runs } = await destroyed(steps);
      const text = runs.map(({ text }) => text).join("---\n");
      if (codes.at(-1) === 0) await sender.more(1, "refused");
      await sender.stop();
      const count = await sender.count(scene.relay);
      expect({ codes, ...count }, text).toEqual({
        codes: [0],
        accepted: count.accepted,
        delivered: count.accepted,
        ...isDelivered,
      });
      expect(await packages(host)).toBe(before);
      expect(await asFound(host, "/etc/postfix", "/var/spool/postfix", "/var/lib/postfix-relay")).toBe("");
    },
  );

  test("a message between the look at the queue and the purge: refused or delivered, not lost", async () => {
    const host = await scene.host("between", []);
    const steps = scene.steps(host);
    expect(await steps.up()).toMatchObject({ code: 0 });
    let code = 1;
    const place = { command: "apt-get", arguments: "*=false remove *" };
    const run = await new Breakpoint(host, place).during(steps.destroy(), async (stopped) => {
      code = await send(host, "between@example.org");
      stopped.resume();
    });
    if (code === 0) await scene.relay.waitFor(({ recipients }) => recipients.includes("between@example.org"));
    expect(run.code, run.text).toBe(0);
  });

  test("over SMTP as well: no client gets 250 for a message that goes nowhere", async () => {
    const host = await scene.host("smtp", []);
    const steps = scene.steps(host);
    expect(await steps.up()).toMatchObject({ code: 0 });
    const client = `i=0
      while [ ! -e /var/tmp/smtp.stop ] && [ $i -lt 1000 ]; do
        i=$((i + 1))
        perl -e '
          use IO::Socket::INET; my ($to) = @ARGV;
          my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:25", Timeout => 5) or exit 1;
          sub hear { while (my $reply = <$s>) { return $reply =~ /^[23]/ if $reply =~ /^\\d{3} / } 0 }
          hear() or exit 1;
          for my $line ("EHLO localhost", "MAIL FROM:<root\\@web.example.com>", "RCPT TO:<$to>", "DATA", "Subject: x\\r\\n\\r\\nx\\r\\n.") {
            print $s "$line\\r\\n"; hear() or exit 1 }' smtp-$i@example.org && file=accepted || file=refused
        echo smtp-$i >> /var/tmp/smtp.$file
        sleep 0.1
      done`;
    await host.must('systemd-run --quiet --collect --unit=sender-smtp sh -c "$(cat)"', { input: client });
    const sender = Sender.of(host, "smtp");
    await sender.more(3);
    const run = await steps.destroy();
    await sender.more(1, "refused");
    await sender.stop();
    const count = await sender.count(scene.relay);
    expect(count, run.text).toMatchObject({ delivered: count.accepted, ...isDelivered });
    expect(run.code, run.text).toBe(0);
  });
});

test("the relay host is down: red, the host takes mail and keeps it; it leaves when the relay is back; then green", async () => {
  const host = await scene.host("down", []);
  const steps = scene.steps(host);
  expect(await steps.up()).toMatchObject({ code: 0 });
  const before = await asFound(host, "/etc/postfix");
  const sender = await Sender.start(host, "down");
  await sender.more(2);
  await scene.relay.set("port-closed");
  await sender.more(3);
  const red = await steps.destroy();
  expect(red.code, red.text).not.toBe(0);
  expect(red.text).toMatch(/\d+ messages? wait/);
  await sender.more(3);
  await sender.stop();
  expect(await asFound(host, "/etc/postfix")).toBe(before);
  expect((await host.must("postqueue -p")).length).toBeGreaterThan(100);
  await scene.relay.set("normal");
  // What was deferred is tried again by and by; what is handed in now leaves at once.
  await arrives(host, scene.relay, "down-again@example.org");
  await drain(host);
  const count = await sender.count(scene.relay);
  expect(count, red.text).toMatchObject({ delivered: count.accepted, ...isDelivered });
  const green = await steps.destroy();
  expect(green.code, green.text).toBe(0);
  expect(await send(host, "down-late@example.org")).not.toBe(0);
});

test("the relay host is down, and destroy is killed while it waits: the host works, and mail leaves", async () => {
  const host = await scene.host("killed", []);
  const steps = scene.steps(host);
  expect(await steps.up()).toMatchObject({ code: 0 });
  await scene.relay.set("port-closed");
  const sender = await Sender.start(host, "killed");
  await sender.more(3);
  const place = { command: "postqueue", arguments: "-f*" };
  const destroy = await new Breakpoint(host, place).during(steps.destroy(), (stopped) => stopped.kill());
  expect(destroy.code).not.toBe(0);
  await scene.relay.set("normal");
  // A kill in the middle may leave the host refusing, never collecting; the next run, or a boot, ends what it began.
  await host.reboot();
  await until("the host takes mail", async () => (await send(host, "killed-again@example.org")) === 0);
  await sender.stop().catch(() => {}); // the reboot has ended it
  await drain(host);
  const count = await sender.count(scene.relay);
  expect(count).toMatchObject({ delivered: count.accepted, ...isDelivered });
  const green = await steps.destroy();
  expect(green.code, green.text).toBe(0);
});

test("a host with a Postfix of its own goes on taking and sending mail all the time", async () => {
  const host = await scene.handMade("own");
  const steps = scene.steps(host);
  expect(await steps.up()).toMatchObject({ code: 0 });
  const sender = await Sender.start(host, "own");
  await sender.more(2);
  const run = await steps.destroy();
  await sender.more(3);
  await sender.stop();
  await drain(host);
  const count = await sender.count(scene.relay);
  expect(count, run.text).toMatchObject({ delivered: count.accepted, ...isDelivered });
  expect(sender.refused).toEqual([]);
  expect(run.code, run.text).toBe(0);
});
