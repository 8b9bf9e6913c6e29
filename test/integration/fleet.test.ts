import { expect, test } from "vitest";
import type { LabHost } from "../../lab/index.ts";
import { openWorld } from "./world.ts";

const waves = [["canary"], ["b1", "b2"], ["c1", "c2", "c3"]];
const { world, relay, ...fleet } = await openWorld({ canary: {}, b1: {}, b2: {}, c1: {}, c2: {}, c3: {} });
const hosts = Object.values(fleet);
const stack = await world.stack("fleet", relay, hosts, {
  waves: [1, 2, "100%"],
  testDelivery: { to: "ops@example.org", timeoutSeconds: 15 },
});

/** The hosts that delivered, in order. */
const delivered = async () => (await relay.messages()).map(({ sender }) => sender.replace(/^root@(\w+)\..*/, "$1"));
const untouched = async (host: LabHost) =>
  (await host.run("test -e /var/lib/postfix-relay || dpkg -l postfix")).code !== 0;

test("a canary that fails leaves the other five untouched", async () => {
  await relay.set("wrong-password");
  const result = await stack.up();
  expect(result.code).not.toBe(0);
  expect(result.text).toContain("canary-delivery");
  for (const host of hosts.slice(1)) expect(await untouched(host), host.name).toBe(true);
});

test("after the repair the next `up` goes on, wave by wave", async () => {
  await relay.set("normal");
  const result = await stack.up();
  expect(result).toMatchObject({ code: 0 });
  const order = (await delivered()).filter((name, index, all) => all.indexOf(name) === index);
  expect(order).toHaveLength(6);
  let at = 0;
  for (const wave of waves) {
    expect(order.slice(at, at + wave.length).sort()).toEqual(wave);
    at += wave.length;
  }
  // Not only the messages: no step of a wave began before the wave in front of it was proven.
  const line = (text: string) => result.text.split("\n").findIndex((row) => row.includes(text));
  for (const [proven, begun] of [
    ["canary", "b1"],
    ["canary", "b2"],
    ["b1", "c1"],
    ["b2", "c3"],
  ]) {
    expect(line(`${proven}-delivery created`)).toBeLessThan(line(`${begun}-packages creating`));
  }
});

test("a change that fails on the canary stays off the others", async () => {
  await relay.set("sender-refused");
  await stack.set("postfix-relay:ownDomainMail", "local");
  const result = await stack.up();
  expect(result.code).not.toBe(0);
  await relay.set("normal");
  for (const host of hosts) expect(await host.must("postconf -h mydestination")).not.toMatch(/, \$mydomain$/m);
  expect(result.text).not.toContain("b1-main-cf updated");
  for (const host of hosts) {
    expect(JSON.parse(await host.must("postrelay status"))).toMatchObject({
      live: expect.stringMatching(/proven$/),
    });
  }
});
