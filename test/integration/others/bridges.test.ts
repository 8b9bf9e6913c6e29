import { expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { until } from "../../../lab/until.ts";
import { report } from "../drift/two-hosts.ts";
import { whole } from "../faults/counted.ts";
import { drain, Sender } from "../faults/sender.ts";
import { Steps } from "../steps.ts";
import { openWorld, releasesOf } from "../world.ts";
import { arrives, postfix } from "./scene.ts";

// A bridge that is not there, as Docker's is not when Postfix starts at boot: Postfix comes up all the same, and takes
// the bridge when it appears.
const { world, relay } = await openWorld();
const ADDRESS = "172.18.0.1";
const make = `ip link add docker0 type bridge && ip address add ${ADDRESS}/16 dev docker0 && ip link set docker0 up`;

const greets = async (host: LabHost) =>
  (await host.run(`timeout 5 bash -c 'exec 3<>/dev/tcp/${ADDRESS}/25 && head -n 1 <&3'`)).stdout.startsWith("220 ");
const greeted = (host: LabHost) => until("a greeting at the bridge", () => greets(host), { seconds: 90, every: 500 });
const without = /Postfix does without them until one has: 172\.18\.0\.1/;

/** Hands in at least 40 messages as `nobody`, and counts them at the end. */
async function counted(host: LabHost, run: string, meanwhile: () => Promise<void>): Promise<void> {
  const sender = await Sender.start(host, run, { user: "nobody", every: 0.05 });
  await sender.more(20);
  await meanwhile();
  await sender.more(20);
  await sender.stop();
  await drain(host);
  const count = await sender.count(relay);
  expect(count).toMatchObject(whole(count));
}

test.each(releasesOf(world, ["bookworm", "trixie"]))("%s", async (release) => {
  const host = await world.lab.host({ release, name: release, packages: postfix });
  const steps = new Steps(host, {
    domain: "example.com",
    relayHost: { host: relay.host },
    credentials: { username: "relayuser", password: "relaypass" },
    caCertificate: world.lab.ca,
    testDelivery: { to: "ops@example.org", timeoutSeconds: 15 },
    bridges: [`${ADDRESS}/16`],
  });
  // One that never was there is a mistake.
  const never = await steps.up();
  expect(never.code).not.toBe(0);
  expect(never.text).toMatch(/no interface of this host has the address 172\.18\.0\.1.*bridges/s);
  await host.must(make);
  const run = await steps.up();
  expect(run.code, run.text).toBe(0);
  await greeted(host);

  // It is made 25 seconds after the boot.
  await host.must("cat > /etc/systemd/system/docker0.service && systemctl -q enable docker0", {
    input: `[Service]\nType=simple\nExecStart=/bin/sh -c 'sleep 25; ${make}'\n[Install]\nWantedBy=multi-user.target\n`,
  });
  // The network of a lab host outlives its boot.
  await host.must("ip link delete docker0");
  await host.reboot();
  await host.must("systemctl is-active postfix && until pgrep -x qmgr; do sleep 0.1; done", { timeout: 30 });
  expect(await host.run("ip link show docker0")).not.toMatchObject({ code: 0 });
  const early = await report(host);
  expect(early).toMatchObject({ code: 0, differences: [] });
  expect(early.told.join()).toMatch(without);
  await counted(host, `boot-${release}`, async () => void (await greeted(host)));
  expect(await report(host)).toMatchObject({ code: 0, told: [] });

  // Removed and made again, with a reload in between.
  await host.must("ip link delete docker0 && systemctl reload postfix && until pgrep -x qmgr; do sleep 0.1; done", {
    timeout: 30,
  });
  await host.must(make);
  await greeted(host);

  // Removed, and Postfix starts anew.
  await host.must("ip link delete docker0 && systemctl restart postfix && until pgrep -x qmgr; do sleep 0.1; done", {
    timeout: 30,
  });
  expect((await report(host)).told.join()).toMatch(without);
  await arrives(host, relay, `restart-${release}@example.org`);
  // Where other machines are, it is not the bridge.
  await host.must(`ip address add ${ADDRESS}/32 dev host0 && postrelay adapt && systemctl restart postfix`);
  expect((await report(host)).told.join()).toMatch(without);
  expect(await greets(host)).toBe(false);
  await host.must(`ip address del ${ADDRESS}/32 dev host0`);
  await host.must(make);
  await greeted(host);

  // Removed, and the configuration changes.
  await host.must("ip link delete docker0");
  await counted(host, `change-${release}`, async () => {
    const changed = await steps.up({ domain: "later.example.com" });
    expect(changed.code, changed.text).toBe(0);
    expect((await report(host)).told.join()).toMatch(without);
    await host.must(make);
    await greeted(host);
  });
  expect(await report(host)).toMatchObject({ code: 0, told: [], differences: [] });

  // The units without which it would not start are missed.
  await host.must("rm -r /etc/systemd/system/postfix*.service.d && systemctl daemon-reload");
  expect(await report(host)).toMatchObject({ code: 1, steps: ["delivery"] });
  expect(await steps.alone("delivery")).toMatchObject({ code: 0 });
  expect(await report(host)).toMatchObject({ code: 0 });

  expect(await steps.destroy()).toMatchObject({ code: 0 });
  expect(
    await host.run("find /etc/systemd/system -name '*postfix-relay*' -o -name 'postfix*.service.d'"),
  ).toMatchObject({
    stdout: "",
  });
});
