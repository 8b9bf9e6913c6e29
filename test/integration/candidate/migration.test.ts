import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { drain, Sender } from "../faults/sender.ts";
import { arrives, asFound, byHand, openScene, ownAliases, postfix, right, type Scene, wrong } from "../others/scene.ts";
import { Old } from "./old.ts";
import { inOrder, status } from "./site.ts";

// A host that the version with state folders of format 1 has set up: whatever it was in the middle of, the next `up`
// with the present version is green, no message is lost, and a destroy gives back what was there before both.
const scene = await openScene();

/** A host with the old tool, and the same Relay in the present version. */
async function old(name: string, { packages = postfix, prepare }: { packages?: string[]; prepare?: Prepare } = {}) {
  const host = await scene.host(name, packages);
  await prepare?.(host);
  const before = { packages: await installed(host), files: await theirs(host) };
  const old = new Old(host, scene.relay, scene.world.lab.ca);
  await old.install();
  const steps = scene.steps(host, {
    fallback: [{ host: scene.relay.host, port: 465 }],
    stripHeaders: ["X-Mailer"],
    rootAlias: "ops@example.net",
  });
  return { host, old, steps, before };
}
type Prepare = (host: LabHost) => Promise<void>;

const installed = (host: LabHost) => host.must("dpkg -l | awk '/^ii/ { print $2 }'");
const theirs = (host: LabHost) =>
  asFound(
    host,
    "/etc/postfix",
    "/etc/aliases*",
    "/etc/mailname",
    "/etc/systemd/system",
    "/usr/local",
    "/var/lib/postfix-relay",
  );
const oldOnes = (host: LabHost) =>
  host.must(
    `ls -d /usr/local/sbin/postfix-relay /run/postfix-relay.in /var/lib/postfix-relay/cutover 2> /dev/null
    systemctl list-units --all --no-legend --plain 'postfix-relay-probation*'
    postconf -h soft_bounce | grep yes; grep -l 'for a while' /etc/postfix/main.cf || :`,
  );

/** The first `up` with the present version, and what a host is afterwards. */
async function migrated(host: LabHost, steps: ReturnType<Scene["steps"]>, sender: Sender): Promise<void> {
  const run = await steps.up({ credentials: right, domain: "new.example.com" });
  expect(run.code, run.text).toBe(0);
  await inOrder(host, run.text);
  expect(await oldOnes(host)).toBe("");
  expect(await host.must("postconf -h mydomain")).toBe("new.example.com\n");
  await sender.more(2);
  await sender.stop();
  await drain(host);
  const count = await sender.count(scene.relay);
  expect(count).toMatchObject({ delivered: count.accepted, queued: 0, missing: 0, twice: 0, bounced: 0 });
}

describe("green, and mail goes on:", () => {
  test("proven", async () => {
    const { host, old: before, steps } = await old("proven");
    expect(await before.apply()).toMatchObject({ code: 0 });
    const sender = await Sender.start(host, "proven");
    await sender.more(2);
    await migrated(host, steps, sender);
    expect(await host.must("postconf -M smtps/unix")).toContain("smtp_tls_wrappermode=yes");
  });

  test("on probation: killed before the delivery; a red `up` comes first", async () => {
    const { host, old: before, steps } = await old("probation");
    expect(await before.apply()).toMatchObject({ code: 0 });
    const sender = await Sender.start(host, "probation");
    await sender.more(2);
    await before.activate({ password: "typo-Hx8-never", domain: "unproven.example.com" });
    expect(await host.must("postconf -h mydomain")).toBe("unproven.example.com\n");
    expect((await steps.up({ credentials: wrong })).code).not.toBe(0);
    expect(await host.must("postconf -h mydomain soft_bounce")).toBe("example.com\nno\n");
    await arrives(host, scene.relay, "back-to-the-proven@example.org");
    await migrated(host, steps, sender);
  });

  test("on probation, and then a power cut before anything else", async () => {
    const { host, old: before, steps } = await old("cut");
    expect(await before.apply()).toMatchObject({ code: 0 });
    await before.activate({ domain: "unproven.example.com" });
    await host.kill();
    await host.start();
    const sender = await Sender.start(host, "cut");
    await migrated(host, steps, sender);
  });

  test("held, since the old password is dead and the new one was wrong", async () => {
    const { host, old: before, steps } = await old("held");
    expect(await before.apply()).toMatchObject({ code: 0 });
    await scene.relay.setUsers([{ username: "relayuser", password: "after-Zm5" }]);
    expect((await before.apply({ password: "typo-Hx8-never", rotation: "cutover" })).code).not.toBe(0);
    expect(await host.must("postfix-relay status")).toMatch(/ held"/);
    const sender = await Sender.start(host, "held");
    await sender.more(2);
    const tried = async () => (await host.run("journalctl -q | grep -c 'said: 535'")).stdout;
    const before535 = await tried();
    const red = await steps.up({ credentials: wrong, rotation: "cutover" });
    expect(red.code).not.toBe(0);
    expect(await status(host)).toMatchObject({ live: expect.stringMatching(/ held$/) });
    await sender.more(2);
    expect(await tried(), "mail was tried with a dead password").toBe(before535);
    const run = await steps.up({ credentials: { ...right, password: "after-Zm5" } });
    expect(run.code, run.text).toBe(0);
    await inOrder(host, run.text);
    await sender.stop();
    await drain(host);
    const count = await sender.count(scene.relay);
    expect(count).toMatchObject({ delivered: count.accepted, queued: 0, missing: 0, twice: 0, bounced: 0 });
    await scene.relay.setUsers([right]);
  });

  test("never proven: no Postfix before, and the first password was wrong", async () => {
    const { host, old: before, steps } = await old("never", { packages: [] });
    expect((await before.apply({ password: "typo-Hx8-never" })).code).not.toBe(0);
    const sender = await Sender.start(host, "never");
    await sender.more(3);
    await migrated(host, steps, sender);
  });
});

describe("destroy gives back what was there before both:", () => {
  test("a Postfix of somebody else", async () => {
    const prepare = async (host: LabHost) => {
      await ownAliases(host);
      await byHand(host, scene.relay);
    };
    const { host, old: first, steps, before } = await old("hand", { prepare });
    expect(await first.apply()).toMatchObject({ code: 0 });
    expect(await steps.up({ domain: "new.example.com" })).toMatchObject({ code: 0 });
    const run = await steps.destroy();
    expect(run.code, run.text).toBe(0);
    expect(await theirs(host)).toBe(before.files);
    expect(await installed(host)).toBe(before.packages);
    await arrives(host, scene.relay, "given-back@example.org");
  });

  test("no Postfix: ours goes, a package that came meanwhile stays", async () => {
    const { host, old: first, steps, before } = await old("fresh", { packages: [] });
    expect(await first.apply()).toMatchObject({ code: 0 });
    await host.must("DEBIAN_FRONTEND=noninteractive apt-get -qqy install --no-install-recommends nftables > /dev/null");
    expect(await steps.up({ domain: "new.example.com" })).toMatchObject({ code: 0 });
    const run = await steps.destroy();
    expect(run.code, run.text).toBe(0);
    const after = (await installed(host)).split("\n");
    expect(after).not.toContain("postfix");
    expect(after).toContain("nftables");
    expect(before.packages.split("\n").filter((name) => !after.includes(name))).toEqual([]);
    expect(await host.must("ls -d /etc/postfix /var/lib/postfix-relay /usr/local/sbin/post* 2> /dev/null || :")).toBe(
      "",
    );
  });
});
