import { expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { until } from "../../../lab/until.ts";
import { whole } from "../faults/counted.ts";
import { Sender } from "../faults/sender.ts";
import { postfix } from "../others/scene.ts";
import { Steps } from "../steps.ts";
import { openWorld, releasesOf } from "../world.ts";
import { report } from "./two-hosts.ts";

// Postfix resolves names with copies of the host's files in its chroot. When the host's change, or come only after the
// boot, the copies follow by themselves, and mail that could not leave meanwhile leaves.
const { world, relay } = await openWorld();
const copy = "/var/spool/postfix/etc/resolv.conf";

/** Hands in at least 40 messages as `nobody`; each arrives once, with nobody's help. */
async function counted(host: LabHost, run: string, meanwhile: (sender: Sender) => Promise<void>): Promise<void> {
  const sender = await Sender.start(host, run, { user: "nobody", every: 0.05 });
  await sender.more(20);
  await meanwhile(sender);
  await sender.more(20);
  await sender.stop();
  await arrived(sender);
}

async function arrived(sender: Sender): Promise<void> {
  let count = await sender.count(relay);
  await until(
    "all messages at the relay host",
    async () => {
      count = await sender.count(relay);
      return count.delivered === count.accepted;
    },
    { seconds: 120, every: 1000 },
  ).catch(() => {});
  expect(count).toMatchObject(whole(count));
  expect(count.accepted).toBeGreaterThanOrEqual(40);
}

const same = (host: LabHost) =>
  until("the copy", async () => (await host.run(`cmp /etc/resolv.conf ${copy}`)).code === 0, { seconds: 90 });

test.each(releasesOf(world, ["bullseye", "bookworm", "trixie"]))("%s", async (release) => {
  const host = await world.lab.host({ release, name: release, packages: postfix });
  const steps = new Steps(host, {
    domain: "example.com",
    relayHost: { host: relay.host },
    credentials: { username: "relayuser", password: "relaypass" },
    caCertificate: world.lab.ca,
    testDelivery: { to: "ops@example.org", timeoutSeconds: 15 },
  });
  const run = await steps.up();
  expect(run.code, run.text).toBe(0);
  const right = await host.must("cat /etc/resolv.conf");

  // The network comes up after Postfix: the file is empty, and then it is there.
  await host.must(": > /etc/resolv.conf");
  await host.reboot();
  expect(await host.must(`cat ${copy}`)).toBe("");
  await counted(host, `boot-${release}`, async () => {
    await until("a message that waits", async () => (await report(host)).deferred > 0, { seconds: 60 });
    await host.must("cat > /etc/resolv.conf", { input: right });
    await same(host);
  });
  // While the unit that copies it is at work, a check says so.
  await until("in sync", async () => (await report(host)).code === 0, { seconds: 30, every: 200 });

  // What systemd-resolved and resolvconf do: a link, to a file that others replace; and another link.
  const ways = [
    ["a new file", "cp /etc/resolv.conf /etc/new && echo '# 1' >> /etc/new && mv /etc/new /etc/resolv.conf"],
    [
      "a link",
      "mkdir -p /run/a && cp /etc/resolv.conf /run/a/ && echo '# 2' >> /run/a/resolv.conf && ln -sf /run/a/resolv.conf /etc/resolv.conf",
    ],
    [
      "a new file behind the link",
      "(cat /run/a/resolv.conf; echo '# 3') > /run/a/new && mv /run/a/new /run/a/resolv.conf",
    ],
    ["the same file behind the link", "echo '# 4' >> /run/a/resolv.conf"],
    [
      "another link",
      "mkdir -p /run/b && (cat /run/a/resolv.conf; echo '# 5') > /run/b/resolv.conf && ln -sf /run/b/resolv.conf /etc/resolv.conf",
    ],
    [
      "the link is replaced by a rename",
      "(cat /run/b/resolv.conf; echo '# 6') > /run/a/resolv.conf && ln -s /run/a/resolv.conf /etc/link && mv -T /etc/link /etc/resolv.conf",
    ],
  ] as const;
  for (const [, does] of ways) {
    await host.must(does);
    await same(host);
  }
  for (const file of ["hosts", "nsswitch.conf", "services"]) {
    await host.must(`echo '# later' >> /etc/${file}`);
    await until(file, async () => (await host.run(`cmp /etc/${file} /var/spool/postfix/etc/${file}`)).code === 0);
  }

  // Nothing watches: that is told, and `up` repairs it.
  await host.must("systemctl stop postfix-relay-adapt.path && echo '# 7' >> /etc/resolv.conf");
  expect(await report(host)).toMatchObject({ code: 1, steps: ["delivery"] });
  await counted(host, `told-${release}`, async () => {
    expect(await steps.alone("delivery")).toMatchObject({ code: 0 });
  });
  expect(await report(host)).toMatchObject({ code: 0 });

  expect(await steps.destroy()).toMatchObject({ code: 0 });
  expect(await host.run("ls -d /etc/systemd/system/postfix-relay* /etc/systemd/system/*/postfix-relay*")).toMatchObject(
    {
      stdout: "",
    },
  );
});
