import { expect, test } from "vitest";
import type { Script } from "../../../lab/scripted.ts";
import { byNobody } from "../live/by-nobody.ts";
import { inOrder, openScripted, openWeb } from "../others/scene.ts";
import type { Run } from "../steps.ts";

// A relay host that breaks off after the whole message may have taken it: it gets no second copy, and that is said.
const { scene, host, steps } = await openWeb();
const server = await openScripted(scene.world);

let changes = 0;
const up = (more = {}): Promise<Run> =>
  steps.up({
    domain: `copy-${++changes}.example.com`,
    relayHost: { host: server.host, port: server.port },
    testDelivery: { to: "ops@example.org", timeoutSeconds: 12 },
    ...more,
  });

const broken: [what: string, script: Script][] = [
  ["it closes the connection", { end: "" }],
  ["it is silent until the time is up", { end: { after: 30 } }],
  ["it closes the connection, after it has deferred the first attempt", { mail: ["451 later", "250 ok"], end: "" }],
];

test.each(broken)("after the dot %s: one copy, red, and the advice is to look for it", async (what, script) => {
  server.set(script);
  // The previous configuration keeps sending through the scene's relay host.
  const users = await byNobody(host, `dot-${broken.findIndex(([other]) => other === what)}`);
  const run = await up();
  expect(run.code, run.text).toBe(69);
  expect(server.messages.length).toBe(1);
  expect(run.text).toMatch(/had the whole message and gave no answer.*testDelivery\.to/s);
  expect(await inOrder(host)).toBe(true);
  expect(await users.lost(scene.relay)).toEqual([]);
});

test("it may take it later where it has refused it: other attempts are made, and the last one is green", async () => {
  server.set({ end: ["451 4.7.1 greylisted", "451 4.7.1 greylisted", "250 2.0.0 ok"] });
  const run = await up();
  expect(run.code, run.text).toBe(0);
  expect(server.messages.map(({ accepted }) => accepted)).toEqual([false, false, true]);
});

test("a name with two addresses: the second one gets no copy of what the first one may have taken", async () => {
  const two = await openScripted(scene.world, "two");
  await two.close();
  two.port = 587;
  await two.listen();
  await scene.world.lab.dns.set(two.host, [two.address, scene.relay.address]);
  const names = [two.host, scene.relay.host];
  for (let tries = 0; two.messages.length === 0 && tries < 10; tries++) {
    two.set({ end: "" });
    const before = (await scene.relay.messages()).length;
    const run = await up({ relayHost: { host: two.host }, tls: { certificateNames: names } });
    const copies = two.messages.length + (await scene.relay.messages()).length - before;
    expect(copies, run.text).toBe(1);
  }
  expect(two.messages.length).toBe(1);
});
