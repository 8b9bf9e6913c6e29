import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { until } from "../../../lab/index.ts";
import { drain, Sender } from "../faults/sender.ts";
import { openWeb, right, wrong } from "../others/scene.ts";
import { inOrder, killTool, status, toolOn } from "./site.ts";

// Thirty times the host loses its power, or the tool is killed, somewhere between the start of a candidate and the end
// of the switch; and thirty times between the switch and the end of the probe of the running Postfix. The moments are
// random; KILLS_SEED repeats those of another run, KILLS takes another number of them.
const seed = Number(process.env.KILLS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const KILLS = Number(process.env.KILLS ?? 30);

const testDelivery = { to: "ops@example.org", timeoutSeconds: 8 };
const { scene, host, steps } = await openWeb(() => ({ testDelivery }));

const verbs = "start|activate|deliver";

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Phase {
  what: string;
  id: string;
  /** Whether it has begun. */
  begun: () => boolean;
  /** Whether a wrong password comes to it. */
  isForAll: boolean;
}

const phases: Phase[] = [
  { what: "a step", id: "k", begun: () => toolOn(host, verbs).length > 0, isForAll: true },
  {
    what: "the switch and its proof",
    id: "s",
    begun: () => existsSync(join(host.root, "var/lib/postfix-relay/journal")),
    isForAll: false,
  },
];

/** `up` with a change; calls `then` as soon as the phase has begun. */
async function change({ begun }: Phase, name: string, password: typeof right, then: () => Promise<void>) {
  let ended = false;
  const up = steps.up({ domain: `${name}.example.com`, credentials: password }).finally(() => {
    ended = true;
  });
  await until("the moment from which it is killed", () => ended || begun(), { every: 5 });
  await then();
  return await up;
}

/** How many milliseconds that phase takes, to the end of the run. */
async function span(phase: Phase, name: string, password: typeof right): Promise<number> {
  let started = 0;
  await change(phase, name, password, async () => {
    started = Date.now();
  });
  return Date.now() - started;
}

const title = `${KILLS} kills at random moments of $what, seed ${seed}: proven in the end, and no message is lost`;
test.each(phases)(title, { timeout: 900_000 }, async (phase) => {
  const { id, isForAll } = phase;
  const random = numbers(seed);
  const spans = {
    red: isForAll ? await span(phase, `${id}-red`, wrong) : 0,
    green: await span(phase, `${id}-green`, right),
  };
  const senders = [await Sender.start(host, `${id}0`)];
  const lines: string[] = [];
  for (let number = 1; number <= KILLS; number++) {
    const [color, password] = isForAll && number % 3 === 0 ? (["red", wrong] as const) : (["green", right] as const);
    const isCut = random() < 0.5;
    const moment = Math.round(random() * spans[color]);
    const before = (await status(host)).live;
    let hit = true;
    const run = await change(phase, `${id}-${number}`, password, async () => {
      await pause(moment);
      if (isCut) {
        await host.kill();
        await host.start();
      } else hit = killTool(host, verbs);
    });
    const what = `${isCut ? "power cut" : hit ? "kill" : "kill, too late"} ${moment} ms into a ${color} up`;
    // After a kill the next `up` ends what was begun; after a power cut the boot has.
    if (!isCut) expect(await steps.up({ credentials: right }), `after ${what}`).toMatchObject({ code: 0 });
    await inOrder(host, `${number}: ${what}\n${run.text}`);
    lines.push(`${what}: ${(await status(host)).live === before ? "old" : "new"}`);
    if (isCut) senders.push(await Sender.start(host, `${id}${number}`));
  }
  console.log(`seed ${seed}\n${lines.join("\n")}`);
  expect(await steps.up({ domain: `${id}-end.example.com`, credentials: right })).toMatchObject({ code: 0 });
  await inOrder(host, "the end");
  await senders.at(-1)?.stop();
  await drain(host);
  let twice = 0;
  for (const sender of senders) {
    const count = await sender.count(scene.relay);
    expect(count).toMatchObject({ delivered: count.accepted, queued: 0, missing: 0, bounced: 0 });
    twice += count.twice;
  }
  // A message comes twice if the power is cut between the relay's answer and the host's own note of it.
  expect(twice).toBeLessThanOrEqual(senders.length - 1);
});
