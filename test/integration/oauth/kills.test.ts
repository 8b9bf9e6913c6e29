// The login proxy is killed in the middle of messages, again and again: none is lost, and each that comes twice was cut
// off after the relay host had all of it.

import { expect, test } from "vitest";
import { must } from "../../../lab/shell.ts";
import { until } from "../../../lab/until.ts";
import { everyRow } from "../rows.ts";
import { openTokens } from "./scene.ts";

const KILLS = everyRow ? 30 : 3;
const { host, steps, relay, endpoint, reset } = await openTokens();
const web = await host("bookworm", "web");

test(`${KILLS} kills of the login proxy in mid-message`, async () => {
  await reset();
  const own = steps(web);
  const up = await own.up({ limits: { concurrency: 4 } });
  expect(up.code, up.text).toBe(0);
  // A slow line: what was not sent waits on the host, and not in the buffers of the relay host.
  const slow = ["tc", "qdisc", "add", "dev", "host0", "root", "tbf", "rate", "2mbit", "burst", "16kb", "limit", "64kb"];
  await must("ip", ["netns", "exec", web.record.netns, ...slow]);
  // Mail that waits is tried again soon.
  await web.must("postconf -e minimal_backoff_time=2s maximal_backoff_time=2s queue_run_delay=2s; postfix reload");
  relay.set({ like: "exchange", tokens: endpoint.isValid });
  let sent = 0;
  let killed = 0;
  const subject = (number: number) => `Subject: killed-${number}-`;
  const send = () =>
    web.must(
      `{ printf '${subject(sent++)}\\n\\n'; head -c 800000 /dev/urandom | base64 -w 70; } | sendmail -f root@example.com someone@example.org`,
    );
  while (killed < KILLS) {
    await send();
    await until("a message comes in", () => relay.reading.size > 0, { seconds: 60, every: 20 });
    await web.must("systemctl kill -s KILL postfix-relay-login.service");
    killed++;
    await until("the relay host has noticed", () => relay.reading.size === 0, { seconds: 60 });
  }
  const accepted = (number: number) =>
    relay.messages.filter(({ text, accepted, whole }) => accepted && whole && text.includes(subject(number))).length;
  await until("all have arrived", async () => (await web.must("postqueue -j")) === "", { seconds: 240, every: 1000 });
  const counts = Array.from({ length: sent }, (_, number) => accepted(number));
  const cut = relay.messages.filter(({ whole }) => !whole).length;
  const twice = counts.filter((count) => count > 1).length;
  console.log(`${sent} messages, ${killed} kills, ${cut} cut off, ${twice} twice`);
  expect(counts.filter((count) => count === 0)).toEqual([]);
  expect(cut).toBeGreaterThan(KILLS / 2);
  expect(relay.messages.filter(({ whole, accepted }) => !whole && accepted)).toEqual([]);
  // No more than one for each kill: it was cut off behind its last byte.
  expect(twice).toBeLessThanOrEqual(KILLS);
}, 1_200_000);
