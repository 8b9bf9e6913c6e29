import { afterAll, beforeAll, expect, test } from "vitest";
import { Bench } from "./bench.ts";
import type { Place, Stopped } from "./breakpoint.ts";
import { drain, Sender } from "./sender.ts";
import { Table } from "./table.ts";

let bench: Bench;
let roomAgain: () => Promise<void>;
const table = new Table("A fault in the middle of a step", [
  "fault",
  "at",
  "`pulumi up`",
  "live afterwards",
  "accepted",
  "delivered",
  "twice",
  "bounced",
  "missing",
]);

beforeAll(async () => {
  bench = await Bench.open("steps");
  await bench.relay.setUsers(["relayuser", "second"].map((username) => ({ username, password: "relaypass" })));
  expect(await bench.stack.up()).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await table.close();
  await bench?.close();
});

/** Where the host tool is stopped: the step, what it is about to do, and the command that does it. */
const places: [at: string, place: Place][] = [
  ["-packages, the tool is put in place", { command: "cp", arguments: "*/postrelay.new" }],
  ["-main-cf, main.cf is staged", { command: "cp", arguments: "*/staged/etc/master.cf" }],
  ["-sasl-passwd, the map is read back", { command: "postmap", arguments: "* -q - *" }],
  ["-service, the second Postfix starts", { command: "systemd-run", arguments: "*" }],
  ["-delivery, the test message is handed in", { command: "sendmail", arguments: "*-N never*" }],
  ["-delivery, proven, half of the files are renamed", { command: "mv", arguments: "*/new/sasl_passwd.db *" }],
  ["-delivery, renamed, and not yet good", { command: "mv", arguments: "*/good.next */good" }],
];

interface Fault {
  what: string;
  /** The fault, once the tool stands; it lets the tool go on if that is part of it. */
  happen: (stopped: Stopped) => Promise<void> | void;
  /** What repairs it, after `up` has ended. */
  repair?: () => Promise<unknown>;
  /** Whether the new configuration is the one that is live in the end, for each place. */
  live: ("old" | "new")[];
  /** Places whose step was done before, because the fault at the last place stopped a later one. */
  again?: number[];
  /** Places where the fault stops nothing: the step ends well. */
  green?: number[];
  /** Messages that may come twice: the host was killed between the relay's answer and its own bookkeeping. */
  twice?: true;
}

const readOnly = "mount --bind /etc /etc && mount -o remount,ro,bind /etc";
const faults: Fault[] = [
  {
    what: "engine killed",
    happen: async (stopped) => {
      bench.killEngine();
      await stopped.finish();
    },
    repair: () => bench.stack.must(["cancel", "--yes", bench.stack.name]),
    live: ["old", "old", "old", "old", "new", "new", "new"],
  },
  {
    what: "`pulumi` alone killed",
    happen: async (stopped) => {
      bench.killPulumi();
      await stopped.finish();
    },
    // Its plugins, with their connections, are still there.
    repair: async () => {
      bench.killEngine();
      await bench.stack.must(["cancel", "--yes", bench.stack.name]);
    },
    live: ["old", "old", "old", "old", "new", "new", "new"],
  },
  {
    what: "remote shell killed",
    happen: (stopped) => stopped.kill(),
    live: ["old", "old", "old", "old", "old", "old", "new"],
  },
  {
    what: "SSH connection cut",
    happen: async (stopped) => {
      stopped.disconnect();
      await stopped.finish();
    },
    live: ["old", "old", "old", "old", "new", "new", "new"],
  },
  {
    what: "power cut, and boot",
    happen: async () => {
      await bench.host.kill();
      await bench.host.start();
    },
    live: ["old", "old", "old", "old", "old", "old", "new"],
    twice: true,
  },
  {
    what: "disk full",
    happen: async (stopped) => {
      roomAgain = await bench.host.full();
      stopped.resume();
    },
    repair: () => roomAgain(),
    // A switch needs no room on the disk.
    green: [5, 6],
    live: ["old", "old", "old", "old", "old", "new", "new"],
  },
  {
    what: "/etc read-only",
    happen: async (stopped) => {
      await bench.host.must(readOnly);
      stopped.resume();
    },
    repair: () => bench.host.must("umount -l /etc"),
    live: ["old", "old", "old", "old", "old", "old", "new"],
    again: [2, 3],
  },
];

test.each(faults)("$what", async ({ what, happen, repair, live, again = [], green = [], twice }) => {
  const letter = String.fromCharCode(97 + faults.findIndex((fault) => fault.what === what));
  for (const [index, [at, place]] of places.entries()) {
    const before = await bench.status();
    // When the last fault left the new configuration in place, there is nothing to change any more.
    if (index === 0 || live[index - 1] === "new" || again.includes(index)) bench.changeAll();
    const run = `${letter}${index}`;
    const sender = await Sender.start(bench.host, run);
    await sender.more(1);
    const result = await bench.upTo(place, happen);
    const color = result.code === 0 ? "green" : "red";
    expect(color, `${what} ${at}:\n${result.text}`).toBe(green.includes(index) ? "green" : "red");
    await repair?.();
    // The next run, or a boot, ends what was cut off; by hand it is this.
    await bench.host.must("postrelay recover");
    const checked = await bench.host.run("postrelay check");
    expect(checked, `${what} ${at}:\n${result.text}`).toMatchObject({ code: 0 });
    expect(await bench.host.run("test ! -e /var/lib/postfix-relay/journal")).toMatchObject({ code: 0 });
    const after = await bench.status();
    expect(after.live).toMatch(/ proven$/);
    expect(after.live === before.live ? "old" : "new", `${what} ${at}:\n${result.text}`).toBe(live[index]);
    if (await bench.host.run(`systemctl --quiet is-active sender-${run}`).then(({ code }) => code === 0)) {
      await sender.more(1);
      await sender.stop();
    }
    await drain(bench.host);
    const count = await sender.count(bench.relay);
    table.add(
      what,
      at,
      color,
      live[index] ?? "",
      count.accepted,
      count.delivered,
      count.twice,
      count.bounced,
      count.missing,
    );
    expect(count, `${what} ${at}`).toMatchObject({
      accepted: expect.any(Number),
      delivered: count.accepted,
      missing: 0,
      bounced: 0,
    });
    if (!twice) expect(count.twice, `${what} ${at}`).toBe(0);
  }
  const before = await bench.status();
  if (live.at(-1) === "new") bench.changeAll();
  const result = await bench.stack.up();
  expect(result).toMatchObject({ code: 0 });
  const after = await bench.status();
  expect(after).toMatchObject({ live: expect.stringMatching(/ proven$/), running: "yes", queue: 0 });
  expect(after.live).not.toBe(before.live);
});
