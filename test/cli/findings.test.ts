import { describe, expect, test } from "vitest";
import type { Answer } from "../../src/cli/ask-host.ts";
import {
  detailsOf,
  exitCodeOf,
  isProbed,
  jsonOf,
  probeWords,
  type Seen,
  stateOf,
  statusOf,
} from "../../src/cli/findings.ts";
import type { State } from "../../src/cli/states.ts";
import type { Look } from "../../src/drift/look.ts";
import { bare, doubtful, drifted, looked, silent, wrongKey } from "../support/looks.ts";

const seen = (look: Look | undefined, more: Partial<Seen> = {}): Seen => ({
  stack: "prod",
  host: "web-1",
  owners: ["mail/prod/web-1"],
  changes: [],
  look,
  ...more,
});

test.each<[state: State, look: Look, words: string[]]>([
  ["in-sync", looked(), []],
  ["drift", drifted("main.cf was edited", "Postfix is not running"), ["main.cf was edited", "Postfix is not running"]],
  ["unknown", doubtful("another run works on this host"), ["another run works on this host"]],
  ["absent", bare, ["postfix-relay is not installed on it"]],
  ["no-answer", silent, ["no answer within 5 s"]],
  ["tool-failed", { kind: "tool failed", reason: "awk: not found" }, ["awk: not found"]],
  ["wrong-key", wrongKey, ["it has another host key"]],
])("%s", (state, look, words) => {
  expect(stateOf(seen(look))).toBe(state);
  expect(detailsOf(seen(look))).toEqual(words);
});

test.each<[state: State, look: Look | undefined, details: string[]]>([
  ["not-created-yet", undefined, ["`pulumi up` sets it up"]],
  ["not-applied-yet", looked(), ["changed in the stack file: domain"]],
  ["drift", drifted("main.cf was edited"), ["main.cf was edited"]],
  ["another-owner", looked({ owner: "web/prod/web-1" }), ["it belongs to another Relay, web/prod/web-1"]],
])("with a file that has changed: %s", (state, look, details) => {
  const found = seen(look, { changes: ["changed in the stack file: domain"] });
  expect(stateOf(found)).toBe(state);
  expect(detailsOf(found)).toEqual(details);
});

describe("a host that belongs to another Relay", () => {
  test.each<[what: string, owner: string, own: boolean, owners?: string[]]>([
    ["its own", "mail/prod/web-1", true],
    ["nobody's", "", true],
    ["of another project", "web/prod/web-1", false],
    ["of another stack", "mail/test/web-1", false],
    ["of another host", "mail/prod/web-2", false],
    ["of a stack before", "old/prd/web-1", true, ["mail/prod/web-1", "old/prd"]],
    ["of a Relay before", "old/prd/www", true, ["mail/prod/web-1", "old/prd/www"]],
    ["of none before", "old/prd2/www", false, ["mail/prod/web-1", "old/prd", "old/prd2/ww"]],
  ])("%s", (_, owner, own, owners = ["mail/prod/web-1"]) => {
    const found = seen(looked({ owner }), { owners });
    expect(stateOf(found)).toBe(own ? "in-sync" : "another-owner");
    expect(detailsOf(found)).toEqual(own ? [] : [`it belongs to another Relay, ${owner}`]);
  });
});

const hosts = (...looks: (Look | undefined)[]) => looks.map((look) => seen(look));
const stack = { stack: "old", why: "its passphrase is missing" };

describe("exit code", () => {
  test.each<[what: string, code: number, looks: (Look | undefined)[], unread?: boolean]>([
    ["all in sync", 0, [looked(), looked()]],
    ["drift", 1, [looked(), drifted("x")]],
    ["one is down", 2, [looked(), silent]],
    ["one has nothing", 2, [looked(), bare]],
    ["one cannot tell", 2, [doubtful("x"), looked()]],
    ["drift, and one is down", 1, [silent, drifted("x")]],
    ["another host key, and one is down", 1, [silent, wrongKey]],
    ["a stack cannot be read", 2, [looked()], true],
    ["drift, and a stack cannot be read", 1, [drifted("x")], true],
    ["no host", 2, []],
    ["one is not created yet", 0, [looked(), undefined]],
    ["one has another owner, and one is down", 1, [silent, looked({ owner: "web/prod/web-1" })]],
  ])("%s", (_, code, looks, unread = false) => {
    expect(exitCodeOf({ hosts: hosts(...looks), unread: unread ? [stack] : [], skipped: [] })).toBe(code);
  });

  test("a stack that is left out does not count", () => {
    expect(exitCodeOf({ hosts: hosts(looked()), unread: [], skipped: [stack] })).toBe(0);
  });
});

const relay = "r[192.0.2.1]:587: 250 2.1.5 Ok";
const answered: Answer = { state: "answered", color: "green", code: 0, details: [relay], report: { answered: "yes" } };
const failing: Answer = { state: "not-answered", color: "red", code: 1, details: ["no login"], report: null };
const doubted: Answer = { state: "unknown", color: "yellow", code: 2, details: ["mail is paused"], report: null };

describe("probes", () => {
  test.each<[what: string, code: number, found: [look: Look | undefined, probe?: Answer][]]>([
    ["all answered", 0, [[looked(), answered]]],
    [
      "one fails",
      1,
      [
        [looked(), answered],
        [looked(), failing],
      ],
    ],
    [
      "one cannot tell",
      2,
      [
        [looked(), doubted],
        [looked(), answered],
      ],
    ],
    [
      "one fails, and one cannot tell",
      1,
      [
        [looked(), doubted],
        [looked(), failing],
      ],
    ],
    [
      "drift, and one cannot tell",
      1,
      [
        [drifted("x"), answered],
        [looked(), doubted],
      ],
    ],
    ["one fails, and one is down", 1, [[silent], [looked(), failing]]],
    ["all answered, and one is down", 2, [[silent], [looked(), answered]]],
    ["all answered, and one is not created yet", 0, [[undefined], [looked(), answered]]],
  ])("exit code: %s", (_, code, found) => {
    const hosts = found.map(([look, probe]) => seen(look, { probe }));
    expect(exitCodeOf({ hosts, unread: [], skipped: [] })).toBe(code);
  });

  test.each<[what: string, made: boolean, look: Look | undefined]>([
    ["in sync", true, looked()],
    ["drift", true, drifted("x")],
    ["it cannot tell", true, doubtful("x")],
    ["another owner", false, looked({ owner: "web/prod/web-1" })],
    ["absent", false, bare],
    ["no answer", false, silent],
    ["wrong key", false, wrongKey],
    ["its tool does not answer", false, { kind: "unknown", reason: "x" }],
    ["not created yet", false, undefined],
  ])("are made where a host is there and ours: %s", (_, made, look) => {
    expect(isProbed(seen(look))).toBe(made);
  });

  test("words: why not; of an answer what is to be known beside it", () => {
    expect(probeWords(seen(looked()))).toEqual([]);
    expect(probeWords(seen(looked(), { probe: failing }))).toEqual(["probe: no login"]);
    expect(probeWords(seen(looked(), { probe: answered }))).toEqual([]);
    const more = { ...answered, details: [relay, "but bounces are refused"] };
    expect(probeWords(seen(looked(), { probe: more }))).toEqual(["probe: but bounces are refused"]);
  });
});

describe("status", () => {
  const now = 1_790_000_300;
  test.each<[what: string, look: Look, says: string[]]>([
    [
      "nothing waits",
      looked(),
      ["queue: empty", "last delivery: 2026-09-21 14:13 UTC (5 min ago): 250 2.0.0 Ok: queued as 4jZ5K518X2z8D"],
    ],
    [
      "messages wait",
      looked({ active: 1, deferred: 3, hold: 2, oldestSeconds: 8000, waitsFor: "connect to relay: timed out" }),
      ["queue: 1 active, 3 deferred, 2 on hold; the oldest for 2 h; waits for: connect to relay: timed out"],
    ],
    ["no reason is known", looked({ active: 1, oldestSeconds: 1 }), ["queue: 1 active; the oldest for 1 s"]],
    ["nothing was ever delivered", looked({ relayed: 0, relayedAnswer: "" }), ["last delivery: not known"]],
    ["the host's clock is ahead", looked({ relayed: now + 50 }), ["(0 s ago)"]],
    ["a time that no clock has", looked({ relayed: Number.MAX_SAFE_INTEGER }), ["last delivery: not known"]],
    ["the host is down", silent, []],
    ["nothing is on it", bare, []],
  ])("%s", (_, look, says) => {
    const said = statusOf(seen(look), now).join("\n");
    for (const text of says) expect(said).toContain(text);
    expect(said === "").toBe(says.length === 0);
  });
});

test("JSON", () => {
  const json = JSON.parse(jsonOf({ hosts: hosts(drifted("x"), silent), unread: [stack], skipped: [] }));
  expect(json).toEqual({
    version: 2,
    hosts: [
      {
        stack: "prod",
        host: "web-1",
        state: "drift",
        details: ["x"],
        report: expect.objectContaining({ postrelay: "check", sync: "no", steps: ["delivery"] }),
        probe: null,
      },
      {
        stack: "prod",
        host: "web-1",
        state: "no-answer",
        details: ["no answer within 5 s"],
        report: null,
        probe: null,
      },
    ],
    unread: [stack],
    skipped: [],
  });
  const probed = JSON.parse(jsonOf({ hosts: [seen(looked(), { probe: answered })], unread: [], skipped: [] }));
  expect(probed.hosts[0].probe).toEqual({ state: "answered", details: [relay], report: { answered: "yes" } });
});
