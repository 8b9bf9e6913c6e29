import { describe, expect, test } from "vitest";
import { openWeb, right } from "../others/scene.ts";
import type { Args } from "../steps.ts";
import { Batch, SIZE } from "./batch.ts";
import { cursor, leftovers, reloads, standing, status, TOOL } from "./site.ts";

// A change that cannot be proven leaves no trace: not in the files that are live, not in the running processes, not in
// one message that is handed in meanwhile.
const testDelivery = { to: "ops@example.org", timeoutSeconds: 5 };
const account = right;
const refused = ["noreply@example.com", "cron@example.com", "probe@example.com"];

const { scene, host, steps } = await openWeb(() => ({ testDelivery }));
const other = await scene.world.lab.relay();
const relays = [scene.relay, other];
await host.must("ip link add docker0 type bridge && ip addr add 172.17.0.1/16 dev docker0 && ip link set docker0 up");
for (const relay of relays) await relay.set({ refusedSenders: refused });
const expected = await (await Batch.start(host, "as-always")).arrivals(...relays);
expect(expected).toHaveLength(SIZE);
const base = await status(host);

const kinds: Record<string, () => Args> = {
  sender: () => ({ sender: "noreply@example.com" }),
  senders: () => ({ senders: { root: "cron@example.com", "@shop.example.net": "shop@example.com" } }),
  hostname: () => ({ hostname: "mx.example.net" }),
  ownDomainMail: () => ({ ownDomainMail: "local", mxCheck: "off" }),
  aliases: () => ({ rootAlias: "ops@example.net", aliases: { deploy: ["dev@example.net"] } }),
  stripHeaders: () => ({ stripHeaders: ["X-Mailer"] }),
  lifetimes: () => ({ limits: { queueLifetimeHours: 1, bounceLifetimeHours: 0 } }),
  "relay host": () => ({ relayHost: { host: other.host } }),
  port: () => ({ relayHost: { host: scene.relay.host, port: 465 } }),
  tls: () => ({ tls: { level: "encrypted" } }),
  account: () => ({ credentials: { username: "second", password: "second-Vq3" } }),
  fallback: () => ({ fallback: [{ host: other.host, port: 465 }], accounts: { [other.host]: account } }),
  senderDependent: () => ({
    senderDependent: { "@shop.example.net": { host: other.host } },
    accounts: { [other.host]: account },
  }),
  listen: () => ({ listen: "none" }),
  bridges: () => ({ bridges: ["172.17.0.1/16"] }),
  limits: () => ({ limits: { rateDelaySeconds: 3, concurrency: 1, messageSize: 65536 } }),
};
/** Without the arguments of all kinds. */
const none = () => Object.fromEntries(Object.values(kinds).flatMap((kind) => Object.keys(kind()).map((key) => [key])));

/** What stands in the way of the proof. */
const obstacles: Record<string, { args: () => Args; says: RegExp; only?: string[] }> = {
  "wrong password": { args: () => ({ credentials: { ...account, password: "typo-Hx8-never" } }), says: /535/ },
  "sender refused": {
    args: () => ({ testDelivery: { ...testDelivery, from: "probe@example.com" } }),
    says: /553/,
    // This one's own account is refused before any sender.
    only: Object.keys(kinds).filter((kind) => kind !== "account"),
  },
  "relay host down": {
    args: () => ({ relayHost: { host: scene.relay.host, port: 2525 } }),
    says: /Connection refused/,
    only: ["sender", "ownDomainMail", "listen"],
  },
};

const rows = Object.entries(obstacles).flatMap(([obstacle, { only = Object.keys(kinds) }]) =>
  only.map((kind) => [kind, obstacle]),
);

describe.each(Object.keys(kinds))("%s, not provable:", (kind) => {
  test.each(rows.filter(([name]) => name === kind).map(([, obstacle = ""]) => obstacle))("%s", async (obstacle) => {
    const change = { ...none(), ...scene.args({ testDelivery }), ...obstacles[obstacle]?.args(), ...kinds[kind]?.() };
    const before = await standing(host);
    const since = await cursor(host);
    const run = `${kind}-${obstacle}`.replaceAll(" ", "-").toLowerCase();
    const batch = await Batch.start(host, run);
    const result = await steps.up(change);
    expect(result.code, result.text).not.toBe(0);
    expect(result.text).toMatch(obstacles[obstacle]?.says ?? "");
    expect.soft(await standing(host)).toBe(before);
    expect.soft(await reloads(host, since)).toBe("");
    expect.soft(await leftovers(host)).toBe("");
    expect.soft(await status(host)).toMatchObject({ live: base.live, good: base.good });
    expect.soft(await host.run(`${TOOL} check`)).toMatchObject({ code: 0 });
    expect.soft(await batch.arrivals(...relays)).toEqual(expected);
  });
});

test("and back to what was proven: green, and nothing had to be changed", async () => {
  const before = await standing(host);
  const since = await cursor(host);
  const result = await steps.up({ ...none(), ...scene.args({ testDelivery }) });
  expect(result.code, result.text).toBe(0);
  expect(await standing(host)).toBe(before);
  expect(await reloads(host, since)).toBe("");
  expect(await status(host)).toEqual(base);
});
