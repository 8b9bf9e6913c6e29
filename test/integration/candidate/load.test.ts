import { expect, test } from "vitest";
import { drain, Sender } from "../faults/sender.ts";
import { openWeb } from "../others/scene.ts";
import type { Args } from "../steps.ts";
import { inOrder } from "./site.ts";

// Switches while mail flows: a queue manager that knows the old relay host must not lose a message to a client that has
// the new maps.
const first = { username: "first", password: "first-Vq3" };
const second = { username: "second", password: "second-Hx8" };

// Each refuses the other's account.
const { scene, host, steps } = await openWeb(async ({ relay }) => {
  await relay.setUsers([first]);
  return { credentials: first };
});
const other = await scene.world.lab.relay();
await other.setUsers([second]);

/** One change after the other while five messages a second are handed in. */
async function switches(run: string, changes: Args[]): Promise<void> {
  const sender = await Sender.start(host, run, { every: 0.15 });
  await sender.more(2);
  for (const change of changes) {
    const result = await steps.up(change);
    expect(result.code, result.text).toBe(0);
    await sender.more(1);
  }
  await sender.stop();
  await inOrder(host, run);
  await drain(host);
  const count = await sender.count(scene.relay, other);
  expect(count).toMatchObject({ delivered: count.accepted, queued: 0, missing: 0, twice: 0, bounced: 0 });
}

const toFirst = (port?: number) => ({ relayHost: { host: scene.relay.host, port }, credentials: first });
const toSecond = (port?: number) => ({ relayHost: { host: other.host, port }, credentials: second });

test("ten times to another relay host with another account: each message arrives once", () =>
  switches("relays", Array.from({ length: 5 }, () => [toSecond(), toFirst()]).flat()));

test("from STARTTLS to TLS from the first byte and back, also to the other relay host: each message arrives once", () =>
  switches("tls", [toFirst(465), toFirst(), toSecond(465), toFirst(587), toSecond(465), toFirst(465), toFirst()]));

test("other senders: each message arrives once", () =>
  switches("senders", [
    { sender: "noreply@example.com" },
    { sender: undefined, senders: { root: "cron@example.com" } },
    { senders: { "root@web.example.com": "web@example.com" }, stripHeaders: ["X-Mailer"] },
    { senders: undefined, stripHeaders: undefined, sender: "all@example.com" },
    { sender: undefined },
  ]));

test("a detour for a fallback of the other kind of TLS comes and goes: each message arrives once", () =>
  switches("detour", [
    { fallback: [{ host: other.host, port: 465 }], accounts: { [other.host]: second } },
    { fallback: undefined, accounts: undefined },
    { ...toSecond(465), fallback: [{ host: scene.relay.host, port: 587 }], accounts: { [scene.relay.host]: first } },
    { ...toFirst(), fallback: undefined, accounts: undefined },
  ]));
