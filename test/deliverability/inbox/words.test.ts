// What has become of the test message, and what to do about it, in words.

import { expect, test } from "vitest";
import { arrivalOf } from "../../../src/deliverability/inbox/arrival.ts";
import { type About, aboutOf, adviceOf, isQuiet, sentenceOf } from "../../../src/deliverability/inbox/words.ts";
import { settings } from "../../support/args.ts";

const about: About = { to: "ops@example.org", mailbox: "ops at imap.example.org" };
const acceptance = {
  ...{ domain: "example.com", relayHost: "smtp.example.net", verdict: "refused", by: [], name: "", spf: "" },
  ...{ dkim: "", dmarc: "", action: "publish", records: ['example.com. TXT "v=spf1 a ~all"'] },
};
const judged = { receiver: "mx.example.org", spf: "none", dkim: "none", dmarc: "fail" };

type Known = Parameters<typeof arrivalOf>[0];

test.each<[known: Known, sentence: string, advice: RegExp]>([
  [
    { state: "inbox", folder: "INBOX", ...judged, dmarc: "pass" },
    "the test message is in the inbox of ops@example.org. mx.example.org: spf=none, dkim=none, dmarc=pass",
    /^$/,
  ],
  [
    { state: "junk", folder: "Junk", ...judged },
    "the test message is in the folder Junk of the mailbox. mx.example.org: spf=none, dkim=none, dmarc=fail",
    /^See what `npx postfix-relay verdict` says/,
  ],
  [
    { state: "junk", folder: "Spam", ...judged, dmarc: "pass" },
    "the test message is in the folder Spam of the mailbox. mx.example.org: spf=none, dkim=none, dmarc=pass",
    /^The sender passes, so the receiver goes by something else/,
  ],
  [
    { state: "elsewhere", folder: "Reports", ...judged, verifiedHere: true },
    "the test message is in the folder Reports of the mailbox, and not in the inbox. mx.example.org wrote no result; verified here: spf=none, dkim=none, dmarc=fail",
    /^A rule of the mailbox has moved it/,
  ],
  [
    { state: "returned", why: "5.7.26 not authenticated" },
    "the test message came back: 5.7.26 not authenticated",
    /^See what `npx postfix-relay verdict`/,
  ],
  [{ state: "returned", why: "5.1.1 no such user" }, "the test message came back: 5.1.1 no such user", /^Mend what/],
  [
    { state: "missing", why: "not within 120 s" },
    "the test message was not seen in the mailbox ops at imap.example.org: not within 120 s",
    /looks again, without a new message$/,
  ],
  [
    { state: "unreadable", why: "it is silent" },
    "the mailbox ops at imap.example.org cannot be read: it is silent",
    /^Correct `testDelivery\.inbox`/,
  ],
  [{ state: "unknown" }, "the test message was not looked for: nobody has looked", /^Run pulumi up again$/],
])("%j", (known, sentence, advice) => {
  const arrival = arrivalOf(known);
  expect(sentenceOf(arrival, about)).toBe(sentence);
  expect(adviceOf(arrival, about)).toMatch(advice);
  // Each is a part of a sentence, on one line.
  expect(sentence).not.toMatch(/\.$|\n/);
});

test("where the DNS shows what is missing, that is what to do", () => {
  const known = { ...about, acceptance };
  for (const state of ["junk", "returned"] as const)
    expect(adviceOf(arrivalOf({ state, dmarc: "fail", why: "5.7.26 x" }), known)).toBe(
      'Publish: example.com. TXT "v=spf1 a ~all"',
    );
});

test("of several senders it is the one of the message that something is said about", () => {
  const known = { sender: "ops@example.com", "relayHost.host": "smtp.example.net" };
  const more = { "testDelivery.inbox": { host: "imap.example.org", user: "ops" } };
  const others = [{ domain: "example.org" }, { relayHost: "other.example.net" }, { action: "" }];
  const all = [...others.map((other) => ({ ...acceptance, ...other })), acceptance];
  expect(aboutOf(settings({ ...known, ...more }), all)).toEqual({ ...about, acceptance });
  expect(aboutOf(settings(known), all.slice(0, 3))).toEqual({ ...about, mailbox: "", acceptance: undefined });
});

test("only what is not in the inbox, and was not moved by its owner, is told in each update", () => {
  const quiet = (state: Known["state"]) => isQuiet(arrivalOf({ state }));
  expect(
    (["inbox", "elsewhere", "junk", "missing", "returned", "unreadable", "unknown"] as const).filter(quiet),
  ).toEqual(["inbox", "elsewhere"]);
});
