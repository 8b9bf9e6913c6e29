import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { lock } from "../packages/packages.ts";
import type { PulumiResult, Stack } from "../stack.ts";
import { openWorld } from "../world.ts";
import { Sender } from "./sender.ts";
import { Table } from "./table.ts";

const { world, relay } = await openWorld();
const table = new Table("Fresh hosts", ["host", "`pulumi up`", "error or result"]);
afterEach(() => relay.set("normal"));
afterAll(() => table.close());

const green = ({ code, text }: PulumiResult) => expect(code, text).toBe(0);
const packages = (host: LabHost) => host.must("dpkg -l | awk '/^ii/ { print $2 }'");
const ours = (host: LabHost) =>
  host.must(
    "ls -d /etc/postfix /var/lib/postfix-relay /usr/local/sbin/postrelay /etc/systemd/system/*relay* /etc/systemd/system/*/*relay* 2> /dev/null || :",
  );

describe("a fresh host", () => {
  let host: LabHost;
  let stack: Stack;
  let before: string;

  beforeAll(async () => {
    host = await world.lab.host({ release: "bookworm", name: "fresh" });
    stack = await world.stack("fresh", relay, [host], { testDelivery: { to: "ops@example.org", timeoutSeconds: 15 } });
    before = await packages(host);
  });

  async function red(what: string, reason: RegExp): Promise<void> {
    const result = await stack.up();
    expect(result.code, result.text).not.toBe(0);
    expect(result.text).toMatch(reason);
    table.add(what, "red", `\`${(result.text.match(reason)?.[0] ?? "").trim()}\``);
    expect(await packages(host)).toBe(before);
  }

  test("/etc/postfix is a symbolic link", async () => {
    await host.must("mkdir /srv/postfix && ln -s /srv/postfix /etc/postfix");
    await red(
      "/etc/postfix is a symbolic link",
      /\/etc\/postfix is a symbolic link to .*make it a folder first(?=\.\s+Nothing was changed)/,
    );
    await host.must("rm /etc/postfix && rmdir /srv/postfix");
    expect(await ours(host)).toBe("");
  });

  test("the package mirror cannot be reached", async () => {
    await host.must("mkdir /root/debs && mv /var/cache/apt/archives/*.deb /root/debs/");
    await host.offline();
    await red(
      "package mirror unreachable",
      /apt-get could not install postfix .*(?=\.\s+What to do: .*run pulumi up again)/,
    );
    await host.offline(false);
    await host.must("mv /root/debs/*.deb /var/cache/apt/archives/");
  });

  test("dpkg half configured, and apt's lock let go after a while: `up` waits, repairs and goes on", async () => {
    await host.must("dpkg --unpack /var/cache/apt/archives/postfix_*.deb > /dev/null 2>&1 || :");
    expect(await host.must("dpkg --audit")).toContain("postfix");
    await lock(host, "/var/lib/dpkg/lock-frontend", 8);
    const result = await stack.up();
    green(result);
    table.add(
      "dpkg half configured, apt locked for 8 s",
      "green",
      "waits for the lock, configures what is left, installs",
    );
  });

  test("destroy with mail in the queue: it is flushed first, and if it cannot be, destroy stops and says how to force it", async () => {
    await relay.set("port-closed");
    const sender = await Sender.start(host, "last");
    await sender.more(3);
    await sender.stop();
    await host.must("cat > /usr/local/bin/sleep && chmod +x /usr/local/bin/sleep", {
      input: "#!/bin/sh\nexec /usr/bin/sleep 0.01\n",
    });
    const refused = await stack.destroy();
    expect(refused.code).not.toBe(0);
    expect(refused.text).toMatch(/\d+ messages wait in the queue and would be lost with Postfix.*postsuper -d ALL/s);
    // The steps before that have taken away what was staged, and nothing else.
    expect(await host.run("postrelay check")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/"differences":\["the staged files [^"]* are missing"\]/),
    });
    table.add(
      "destroy, mail in the queue, relay host down",
      "red",
      "stops, says how many messages wait and how to give them up",
    );
    await host.must("rm /usr/local/bin/sleep");
    await relay.set("normal");
    green(await stack.destroy());
    const there = (await relay.messages())
      .flatMap(({ recipients }) => recipients)
      .filter((to) => to.startsWith("last-"));
    expect(new Set(there).size).toBe(sender.accepted.length);
    table.add("destroy, mail in the queue, relay host up again", "green", "flushes the queue, then purges Postfix");
  });

  test("destroy has given the host back: Postfix, which somebody else had begun to install, is theirs", async () => {
    const added = (await packages(host)).split("\n").filter((name) => !before.split("\n").includes(name));
    expect(added).toContain("postfix");
    expect((await ours(host)).trim()).toBe("/etc/postfix");
    expect(await host.run("echo x | sendmail root")).not.toMatchObject({ code: 0 });
  });
});

test("destroy of a host that is gone: Pulumi forgets it", async () => {
  const host = await world.lab.host({ release: "bookworm", name: "gone", packages: ["postfix", "libsasl2-modules"] });
  const stack = await world.stack("gone", relay, [host]);
  green(await stack.up());
  await host.kill();
  const refused = await stack.destroy();
  expect(refused.code).not.toBe(0);
  table.add(
    "destroy, the host is gone",
    "red",
    "`gone: true` and `up`, or `pulumi state delete --target-dependents URN`; then destroy",
  );
  const relayUrn = "urn:pulumi:gone::postfix-relay::postfix-relay:index:RelayFleet$postfix-relay:index:Relay::gone";
  await stack.must(["state", "delete", "--yes", "--target-dependents", relayUrn, "--stack", "gone"]);
  green(await stack.destroy());
});
