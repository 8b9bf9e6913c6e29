// Other mail stands before the probe in the queue of the running Postfix: that is told, and never a reason to undo a
// configuration that was proven. The backlog of 5,000 is in candidate/backlog.test.ts.

import { expect, test } from "vitest";
import { type LabHost, until } from "../../../lab/index.ts";
import { openScene, postfix } from "../others/scene.ts";
import { byNobody } from "./by-nobody.ts";

const scene = await openScene();
const testDelivery = { to: "ops@example.org", timeoutSeconds: 10 };
const queued = async (host: LabHost) => Number(JSON.parse(await host.must("postrelay status")).queue);

/** Hands in so many messages. */
const fill = (host: LabHost, run: string, count: number) =>
  host.must(
    `for i in $(seq ${count}); do printf 'Subject: ${run}-%s\\n\\nx\\n' $i | sendmail -i ${run}@example.org; done`,
  );

const unproven = (run: { results: { report: Readonly<Record<string, unknown>> }[] }) =>
  JSON.stringify(run.results.at(-1)?.report.unproven);

test("a minute between two messages, and sixty of them waiting: green", async () => {
  const host = await scene.host("paced", postfix);
  const steps = scene.steps(host, { limits: { rateDelaySeconds: 60 }, testDelivery });
  expect((await steps.up()).code).toBe(0);
  await fill(host, "paced", 60);
  await until("they wait", async () => (await queued(host)) > 50);
  const run = await steps.up({ domain: "changed.example.com" });
  expect(run.code, run.text).toBe(0);
  // The first message after a reload goes at once: the probe, or another one.
  expect(unproven(run)).toMatch(/^\[\]$|the probe waits in the queue/);
  expect(await queued(host)).toBeGreaterThan(50);
  const probe = await host.run("postrelay probe");
  expect(probe.code, probe.stdout).toBe(2);
  expect(probe.stdout).toMatch(/the probe waits in the queue, and the relay host had not answered another message/);
});

test("mail was paused for a new password, and waits: green, and all of it leaves", async () => {
  const host = await scene.host("cutover", postfix);
  const steps = scene.steps(host, { rotation: "cutover", testDelivery });
  expect((await steps.up()).code).toBe(0);
  await scene.relay.setUsers([{ username: "relayuser", password: "another-Kq7" }]);
  // Refused once, so that mail stays paused.
  expect((await steps.up({ credentials: { username: "relayuser", password: "typo-Hx8-never" } })).code).not.toBe(0);
  await fill(host, "cutover", 60);
  const paused = await host.run("postrelay probe");
  expect(paused.code).toBe(2);
  expect(paused.stdout).toMatch(/mail is paused until a new password is proven/);
  const run = await steps.up({ credentials: { username: "relayuser", password: "another-Kq7" } });
  expect(run.code, run.text).toBe(0);
  await until("an empty queue", async () => (await queued(host)) === 0, { seconds: 60, every: 200 });
  await scene.relay.setUsers([{ username: "relayuser", password: "relaypass" }]);
});

test("one connection at the relay host, which other mail of this host takes: green", async () => {
  const host = await scene.host("single", postfix);
  const steps = scene.steps(host, {
    limits: { concurrency: 1 },
    testDelivery: { ...testDelivery, timeoutSeconds: 30 },
  });
  expect((await steps.up()).code).toBe(0);
  await scene.relay.must(
    "postconf -e smtpd_client_connection_count_limit=1 smtpd_client_event_limit_exceptions= && postfix reload",
  );
  const users = await byNobody(host, "single-user");
  await fill(host, "single", 100);
  const run = await steps.up({ domain: "changed.example.com" });
  expect(run.code, run.text).toBe(0);
  await scene.relay.set("normal");
  expect(await users.lost(scene.relay)).toEqual([]);
});

test("a first configuration, for which 300 messages wait in the maildrop: green, and all of them leave", async () => {
  const host = await scene.host("first", postfix);
  const steps = scene.steps(host, { testDelivery, credentials: { username: "relayuser", password: "typo-Hx8-never" } });
  await host.must("rm -f /etc/postfix/main.cf && systemctl stop postfix");
  expect((await steps.up()).code).not.toBe(0);
  await fill(host, "first", 300);
  const run = await steps.up({ credentials: { username: "relayuser", password: "relaypass" } });
  expect(run.code, run.text).toBe(0);
  const all = async () =>
    (await scene.relay.messages()).filter(({ recipients }) => recipients.includes("first@example.org")).length === 300;
  await until("all of them", all, { seconds: 60, every: 200 });
});
