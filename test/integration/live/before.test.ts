// What would keep the running Postfix from taking or sending mail with a new configuration, and can be seen before the
// switch.

import { expect, test } from "vitest";
import { openWeb } from "../others/scene.ts";
import type { Args } from "../steps.ts";
import { byNobody } from "./by-nobody.ts";

const { scene, host, steps } = await openWeb();
const live = async () => JSON.parse(await host.must("postrelay status")).live;

interface Row {
  what: string;
  args: Args;
  /** The step that stops it, and why. */
  step: string;
  red: RegExp;
  /** What is changed then, as the reason says. */
  mend: Args;
}

const rows: Row[] = [
  {
    what: "messages larger than the disk has room for",
    args: { limits: { messageSize: 1_900_000_000 } },
    step: "service",
    red: /\/var\/spool\/postfix has room for \d+ MB, and Postfix takes no message where there are less than 2717 MB: .*limits\.messageSize/,
    mend: { limits: { messageSize: 50_000_000 } },
  },
  {
    what: "more room than the disk has to stay free",
    args: { mainCf: { queue_minfree: "3000000000" } },
    step: "service",
    red: /Postfix takes no message where there are less than 2861 MB: .*queue_minfree/,
    mend: { mainCf: undefined },
  },
  {
    what: "a value that only the SMTP server reads",
    args: { mainCf: { smtpd_junk_command_limit: "many" } },
    step: "delivery",
    red: /take no mail from programs at port 25 of this host: its SMTP server does not greet\.\nWhat to do: .*\nLog: .*smtpd.*fatal: .*smtpd_junk_command_limit/,
    mend: { mainCf: { smtpd_junk_command_limit: "100" } },
  },
  {
    what: "TLS of the SMTP server at a level that does not exist",
    args: { mainCf: { smtpd_tls_security_level: "always" } },
    step: "delivery",
    red: /its SMTP server does not greet/,
    mend: { mainCf: undefined },
  },
];

test.each(rows)("$what: red, and nothing is changed", async ({ args, step, red, mend }) => {
  const before = await live();
  const users = await byNobody(host, `before-${rows.findIndex((row) => row.args === args)}`);
  const run = await steps.up(args);
  expect(run.code, run.text).not.toBe(0);
  expect(run.results.at(-1)?.suffix).toBe(step);
  expect(run.text).toMatch(red);
  expect(await live()).toBe(before);
  expect((await host.run("postrelay check")).code).toBe(0);
  const again = await steps.up(mend);
  expect(again.code, again.text).toBe(0);
  expect(await host.must("printf 'QUIT\\r\\n' | nc -w 5 127.0.0.1 25 || :")).toMatch(/^220 |^$/);
  expect(await users.lost(scene.relay)).toEqual([]);
});

test("a relay host that takes one sender alone: cron's sender is a way too", async () => {
  const before = await live();
  await scene.relay.set({ refusedSenders: ["root@web.example.com"] });
  const users = await byNobody(host, "one-sender");
  const run = await steps.up({
    testDelivery: { to: "ops@example.org", from: "probe@example.com", timeoutSeconds: 15 },
  });
  expect(run.code, run.text).not.toBe(0);
  expect(run.text).toMatch(/root@web\.example\.com, the sender of cron: .*sender/s);
  expect(await live()).toBe(before);
  const again = await steps.up({ sender: "probe@example.com" });
  expect(again.code, again.text).toBe(0);
  expect(await users.lost(scene.relay)).toEqual([]);
  await scene.relay.set("normal");
});

test("a relay host that refuses the empty sender: `up` says so, and users' mail still arrives", async () => {
  await scene.relay.set({ refusedSenders: ["<>"] });
  const users = await byNobody(host, "empty-sender");
  const run = await steps.up({ domain: "empty.example.com" });
  expect(run.code, run.text).toBe(0);
  expect(JSON.stringify(run.results.at(-1)?.report.unproven)).toMatch(
    /the relay refuses the empty sender.*553 5\.7\.1/,
  );
  expect(await users.lost(scene.relay)).toEqual([]);
  await scene.relay.set("normal");
});

test("a disk that fills up: a check tells, no step is to repair it, and it says nothing once there is room", async () => {
  const found = async () => JSON.parse((await host.run("postrelay check")).stdout);
  const lift = await host.full();
  const full = await found();
  await lift();
  expect(full).toMatchObject({ sync: "yes", differences: [], steps: [] });
  expect(full.told.join()).toMatch(
    /\/var\/spool\/postfix has room for \d+ MB: Postfix takes no mail .*free some space/,
  );
  expect(await found()).toMatchObject({ sync: "yes", told: [] });
});

test("a disk without inodes: red before anything is changed, and green when there are some", async () => {
  const before = await live();
  // The queue on a file system of its own, which has few.
  await host.must(`systemctl stop postfix && mkdir /var/tmp/spool && cp -a /var/spool/postfix/. /var/tmp/spool/
    mount -t tmpfs -o size=200m,nr_inodes=250,mode=755 tmpfs /var/spool/postfix && cp -a /var/tmp/spool/. /var/spool/postfix/
    systemctl start postfix`);
  const run = await steps.up({ domain: "inodes.example.com" });
  expect(run.code, run.text).not.toBe(0);
  expect(run.text).toMatch(/\/var\/spool\/postfix has room for \d+ files more, and each message takes up to three/);
  expect(await live()).toBe(before);
  await host.must("mount -o remount,nr_inodes=5000 /var/spool/postfix");
  const again = await steps.up();
  expect(again.code, again.text).toBe(0);
});
