// Reports of undelivered mail that the relay host refuses: none vanishes, on each release.

import { describe, expect, test } from "vitest";
import { type LabHost, releases, until } from "../../../lab/index.ts";
import { openScene, openScripted } from "../others/scene.ts";
import { everyRow } from "../rows.ts";

const scene = await openScene();
const server = await openScripted(scene.world);

/** It takes no message for the recipient, and nothing from the empty sender. */
const refuses = {
  mail: ["250 2.1.0 Ok", "501 5.1.7 Bad sender address syntax"],
  rcpt: "550 5.7.1 Message refused",
};

const args = { relayHost: { host: server.host, port: server.port }, rootAlias: "ops@example.org" };
const told = async (host: LabHost): Promise<string> => JSON.parse(await host.must("postrelay check")).told.join("\n");
const isEmpty = async (host: LabHost) => (await host.must("postqueue -j")) === "";

/** Cron's message is refused, and so is the report that root would get. */
async function refused(host: LabHost, subject: string): Promise<void> {
  server.set(refuses);
  await host.must(`printf 'Subject: ${subject}\\n\\nx\\n' | sendmail -i someone@example.net`);
  await until("the report was refused", () => server.commands.filter((word) => /^MAIL/.test(word)).length > 1, {
    seconds: 60,
    every: 100,
  });
  await until("nothing waits", () => isEmpty(host), { seconds: 60, every: 100 });
}

describe.each(releases)("%s", (release) => {
  test("a report that is refused is in a mailbox on the host, and is told", async ({ skip }) => {
    const missing = scene.world.lab.missing(release);
    skip(missing !== undefined, missing);
    skip(!everyRow && release !== "bookworm", "one of its kind runs in npm test");
    const host = await scene.host(`reports-${release}`, undefined, release);
    const steps = scene.steps(host, args);
    server.set();
    const up = await steps.up();
    expect(up.code, up.text).toBe(0);
    expect(await told(host)).toBe("");

    // Probes, taken or refused, leave nothing there.
    await host.must("postrelay probe");
    server.set({ mail: "501 5.1.7 Bad sender address syntax" });
    const probed = JSON.parse(await host.must("postrelay probe"));
    expect(probed.why).toMatch(/does not arrive, and goes to postfix@localhost instead/);
    await until("nothing waits", () => isEmpty(host), { seconds: 60, every: 100 });
    expect(await host.must("find /var/mail -type f")).toBe("");
    expect(await told(host)).toBe("");

    await refused(host, `job-${release}`);
    const mailbox = await host.must("cat /var/mail/postfix");
    expect(mailbox).toContain(`Subject: job-${release}`);
    expect(mailbox).toContain("550 5.7.1 Message refused");
    expect(mailbox).toContain("501 5.1.7 Bad sender address syntax");
    expect(await told(host)).toMatch(
      /^the newest lines of the log have 1 reports of undelivered mail that were refused, .* in the mailbox of the user postfix on this host, \/var\/mail\/postfix \(.*501 5\.1\.7/,
    );
    expect(JSON.parse(await host.must("postrelay check")).sync).toBe("yes");
    expect(await host.must("find /var/mail -type f")).toBe("/var/mail/postfix\n");
  });
});

const renamed = [
  ["sender", { sender: "alerts@example.com" }],
  ["senders", { senders: { root: "alerts@example.com" } }],
  ["both", { sender: "alerts@example.com", senders: { "app@example.com": "shop@example.com" } }],
] as const;

describe.each(releases)("%s: the empty sender stays empty", (release) => {
  test.each(renamed)("%s: no report of a probe comes, and reports of other mail have it", async (what, more) => {
    const missing = scene.world.lab.missing(release);
    if (missing) return console.log(`Left out: ${release}, because ${missing}`);
    const host = await scene.host(`empty-${what}-${release}`, undefined, release);
    server.set();
    const up = await scene.steps(host, { ...args, ...more }).up();
    expect(up.code, up.text).toBe(0);
    await host.must("postrelay probe");
    await until("nothing waits", () => isEmpty(host), { seconds: 60, every: 100 });
    expect(server.messages.map(({ recipients }) => recipients)).toEqual([["ops@example.org"]]);

    server.set({ rcpt: ["550 5.7.1 Message refused", "250 2.1.5 Ok"] });
    await host.must(`printf 'Subject: job\\n\\nx\\n' | sendmail -i someone@example.net`);
    await until("the report has come", () => server.messages.length > 0, { seconds: 60, every: 100 });
    expect(server.messages).toMatchObject([{ sender: "", recipients: ["alerts@example.com"] }]);
  });
});

test("`mainCf` has the last word: another mailbox, or none", async () => {
  const host = await scene.host("reports-own");
  const steps = scene.steps(host, args);
  server.set();
  const own = await steps.up({ ...args, mainCf: { "2bounce_notice_recipient": "deploy@localhost" } });
  expect(own.code, own.text).toBe(0);
  await refused(host, "job-deploy");
  expect(await host.must("cat /var/mail/deploy")).toContain("Subject: job-deploy");
  expect(await told(host)).toMatch(/ 1 reports .*mailbox of the user deploy on this host/);

  server.set();
  const none = await steps.up({ mainCf: { notify_classes: "resource, software" } });
  expect(none.code, none.text).toBe(0);
  await refused(host, "job-gone");
  expect(await told(host)).toMatch(/\n.* 1 reports .* and are gone, so nobody knows of that mail/);
  expect(await host.must("find /var/mail -type f")).toBe("/var/mail/deploy\n");
});
