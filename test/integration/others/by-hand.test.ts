import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabHost, Release } from "../../../lab/index.ts";
import { drain, Sender } from "../faults/sender.ts";
import { Steps } from "../steps.ts";
import { World } from "../world.ts";
import { inOrder, postfix, right } from "./scene.ts";

// Somebody has stopped and started Postfix by hand: systemd takes it for stopped. The next change goes through, and so
// do one that needs a restart, and destroy.
const world = await World.open();
const relay = await world.relay();
afterAll(() => world.close());

const restarted = "postfix stop && postfix start";
const rows: [release: Release, how: string, command: string][] = [
  ["bookworm", "stopped and started", restarted],
  ["bookworm", "killed and started", "kill -9 $(cat /var/spool/postfix/pid/master.pid) && sleep 1 && postfix start"],
  ["trixie", "stopped and started", restarted],
];

describe.each(rows.filter(([release]) => !world.lab.missing(release)))("%s: %s by hand", (release, how, command) => {
  let host: LabHost;
  let steps: Steps;
  let sender: Sender;
  const name = `${release}-${how.slice(0, 4)}`;

  beforeAll(async () => {
    host = await world.lab.host({ release, name, packages: postfix });
    steps = new Steps(host, {
      domain: "example.com",
      relayHost: { host: relay.host },
      credentials: right,
      caCertificate: world.lab.ca,
      testDelivery: { to: "ops@example.org", timeoutSeconds: 15 },
    });
    expect(await steps.up()).toMatchObject({ code: 0 });
    await host.must(command);
    sender = await Sender.start(host, name, { user: "nobody", every: 1 });
    await sender.more(2);
  });
  afterAll(() => world.lab.discard(host));

  test("a change", async () => {
    const change = await steps.up({ domain: "changed.example.com" });
    expect(change.code, change.text).toBe(0);
    expect(await inOrder(host)).toBe(true);
    await sender.more(2);
  });

  test("a change with a restart: it is systemd's again", async () => {
    const restart = await steps.up({ ipVersion: "ipv4" });
    expect(restart.code, restart.text).toBe(0);
    await sender.more(2);
    expect(await host.must("read pid < /var/spool/postfix/pid/master.pid; cat /proc/$pid/cgroup")).toMatch(
      /\/postfix[@.]/,
    );
  });

  test("destroy, by hand once more; no message is lost", async () => {
    await sender.stop();
    await drain(host);
    const count = await sender.count(relay);
    expect(count).toMatchObject({ delivered: count.accepted, missing: 0, twice: 0, bounced: 0 });
    await host.must(command);
    const destroy = await steps.destroy();
    expect(destroy.code, destroy.text).toBe(0);
  });
});
