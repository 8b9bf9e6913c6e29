import { afterAll, beforeAll, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { everyRow } from "../rows.ts";
import { Bench } from "./bench.ts";
import type { Place, Stopped } from "./breakpoint.ts";
import { accounts, Own } from "./own.ts";
import { drain, Sender } from "./sender.ts";
import { Table } from "./table.ts";

// Faults that the engine has a part in happen to a host that a stack has set up; those of the host alone to one that
// had the same steps without the engine.
let bench: Bench;
let own: Own;
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
  await bench.relay.setUsers(accounts.map((username) => ({ username, password: "relaypass" })));
  own = await Own.open(bench.world, bench.relay);
  for (const result of await Promise.all([bench.up(), own.up()])) expect(result.code, result.text).toBe(0);
});
afterAll(async () => {
  await table.close();
  await bench?.close();
});

/** Where the host tool is stopped: the step, what it is about to do, and the command that does it. */
const places: [at: string, place: Place][] = [
  ["-packages, the tool is put in place", { command: "cp", arguments: "*/postrelay.new" }],
  ["-main-cf, main.cf is staged", { command: "mv", arguments: "*/main.cf */staged/sent/" }],
  ["-service, the map is read back", { command: "postmap", arguments: "* -q - *" }],
  ["-service, the second Postfix starts", { command: "systemd-run", arguments: "*" }],
  ["-delivery, the test message is handed in", { command: "sendmail", arguments: "*-N never*" }],
  ["-delivery, proven, half of the files are renamed", { command: "mv", arguments: "*/new/sasl_passwd.db *" }],
  ["-delivery, renamed, and not yet good", { command: "mv", arguments: "*/good.next */good" }],
];

interface Fault {
  what: string;
  /** The engine has no part in it. */
  ofHost?: true;
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
    ofHost: true,
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
    ofHost: true,
    happen: async () => {
      await own.host.kill();
      await own.host.start();
    },
    live: ["old", "old", "old", "old", "old", "old", "new"],
    twice: true,
  },
  {
    what: "disk full",
    ofHost: true,
    happen: async (stopped) => {
      roomAgain = await own.host.full();
      stopped.resume();
    },
    repair: () => roomAgain(),
    // A switch needs no room on the disk, but mail does: the running Postfix takes none, and all is as before.
    green: [6],
    live: ["old", "old", "old", "old", "old", "old", "new"],
  },
  {
    what: "/etc read-only",
    ofHost: true,
    happen: async (stopped) => {
      await own.host.must(readOnly);
      stopped.resume();
    },
    repair: () => own.host.must("umount -l /etc"),
    live: ["old", "old", "old", "old", "old", "old", "new"],
    again: [2, 3],
  },
];

test.each(faults)("$what", async ({ what, ofHost, happen, repair, live, again = [], green = [], twice }) => {
  const number = faults.findIndex((fault) => fault.what === what);
  const subject = ofHost ? own : bench;
  // In `npm test` each fault at one place, and each place once.
  const taken = places
    .map((place, index) => [index, ...place] as const)
    .filter(([index]) => everyRow || index === number);
  for (const [turn, [index, at, place]] of taken.entries()) {
    const before = await subject.status();
    // When the last fault left the new configuration in place, there is nothing to change any more.
    if (turn === 0 || live[index - 1] === "new" || again.includes(index)) subject.changeAll();
    const sender = await Sender.start(subject.host, `${String.fromCharCode(97 + number)}${index}`);
    await sender.more(1);
    const result = await subject.upTo(place, happen);
    const color = result.code === 0 ? "green" : "red";
    const where = `${what} ${at}:\n${result.text}`;
    expect(color, where).toBe(green.includes(index) ? "green" : "red");
    await repair?.();
    // The next run, or a boot, ends what was cut off; by hand it is this.
    await subject.host.must("postrelay recover");
    expect(await subject.host.run("postrelay check"), where).toMatchObject({ code: 0 });
    expect(await subject.host.run("test ! -e /var/lib/postfix-relay/journal")).toMatchObject({ code: 0 });
    const after = await subject.status();
    expect(after.live).toMatch(/ proven$/);
    expect(after.live === before.live ? "old" : "new", where).toBe(live[index]);
    const count = await counted(subject.host, sender);
    const numbers = [count.accepted, count.delivered, count.twice, count.bounced, count.missing];
    table.add(what, at, color, live[index] ?? "", ...numbers);
    expect(count, where).toMatchObject({ delivered: count.accepted, missing: 0, bounced: 0 });
    if (!twice) expect(count.twice, where).toBe(0);
  }
  const before = await subject.status();
  if (live[taken.at(-1)?.[0] ?? 0] === "new") subject.changeAll();
  const result = await subject.up();
  expect(result.code, result.text).toBe(0);
  const after = await subject.status();
  expect(after).toMatchObject({ live: expect.stringMatching(/ proven$/), running: "yes", queue: 0 });
  expect(after.live).not.toBe(before.live);
});

/** Ends the sender, if no boot has, and counts its messages when the queue is empty. */
async function counted(host: LabHost, sender: Sender) {
  if (await sender.runs()) {
    await sender.more(1);
    await sender.stop();
  }
  await drain(host);
  return await sender.count(bench.relay);
}
