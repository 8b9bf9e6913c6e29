import { afterAll, expect } from "vitest";
import type { LabRelay } from "../../../lab/index.ts";
import { Bench } from "./bench.ts";
import { type Count, drain, Sender } from "./sender.ts";
import { Table } from "./table.ts";

const nothing = async () => {};

/**
 * A bench with a second relay host, whose runs are counted: what the files about relay hosts and passwords begin with.
 */
export async function countedBench(title: string, stack: string, timeoutSeconds = 15) {
  const columns = ["fault", "`pulumi up`", "live afterwards", "accepted", "delivered", "twice", "bounced", "missing"];
  const table = new Table(title, columns);
  const testDelivery = { to: "ops@example.org", timeoutSeconds };
  const bench = await Bench.open(stack, { testDelivery, rotation: "overlap" });
  afterAll(async () => {
    await table.close();
    await bench.close();
  });
  const other = await bench.world.lab.relay();
  expect(await bench.stack.up()).toMatchObject({ code: 0 });

  /** A row of the table; without a count where nothing was counted. */
  const add = (what: string, color: string, live: string, count?: Count) => {
    const numbers = count && [count.accepted, count.delivered, count.twice, count.bounced, count.missing];
    table.add(what, color, live, ...(numbers ?? ["", "", "", "", ""]));
  };

  /** Stops the sender, and counts: each accepted message is at a relay host once. */
  const settle = async (sender: Sender, relays: LabRelay[] = [bench.relay], repair = nothing): Promise<Count> => {
    await sender.stop();
    await repair();
    await drain(bench.host);
    return await sender.count(...relays);
  };

  /** Runs `up` while messages are submitted all the time, and counts them when the fault is gone. */
  const counted = async (what: string, run: string, { repair = nothing } = {}) => {
    const before = await bench.status();
    const sender = await Sender.start(bench.host, run);
    await sender.more(1);
    const started = performance.now();
    const result = await bench.stack.up();
    const seconds = (performance.now() - started) / 1000;
    const after = await bench.status();
    const checked = await bench.host.run("postrelay check");
    await sender.more(2);
    const count = await settle(sender, [bench.relay, other], repair);
    const color = result.code === 0 ? "green" : "red";
    const live = after.live === before.live ? "old" : "new";
    add(what, color, live, count);
    expect(count, result.text).toMatchObject(whole(count));
    return { result, seconds, color, live, after, checked };
  };
  return { bench, other, add, settle, counted };
}

/** What a count is when each accepted message has arrived once. */
export const whole = ({ accepted }: Count) => ({ delivered: accepted, twice: 0, bounced: 0, missing: 0 });
