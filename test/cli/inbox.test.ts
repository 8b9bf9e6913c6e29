// `postfix-relay inbox`: which hosts it asks, what it looks for, and what it prints of that. No password is in it.

import { expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import { runInbox } from "../../src/cli/inbox.ts";
import { Refusal } from "../../src/cli/refusal.ts";
import { arrivalOf } from "../../src/deliverability/inbox/arrival.ts";
import type { Question } from "../../src/deliverability/inbox/prove.ts";
import { looksAt } from "../deliverability/zones.ts";
import { sealed, stateWith } from "../support/state.ts";
import { argsOf } from "./scene.ts";

const TOKEN = `postfixrelay${"0".repeat(32)}`;
const AT = Date.parse("2026-09-21T10:00:00Z");
const PASSWORDS = ["poison-inbox", "poison-bounces"];

const mailbox = { host: "imap.example.org", user: "ops@example.org" };
const testDelivery = {
  to: "ops@example.org",
  from: "o'ps@example.com",
  inbox: { ...mailbox, password: sealed(PASSWORDS[0]), timeoutSeconds: 7 },
  bounces: { ...mailbox, user: "ops@example.com", password: sealed(PASSWORDS[1]) },
};

type Host = readonly [name: string, more?: Record<string, unknown>, begun?: boolean];

const report = (more: object = { token: TOKEN }, outcome = "sent") =>
  JSON.stringify({
    postrelay: "test",
    version: 1,
    outcome,
    relay: "r[192.0.2.1]:587",
    answer: "250 Ok",
    why: "",
    ...more,
  });

interface Scene {
  /** The hosts in the state of each stack. */
  stacks?: Record<string, readonly Host[]>;
  /** What a host prints. */
  prints?: (host: string) => string;
  /** What is found of the message of a host. */
  finds?: (question: Question) => Parameters<typeof arrivalOf>[0] | Error;
  place?: string | undefined;
}

/** Runs the command; what it prints, its exit code, and what it did. */
async function inbox(line: string, scene: Scene = {}) {
  const { stacks = { prod: [["web", { testDelivery }], ["db"]] }, prints = () => report() } = scene;
  const { finds = () => ({ state: "inbox", folder: "INBOX", receiver: "mx.example.org", spf: "pass" }) } = scene;
  const asked = await readArguments(["inbox", ...line.split(" ").filter(Boolean)], "1");
  if (!("inbox" in asked)) throw new Error("text" in asked ? asked.text : "another command");
  const states = Object.fromEntries(
    Object.entries(stacks).map(([stack, hosts]) => [
      stack,
      stateWith(
        stack,
        "mail",
        hosts.map(([name, more = {}, begun]) => ({ name, args: { ...argsOf(name), ...more }, begun })),
      ),
    ]),
  );
  const did = { called: [] as string[], questions: [] as Question[], printed: "", progress: "" };
  const world = {
    pulumi: async (...args: string[]) => {
      if (args.includes("ls")) return JSON.stringify(Object.keys(stacks).map((name) => ({ name })));
      if (args.includes("--show-name")) return `${Object.keys(stacks)[0]}\n`;
      return states[args.at(-1) ?? ""] ?? "";
    },
    call: async ({ host }: { host: string }, words: string, seconds: number) => {
      did.called.push(`${host}: ${words} (${seconds} s)`);
      return { code: 0, stdout: prints(host) };
    },
    prove: async (question: Question) => {
      did.questions.push(question);
      const found = finds(question);
      if (found instanceof Error) throw found;
      return arrivalOf(found);
    },
    looks: looksAt({ "example.com": ["MX mx.example.com"], "smtp.example.net": ["A 203.0.113.25"] }),
    place: () => ("place" in scene ? scene.place : "/somewhere"),
    print: (text: string) => {
      did.printed += text;
    },
    progress: (text: string) => {
      did.progress += text;
    },
    ...{ width: Infinity, color: false, now: () => AT },
  };
  try {
    return { code: await runInbox(asked.inbox, world), ...did };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ...did, code: error.code, printed: error.message };
  } finally {
    for (const word of PASSWORDS) expect(did.printed + did.progress + did.called.join()).not.toContain(word);
  }
}

test("of the hosts that have a mailbox, each sends a message, and its token is looked for", async () => {
  const { code, printed, called, questions } = await inbox("");
  expect(called).toEqual([`web: test --json --to 'ops@example.org' --notify --from 'o'\\''ps@example.com' (120 s)`]);
  expect(questions).toEqual([
    {
      ...{ sent: { token: TOKEN, at: "2026-09-21T10:00:00.000Z" }, to: "ops@example.org", patience: "whole" },
      inbox: expect.objectContaining({ ...mailbox, password: "poison-inbox", port: 993, timeoutSeconds: 7 }),
      bounces: expect.objectContaining({ ...mailbox, user: "ops@example.com", password: "poison-bounces" }),
    },
  ]);
  expect(printed).toMatch(
    /^web +in the inbox +the test message is in the inbox of ops@example\.org\. mx\.example\.org: /m,
  );
  expect(code).toBe(0);
});

test("the mailbox of the sender is looked into only where it is known", async () => {
  const { bounces: _, ...own } = testDelivery;
  const { questions } = await inbox("", { stacks: { prod: [["web", { testDelivery: own }]] } });
  expect(questions.map(({ bounces }) => bounces)).toEqual([undefined]);
});

test.each<[found: Parameters<typeof arrivalOf>[0], code: number, says: RegExp]>([
  [{ state: "junk", folder: "Junk", dmarc: "fail" }, 1, /^web +in junk .*folder Junk.*\n +Do: Publish/m],
  [{ state: "junk", folder: "Junk", dmarc: "pass" }, 1, /^web +in junk .*\n +Do: The sender passes/m],
  [{ state: "elsewhere", folder: "Reports" }, 1, /^web +in another folder .*Reports/m],
  [{ state: "missing", why: "not within 7 s" }, 1, /^web +not seen .*not within 7 s/m],
  [{ state: "returned", why: "5.1.1 nobody" }, 1, /^web +came back .*: 5\.1\.1 nobody\n +Do: Mend/m],
  [{ state: "unreadable", why: "it is silent" }, 2, /^web +unknown .*cannot be read: it is silent/m],
])("%j: exit code %i", async (found, code, says) => {
  const seen = await inbox("web", { finds: () => found });
  expect(seen.printed).toMatch(says);
  expect(seen.code).toBe(code);
});

test("as JSON, with what the host reports and what was found", async () => {
  const { code, printed } = await inbox("web --json", {
    finds: () => ({ state: "returned", why: "5.7.26 no\u001b[2J" }),
  });
  expect(code).toBe(1);
  expect(printed).not.toContain("\u001b");
  expect(JSON.parse(printed)).toMatchObject({
    ...{ version: 1, command: "inbox" },
    hosts: [
      {
        ...{ stack: "prod", host: "web", state: "came-back", delivery: { outcome: "sent", token: TOKEN } },
        inbox: { state: "returned", why: expect.stringMatching(/^5\.7\.26 no/) },
      },
    ],
  });
});

test.each<[what: string, line: string, scene: Scene, code: number, says: RegExp]>([
  ["a name that nobody has", "wab", {}, 64, /^there is no host wab; did you mean web\? known here: web, db$/],
  ["no mailbox at all", "", { stacks: { prod: [["db"]] } }, 2, /^no host has a mailbox: set `testDelivery\.inbox`$/],
  [
    "only one that is going",
    "",
    { stacks: { prod: [["old", { testDelivery, gone: true }]] } },
    2,
    /^no host has a mailbox/,
  ],
  [
    "the package is missing",
    "",
    { place: undefined },
    2,
    /^this needs the package imapflow; run `npm install imapflow@/,
  ],
])("refused, and nobody is asked: %s", async (_, line, scene, code, says) => {
  const { called, questions, printed, ...seen } = await inbox(line, scene);
  expect(printed).toMatch(says);
  expect([seen.code, called, questions]).toEqual([code, [], []]);
});

test.each<[what: string, line: string, scene: Scene, code: number, says: RegExp]>([
  ["one without a mailbox, by its name", "db", {}, 2, /^db +unknown +no `testDelivery\.inbox` was applied to it$/m],
  [
    "one that is not there yet",
    "",
    { stacks: { prod: [["web", { testDelivery }, false]] } },
    2,
    /^web +not created yet +`pulumi up` sets it up$/m,
  ],
  ["an older tool", "", { prints: () => report({}) }, 2, /^web +unknown .*`pulumi up` brings a newer one$/m],
  [
    "a relay that refuses",
    "",
    { prints: () => report({ answer: "535 no" }, "failed") },
    1,
    /^web +not sent +r\[192\.0\.2\.1\]:587: 535 no$/m,
  ],
  ["nothing on it", "", { prints: () => "bash: postrelay: command not found" }, 2, /^web /m],
])("nothing is looked for: %s", async (_, line, scene, code, says) => {
  const { questions, printed, ...seen } = await inbox(line, scene);
  expect(printed).toMatch(says);
  expect([seen.code, questions]).toEqual([code, []]);
});

test("a fault of the look is no fault of the program", async () => {
  const { code, printed } = await inbox("", { finds: () => new Error("poison-inbox in a text of others") });
  expect(code).toBe(2);
  expect(printed).toMatch(/^web +unknown .*could not be looked into/m);
});

test("of several stacks, the worst end is the exit code", async () => {
  const stacks = { prod: [["web", { testDelivery }]], dev: [["lab", { testDelivery }]] } as const;
  const { code, printed } = await inbox("--all --json", {
    stacks,
    prints: (host) => report({ token: `${TOKEN}${host}` }),
    finds: ({ sent }) =>
      sent.token.endsWith("lab") ? { state: "missing", why: "not within 7 s" } : { state: "inbox" },
  });
  expect(code).toBe(1);
  expect(JSON.parse(printed).hosts.map((one: { stack: string; state: string }) => [one.stack, one.state])).toEqual([
    ["prod", "in-the-inbox"],
    ["dev", "not-seen"],
  ]);
});
