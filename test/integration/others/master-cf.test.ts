import { expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { drain, Sender } from "../faults/sender.ts";
import type { Args } from "../steps.ts";
import { arrives, inOrder, master, openScene, right, untouched, wrong } from "./scene.ts";

// A file that the target of a way back does not have is left or restored, never just removed. The first generation
// changes nothing in master.cf; the next one does, and cannot be proven.
const scene = await openScene();

const rows: [what: string, name: string, changes: () => Args][] = [
  ["nobody may hand in mail over SMTP", "none", () => ({ listen: "none" })],
  [
    "a fallback at port 465 of the same host",
    "fallback",
    () => ({ fallback: [{ host: scene.relay.host, port: 465 }], mechanisms: ["PLAIN", "LOGIN"] }),
  ],
  ["containers on a bridge", "bridge", () => ({ bridges: ["172.31.9.1/24"] })],
  [
    "a sender with a relay host at port 465",
    "sender",
    () => ({ senderDependent: { "shop@example.com": { host: scene.relay.host, port: 465 } } }),
  ],
];

/** What Docker would make. */
const bridge = (host: LabHost) =>
  host.must("ip link add br9 type bridge && ip address add 172.31.9.1/24 dev br9 && ip link set br9 up");

test.each(rows)("%s, with a wrong password: master.cf stays, Postfix runs, also after a boot", async (_, name, of) => {
  const host = await scene.host(name);
  const steps = scene.steps(host);
  expect(await steps.up()).toMatchObject({ code: 0 });
  const files = () => untouched(host, "/etc/postfix/m*.cf", "/etc/postfix/sasl_passwd*");
  const before = await files();
  const running = await master(host);
  expect(running).toMatch(/^\d+$/);
  if (name === "bridge") await bridge(host);
  const sender = await Sender.start(host, name);
  await sender.more(1);
  const red = await steps.up({ ...of(), credentials: wrong });
  expect(red.code, red.text).not.toBe(0);
  expect(red.results.at(-1)?.suffix).toBe("delivery");
  expect(await files(), red.text).toBe(before);
  expect(await master(host), red.text).toBe(running);
  await sender.more(2);
  await sender.stop();
  await drain(host);
  const count = await sender.count(scene.relay);
  expect(count, red.text).toMatchObject({ delivered: count.accepted, bounced: 0, missing: 0, twice: 0 });
  expect(await inOrder(host)).toBe(true);

  await host.reboot();
  expect(await files()).toBe(before);
  await arrives(host, scene.relay, `boot-${name}@example.org`);

  // The user takes the change back, and makes another one.
  const plain = { listen: undefined, fallback: undefined, bridges: undefined, senderDependent: undefined };
  const back = await steps.up({ ...plain, mechanisms: undefined, credentials: right });
  expect(back.code, back.text).toBe(0);
  const later = await steps.up({ domain: "later.example.com" });
  expect(later.code, later.text).toBe(0);
  if (name === "bridge") {
    await host.must("ip link delete br9");
    const without = await steps.up(of());
    expect(without.code).not.toBe(0);
    expect(without.text).toMatch(/no interface of this host has the address 172\.31\.9\.1.*bridges/s);
    expect(await inOrder(host)).toBe(true);
    await bridge(host);
  }
  const green = await steps.up(of());
  expect(green.code, green.text).toBe(0);
  await arrives(host, scene.relay, `green-${name}@example.org`);
  expect(await inOrder(host)).toBe(true);
});

test("the other way round: a change of master.cf was proven, the next generation has none and is not proven", async () => {
  const host = await scene.host("round");
  const steps = scene.steps(host, { listen: "none" });
  expect(await steps.up()).toMatchObject({ code: 0 });
  const before = await untouched(host, "/etc/postfix/m*.cf");
  const red = await steps.up({ listen: undefined, credentials: wrong });
  expect(red.code, red.text).not.toBe(0);
  expect(await untouched(host, "/etc/postfix/m*.cf"), red.text).toBe(before);
  await arrives(host, scene.relay, "round@example.org");
  const green = await steps.up({ credentials: right });
  expect(green.code, green.text).toBe(0);
  // master.cf of the package is back, with its listener.
  expect(await host.must("postconf -M smtp/inet")).toMatch(/smtpd/);
  await arrives(host, scene.relay, "round-green@example.org");
});
