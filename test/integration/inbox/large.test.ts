// A mailbox that nobody has tidied up: how long it takes to find one message among 50,000 of today.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openMailbox } from "../../../src/deliverability/inbox/mailbox.ts";
import { openInbox } from "./scene.ts";

const { world, receiver } = await openInbox([]);
const COUNT = 50_000;
const TOKEN = `postfixrelay${"5".repeat(32)}`;

beforeAll(async () => {
  const folder = join(receiver.root, "srv/mail/example.org/ops/Maildir");
  for (const part of ["cur", "new", "tmp"]) mkdirSync(join(folder, part), { recursive: true });
  for (let at = 0; at < COUNT; at++) {
    const subject = at === COUNT / 2 ? `Test delivery from web ${TOKEN}` : `report ${at}`;
    writeFileSync(join(folder, "cur", `1790000000.${at}.lab:2,S`), `From: ops@example.com\nSubject: ${subject}\n\nx\n`);
  }
  await receiver.must("chown -R vmail: /srv/mail");
});

/** Finds it in a session of its own; how many there are, and the seconds that it takes. */
async function find(): Promise<{ count: number; seconds: number }> {
  const { host, user, password } = receiver.mailboxes.inbox;
  const mailbox = openMailbox({ host, port: 993, user, password }, { ca: world.lab.ca });
  const begin = performance.now();
  try {
    const found = await mailbox.find({ token: TOKEN, where: "subject", since: new Date(0), deep: true });
    return { count: found.length, seconds: (performance.now() - begin) / 1000 };
  } finally {
    mailbox.leave();
  }
}

test("it is found at once, even where the server has to read all of them first", async () => {
  // Reads what is new and makes an index, as a server does when messages arrive one by one.
  const first = await find();
  const again = await find();
  console.log(JSON.stringify({ first: first.seconds, again: again.seconds }));
  expect([first.count, again.count]).toEqual([1, 1]);
  expect(first.seconds).toBeLessThan(20);
  expect(again.seconds).toBeLessThan(2);
});
