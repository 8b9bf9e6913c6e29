import { expect, test } from "vitest";
import { until } from "../../../lab/index.ts";
import { Breakpoint, type Place, type Stopped } from "../faults/breakpoint.ts";
import { drain, Sender } from "../faults/sender.ts";
import { openWeb } from "../others/scene.ts";
import { inOrder, status } from "./site.ts";

// Places where a kill hurts most: between two renames, before Postfix has read the new files, before a unit is enabled.
const { scene, host, steps } = await openWeb();

const SOFTENS = "before the reload that softens";
const places: [at: string, place: Place][] = [
  ["before the first rename", { command: "mv", arguments: "*/.postfix-relay/new/*" }],
  ["before main.cf", { command: "mv", arguments: "*/.postfix-relay/new/main.cf *" }],
  ["before the reload", { command: "postfix", arguments: "reload" }],
  [SOFTENS, { command: "postfix", arguments: "reload" }],
];
const cut = async () => {
  await host.kill();
  await host.start();
};
const reboot = () => host.reboot();
const kill = (stopped: Stopped) => stopped.kill();
const faults: [what: string, fault: (stopped: Stopped) => Promise<void> | void][] = [
  ["power cut", cut],
  ["reboot", reboot],
  [
    "tool killed, then a power cut",
    (stopped) => {
      kill(stopped);
      return cut();
    },
  ],
];

test.each(places.flatMap(([at, place]) => faults.map(([what, fault], turn) => ({ what, at, place, fault, turn }))))(
  "$what in the switch, $at: the boot ends it",
  async ({ what, at, place, fault, turn }) => {
    const run = `${what}-${at}`.replaceAll(/\W+/g, "-");
    const sender = await Sender.start(host, run);
    await sender.more(1);
    // Only another relay host needs something softened.
    const relayHost = { host: scene.relay.host, port: at === SOFTENS && turn % 2 === 0 ? 465 : 587 };
    const change = { domain: `${run}.example.com`, stripHeaders: [`X-${run}`], relayHost };
    const red = await new Breakpoint(host, place).during(steps.up(change), fault);
    expect(red.code).not.toBe(0);
    await inOrder(host, `${what} ${at}`);
    await drain(host);
    const count = await sender.count(scene.relay);
    expect(count).toMatchObject({ delivered: count.accepted, queued: 0, missing: 0, bounced: 0 });
    expect(await steps.up()).toMatchObject({ code: 0 });
    expect(await host.must("postconf -h mydomain")).toBe(`${run}.example.com\n`);
    await inOrder(host, "after the next up");
  },
);

test("killed between the boot unit and its `enable`: the next `up` enables it", async () => {
  const fresh = await scene.host("unit");
  const fresher = scene.steps(fresh);
  const enable = { command: "systemctl", arguments: "*enable *postfix-relay-boot*" };
  await new Breakpoint(fresher.host, enable).during(fresher.up(), kill);
  expect(await fresher.up()).toMatchObject({ code: 0 });
  await inOrder(fresh, "after the second up");
});

test("power cut in the first switch of a host that had no Postfix: its mail waits, and leaves after the next `up`", async () => {
  const fresh = await scene.host("first", []);
  const first = scene.steps(fresh, { credentials: { username: "relayuser", password: "typo-Hx8-never" } });
  expect((await first.up()).code).not.toBe(0);
  const sender = await Sender.start(fresh, "first");
  await sender.more(3);
  // A message that is not accepted when the power goes belongs to nobody, though a part of it stays in the queue's
  // folder.
  const half = "{ echo 'Subject: half'; exec sleep 300; } | /usr/sbin/sendmail -i half@example.org";
  await fresh.must(`systemd-run --quiet sh -c "${half}"`);
  await until(
    "half a message",
    async () => (await fresh.must("find /var/spool/postfix/maildrop -type f ! -perm -100")) !== "",
  );
  const right = { credentials: { username: "relayuser", password: "relaypass" } };
  const rename = { command: "mv", arguments: "*/.postfix-relay/new/main.cf *" };
  await new Breakpoint(fresh, rename).during(first.up(right), async () => {
    await fresh.kill();
    await fresh.start();
  });
  const again = await Sender.start(fresh, "again");
  await again.more(3);
  expect(await first.up()).toMatchObject({ code: 0 });
  await inOrder(fresh, "after the next up");
  await again.more(3);
  await again.stop();
  await drain(fresh);
  for (const { count, accepted } of [await counted(sender), await counted(again)]) {
    expect(accepted).toBeGreaterThan(2);
    expect(count).toMatchObject({ delivered: accepted, queued: 0, missing: 0, bounced: 0 });
  }
  expect(await fresh.must("find /var/spool/postfix/maildrop -type f")).not.toBe("");
  expect(await status(fresh)).toMatchObject({ queue: 0 });
  const run = await first.destroy();
  expect(run.code, run.text).toBe(0);
});

async function counted(sender: Sender) {
  const count = await sender.count(scene.relay);
  return { count, accepted: count.accepted };
}
