// The receiver of the lab: each thing that it can do with a message, seen in its mailboxes.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Lab, type LabReceiver, type NameServer, openLab, type Stored, type Ways } from "./index.ts";
import { submit } from "./smtp.ts";

const lab = {} as { lab: Lab; receiver: LabReceiver; dns: NameServer };
let count = 0;

beforeAll(async () => {
  lab.lab = await openLab();
  lab.receiver = await lab.lab.receiver();
  lab.dns = await lab.lab.zones(lab.receiver.zones);
});
beforeEach(() => meets());
afterAll(async () => {
  lab.dns?.close();
  await lab.lab?.close();
});

/** Sets what the message meets, and the zone behind it. */
async function meets(ways: Ways = {}, zones: Record<string, string[]> = {}): Promise<void> {
  await lab.receiver.set(ways);
  lab.dns.zones = { ...lab.receiver.zones, ...zones };
}

/** Submits a message of its own, as the relay's customer. */
function send(): Promise<{ offers: string[]; answer: string }> {
  const { receiver } = lab;
  const fields = ["From: Ops <ops@example.com>", "To: ops@example.org", `Subject: number ${++count}`];
  return submit({
    ...{ address: receiver.address, port: 587, starttls: true, user: receiver.user, from: "ops@example.com" },
    ...{ verify: { ca: lab.lab.ca, name: receiver.host }, to: ["ops@example.org"] },
    text: `${fields.join("\n")}\nMessage-ID: <${count}@example.com>\n\nx\n`,
  });
}

const isLast = ({ raw }: Stored) => new RegExp(`^Subject: number ${count}$`, "m").test(raw);
const isReport = ({ raw }: Stored) => /^Content-Type: multipart\/report/m.test(raw) && raw.includes(`number ${count}`);
const arrived = () => lab.receiver.waitFor(isLast);
/** The report of that it came back, unfolded. */
const cameBack = async () => unfolded((await lab.receiver.waitFor(isReport, "ops@example.com")).raw);
const unfolded = (text: string) => text.replace(/\r?\n[ \t]+/g, " ");

/** What the receiver's three judges wrote, one line each. */
const results = ({ raw }: Stored): string =>
  (unfolded(raw).match(/^Authentication-Results: mx\.example\.org; .*/gm) ?? []).join("\n");

test("a message of who may send for the domain passes, and is in the inbox", async () => {
  expect((await send()).answer).toMatch(/^250 2\.0\.0 Ok: queued as/);
  const message = await arrived();
  expect(message).toMatchObject({ folder: "INBOX", seen: false });
  expect(results(message)).toMatch(/dmarc=pass/);
  expect(results(message)).toMatch(/spf=pass/);
  expect(results(message)).toMatch(/dkim=none/);
  expect(message.raw).toMatch(/^Received: from relay\.example\.net .*\n?.*\n?.*by mx\.example\.org/m);
});

test.each<[who: "sender" | "relay", domain: string]>([
  ["sender", "example.com"],
  ["relay", "example.net"],
])("the relay signs as %s", async (sign, domain) => {
  await meets({ sign }, { [`lab._domainkey.${domain}`]: [`TXT ${lab.receiver.key}`] });
  await send();
  const message = await arrived();
  expect(message.raw).toMatch(new RegExp(`^DKIM-Signature: .*\\bd=${domain.replace(".", "\\.")};`, "m"));
  expect(results(message)).toMatch(/dkim=pass/);
});

test("who may not send for it is in Junk, or refused", async () => {
  const zones = {
    "example.com": ["MX mx.example.org", "TXT v=spf1 ~all"],
    "_dmarc.example.com": ["TXT v=DMARC1; p=reject"],
  };
  await meets({}, zones);
  await send();
  expect((await arrived()).folder).toBe("Junk");
  await meets({ judge: "refuse" }, zones);
  await send();
  expect(await cameBack()).toMatch(/^Diagnostic-Code: smtp; 550 5\.7\.1 rejected by DMARC policy/m);
  await meets({ judge: "refuse" }, { "example.com": ["MX mx.example.org", "TXT v=spf1 -all"] });
  await send();
  expect(await cameBack()).toMatch(/^Diagnostic-Code: smtp; 550 5\.7\.23 /m);
});

test("the relay may have its own envelope, Message-ID and From", async () => {
  await meets({ envelope: "own", id: "own", from: "own" });
  await send();
  const { raw } = await arrived();
  expect(raw).toMatch(/^Return-Path: <bounce@example\.net>$/m);
  expect(raw).toMatch(/^Message-ID: <another@example\.net>$/m);
  expect(raw).toMatch(/^From: Ops <account@example\.net>$/m);
});

test("nobody judges, and a forged result is there", async () => {
  await meets({ judge: "none", forged: "mx.example.org" });
  await send();
  expect(results(await arrived())).toMatch(
    /^Authentication-Results: mx\.example\.org; spf=pass [^\n]*dmarc=pass [^\n]*$/,
  );
});

test.each<[receive: Ways["receive"], folder: string]>([
  ["junk", "Junk"],
  ["elsewhere", "Reports"],
])("%s", async (receive, folder) => {
  await meets({ receive });
  await send();
  expect((await arrived()).folder).toBe(folder);
});

test.each<[receive: Ways["receive"], why: RegExp]>([
  [
    "later",
    /^Status: 5\.7\.26\r?\n.*^Diagnostic-Code: x-unix; .*This message does not pass authentication checks \(lab\)/ms,
  ],
  ["refuse-rcpt", /^Diagnostic-Code: smtp; 550 5\.7\.1 .*Not wanted here \(lab\)/m],
  ["refuse-data", /^Diagnostic-Code: smtp; 550 5\.7\.26 .*This message is not authenticated/m],
])("%s: it comes back to its sender", async (receive, why) => {
  await meets({ receive });
  await send();
  expect(await cameBack()).toMatch(why);
  expect(lab.receiver.mailbox().some(isLast)).toBe(false);
});

test("drop: it is nowhere", async () => {
  await meets({ receive: "drop" });
  await send();
  const dropped = async () => (await lab.receiver.journal()).includes("discarded");
  await expect.poll(dropped, { timeout: 10_000 }).toBe(true);
  expect(lab.receiver.mailbox().some(isLast)).toBe(false);
  expect(lab.receiver.mailbox("ops@example.com").some(isReport)).toBe(false);
});

test("greylist: it is put off once, and arrives", async () => {
  await meets({ receive: "greylist" });
  const begin = Date.now();
  await send();
  await arrived();
  expect(Date.now() - begin).toBeGreaterThan(3000);
});

test("the relay offers DSN, or does not", async () => {
  expect((await send()).offers.join()).toMatch(/\bDSN\b/);
  await meets({ dsn: "no" });
  expect((await send()).offers.join()).not.toMatch(/\bDSN\b/);
});

test("its mailboxes can be emptied", async () => {
  await send();
  await arrived();
  await lab.receiver.empty();
  expect(lab.receiver.mailbox()).toEqual([]);
});
