import { expect, test } from "vitest";
import { until } from "../../../lab/index.ts";
import { inOrder, openWeb } from "../others/scene.ts";

// The test message does not stand in line behind what waits.
const { scene, host, steps } = await openWeb(() => ({ limits: { rateDelaySeconds: 2 } }));

const handIn = (run: string, count: number) =>
  host.must(
    `for i in $(seq ${count}); do printf 'Subject: x\\n\\nx\\n' | /usr/sbin/sendmail -i -f root@web.example.com ${run}-$i@example.org; done`,
  );
const delivered = async (run: string) =>
  new Set(
    (await scene.relay.messages()).flatMap(({ recipients }) => recipients).filter((to) => to.startsWith(`${run}-`)),
  ).size;
const waiting = async () => (await host.must("postqueue -j 2> /dev/null")).split("\n").filter(Boolean).length;
const all = (run: string, count: number, seconds: number) =>
  until(`${count} messages of ${run}`, async () => (await delivered(run)) === count, { seconds, every: 500 });

test("two seconds between two messages, and 30 wait: green in less than they take, and they still leave", async () => {
  await handIn("rate", 30);
  expect(await waiting()).toBeGreaterThan(25);
  const start = Date.now();
  const run = await steps.up({ domain: "rate.example.com" });
  expect(run.code, run.text).toBe(0);
  expect((Date.now() - start) / 1000).toBeLessThan(30);
  expect(await waiting()).toBeGreaterThan(5);
  expect(await inOrder(host)).toBe(true);
  // The next change takes the pause out, and what waits goes at once.
  const faster = await steps.up({ limits: undefined });
  expect(faster.code, faster.text).toBe(0);
  await all("rate", 30, 90);
});

test("40 wait for a relay host that was down: green, and they leave", async () => {
  await scene.relay.set("port-closed");
  await handIn("down", 40);
  await until(
    "40 deferred messages",
    async () => (await host.must("find /var/spool/postfix/deferred -type f | wc -l")) === "40\n",
  );
  await scene.relay.set("normal");
  const run = await steps.up({ domain: "down.example.com" });
  expect(run.code, run.text).toBe(0);
  await all("down", 40, 60);
});

test("30 wait for a recipient whom the relay host is slow with, one at a time: green", async () => {
  const one = await steps.up({ limits: { concurrency: 1, rateDelaySeconds: 3 } });
  expect(one.code, one.text).toBe(0);
  await handIn("one", 30);
  const run = await steps.up({ domain: "one.example.com", rootAlias: "ops@example.org" });
  expect(run.code, run.text).toBe(0);
  const faster = await steps.up({ limits: undefined });
  expect(faster.code, faster.text).toBe(0);
  await all("one", 30, 120);
});
