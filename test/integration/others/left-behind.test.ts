import { describe, expect, test } from "vitest";
import { Breakpoint, type Place } from "../faults/breakpoint.ts";
import { Sender } from "../faults/sender.ts";
import { inOrder, openScene } from "./scene.ts";
import { holders } from "./search.ts";

// What a run that was killed, or a state folder that was lost, has left on a host: it is found again, and goes.
const scene = await openScene();
const account = { username: "relayuser", password: "left-Vn3Rk8-behind" };
await scene.relay.setUsers([account, { username: "shop", password: "left-Pq6Zt1-shop" }]);

const received: Place = { command: "mv", arguments: "*sasl_passwd*" };

test("the tool is killed while it has a password in memory: a check, and a boot, remove it; a check beside a run does not", async () => {
  const host = await scene.host("killed");
  const steps = scene.steps(host, { credentials: account });
  const there = () => host.must("ls /run/postrelay 2> /dev/null || :");
  const killed = await new Breakpoint(host, received).during(steps.up(), (stopped) => stopped.kill());
  expect(killed.code).not.toBe(0);
  expect(await there()).toContain("sasl_passwd");
  await host.run("postrelay check");
  expect(await there()).toBe("");
  expect(await holders(host, account.password)).toEqual([]);

  const running = await new Breakpoint(host, received).during(steps.up(), async (stopped) => {
    expect((await host.run("postrelay check")).stdout).toContain("another run works on this host");
    expect(await there()).toContain("sasl_passwd");
    stopped.resume();
  });
  expect(running.code, running.text).toBe(0);

  await new Breakpoint(host, received).during(steps.up({ credentials: { ...account, username: "shop" } }), (stopped) =>
    stopped.kill(),
  );
  expect(await there()).toContain("sasl_passwd");
  await host.reboot();
  expect(await there()).toBe("");
});

test("a candidate that is older than a minute is started anew: a proof may take as long as its arguments say", async () => {
  const host = await scene.host("old");
  const steps = scene.steps(host, { credentials: account });
  for (const step of ["packages", "main-cf", "sasl-passwd", "service"] as const)
    expect(await steps.alone(step)).toMatchObject({ code: 0 });
  const unit = () => host.must("systemctl show -P InvocationID postfix-relay-candidate");
  const first = await unit();
  expect(first).not.toBe("\n");
  await host.must("touch -d '-2 minutes' /var/lib/postfix-relay/candidate/digest");
  let second = "";
  const sent = { command: "sendmail", arguments: "*-f*" };
  const { code } = await new Breakpoint(host, sent).during(steps.alone("delivery"), async (stopped) => {
    second = await unit();
    stopped.resume();
  });
  expect(code).toBe(0);
  expect(second).not.toBe("\n");
  expect(second).not.toBe(first);
});

describe("the state folder is lost", () => {
  const shop = {
    senderDependent: { "shop@example.com": { host: scene.relay.host } },
    accounts: { "shop@example.com": { username: "shop", password: "left-Pq6Zt1-shop" } },
  };
  const passwords = [account.password, "left-Pq6Zt1-shop"];

  test.each([
    ["another `up` without what needed further files, then destroy", "up"],
    ["destroy after the first step alone", "install"],
  ])("%s: no password and no file of ours stays, no message is lost", async (_, how) => {
    const host = await scene.host(`lost-${how}`);
    const first = scene.steps(host, { credentials: account, ...shop });
    expect(await first.up()).toMatchObject({ code: 0 });
    expect(await host.must("ls /etc/postfix")).toMatch(/sender_relay/);
    const sender = await Sender.start(host, `lost-${how}`, { user: "nobody" });
    await sender.more(2);
    await host.must("rm -rf /var/lib/postfix-relay");
    const steps = scene.steps(host, { credentials: account });
    if (how === "up") {
      const up = await steps.up();
      expect(up.code, up.text).toBe(0);
      expect(await inOrder(host)).toBe(true);
      expect(up.text).not.toMatch(/was not ours/);
      expect(await host.must("ls /etc/postfix")).not.toMatch(/sender_relay/);
    } else {
      expect(await steps.alone("packages")).toMatchObject({ code: 0 });
    }
    await sender.more(2);
    const { code, stdout, stderr } = await steps.alone("packages", "remove");
    expect(code, stdout + stderr).toBe(0);
    await sender.stop();
    expect(await holders(host, ...passwords)).toEqual([]);
    expect(await host.must("ls -A /etc/postfix")).not.toMatch(/sasl_passwd|sender_relay|relay_/);
    const count = await sender.count(scene.relay);
    expect(count, stderr).toMatchObject({ delivered: count.accepted - count.queued, missing: 0, twice: 0, bounced: 0 });
  });
});
