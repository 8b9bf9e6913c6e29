import { expect, test } from "vitest";
import { arrives, inOrder, openWeb } from "../others/scene.ts";

// What `mainCf` adds may copy messages or log them elsewhere: the test message is followed all the same.
const { scene, host, steps } = await openWeb();

const rows: [what: string, mainCf: Record<string, string>][] = [
  ["a copy of all mail in a mailbox here", { always_bcc: "deploy" }],
  ["a copy of all mail outside", { always_bcc: "archive@example.net" }],
  ["a copy of all mail in a mailbox that there is not", { always_bcc: "nobody-has-this-name" }],
  ["a copy of what goes to a recipient", { recipient_bcc_maps: "static:deploy" }],
  ["a copy of what a sender sends", { sender_bcc_maps: "static:deploy" }],
  ["another name in the log", { syslog_name: "mailout" }],
  ["a name in the log with other characters", { syslog_name: "mail/out-1.$myhostname" }],
  ["another facility of the log", { syslog_facility: "local1" }],
  ["a log file of its own", { maillog_file: "/var/log/postfix.log" }],
  ["short queue ids", { enable_long_queue_ids: "no" }],
  ["long queue ids", { enable_long_queue_ids: "yes" }],
];

test.each(rows)("%s: green, and mail leaves", async (what, mainCf) => {
  const run = await steps.up({ mainCf });
  expect(run.code, run.text).toBe(0);
  const { report } = run.results.at(-1) ?? {};
  expect(report).toMatchObject({ status: "sent", relay: expect.stringContaining(`${scene.relay.host}[`) });
  const [name = ""] = Object.entries(mainCf)[0] ?? [];
  expect(await host.must(`postconf -h ${name}`)).toBe(`${mainCf[name]}\n`);
  expect(await inOrder(host)).toBe(true);
  await arrives(host, scene.relay, `further-${rows.findIndex((row) => row[0] === what)}@example.org`);
});

test("copies, and a relay host that does not want the message: red", async () => {
  await scene.relay.set("wrong-password");
  const run = await steps.up({ mainCf: { always_bcc: "deploy" } });
  await scene.relay.set("normal");
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/535/);
});
