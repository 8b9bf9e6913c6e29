import { expect, test } from "vitest";
import { driftOf, type HostDrift, textOf } from "../../src/drift/drift.ts";
import type { HostReport } from "../../src/drift/host-report.ts";
import { type Look, parseLook } from "../../src/drift/look.ts";
import { stepNames } from "../../src/host/command.ts";
import { looked } from "../support/looks.ts";

const OWNERS = ["shop/prod/web", "old/prod"];
/** Never a text of the host, since it becomes part of a command. */
const HEX = expect.stringMatching(/^[0-9a-f]{16}$/);
const none: HostDrift = { steps: [], id: "", words: [], told: [] };
const of = (more: Partial<HostReport>) =>
  looked({
    sync: "no",
    owner: "shop/prod/web",
    differences: ["Postfix is not running"],
    steps: ["delivery", "packages"],
    id: "3f9a",
    ...more,
  });
const { report } = of({}) as Extract<Look, { kind: "report" }>;

const looks: [what: string, look: Look, drift: HostDrift][] = [
  ["drift", of({}), { ...none, steps: ["packages", "delivery"], id: HEX, words: ["Postfix is not running"] }],
  ["what no step repairs", of({ differences: [], steps: [], told: ["a"] }), { ...none, told: ["a"] }],
  [
    "what is told of a host that is in sync",
    of({ sync: "yes", differences: [], told: ["a"] }),
    { ...none, told: ["a"] },
  ],
  [
    "a first configuration that was not proven",
    of({ live: "original" }),
    { ...none, steps: ["packages", "delivery"], id: HEX, words: report.differences, first: true },
  ],
  ["in sync", of({ sync: "yes" }), none],
  ["a host that cannot tell", of({ sync: "unknown", why: "another run" }), { ...none, unknown: "another run" }],
  ["an earlier owner", of({ owner: "old/prod/web", sync: "yes" }), none],
  ["another owner", of({ owner: "old/prod2/web" }), { ...none, unknown: expect.stringContaining("old/prod2/web") }],
  ["a lost state", of({ owner: "" }), { ...none, steps: ["packages", "delivery"], id: HEX, words: report.differences }],
  ["nothing of ours", { kind: "absent", id: "7" }, { ...none, steps: stepNames, id: HEX, bare: true }],
  ["another host key", { kind: "wrong key", reason: "it has another" }, { ...none, wrongKey: "it has another" }],
  ["a host that is down", { kind: "unreachable", reason: "no answer" }, { ...none, unknown: "no answer" }],
  ["a tool that fails", { kind: "tool failed", reason: "no awk" }, { ...none, unknown: "no awk" }],
];

test.each(looks)("what a look means: %s", (_, look, drift) => {
  expect(driftOf(look, OWNERS)).toEqual(drift);
});

const ids = ["3f9a", "3f9b", "", "x; touch /tmp/owned #", "$(id)", "`id`\n", "é\u202e\u001b[2J", "a".repeat(100_000)];

test("each drift of a host has an id of its own, which is made here", () => {
  const drifts = ids.flatMap((id) => [driftOf(of({ id }), OWNERS), driftOf({ kind: "absent", id }, OWNERS)]);
  for (const { id } of drifts) expect(id).toEqual(HEX);
  expect(new Set(drifts.map(({ id }) => id)).size).toBe(ids.length);
  expect(driftOf(of({ id: "3f9a" }), OWNERS)).toEqual(driftOf(of({ id: "3f9a" }), OWNERS));
});

const texts: [drift: Partial<HostDrift>, repair: boolean, text: string | undefined][] = [
  [
    { words: ["a", "b"] },
    true,
    "warning web: the host no longer matches what was proven:\n  a\n  b\n`pulumi up` repairs it.",
  ],
  [{ words: ["a"] }, false, "warning web: a. It is not repaired (drift: warn)."],
  [
    { words: ["a"], told: ["b.", "c"] },
    true,
    "warning web: the host no longer matches what was proven:\n  a\n`pulumi up` repairs it.\n  b.\n  c\n`pulumi up` does not repair that.",
  ],
  [{ told: ["b."] }, true, "warning web: b. `pulumi up` does not repair that."],
  [{ words: ["a"], first: true }, true, "warning web: a. `pulumi up` tries it again."],
  [{ bare: true }, true, "note web: a first installation: postfix-relay is not installed on this host yet."],
  [{ unknown: "no answer" }, true, "warning web: could not be checked for drift: no answer."],
  [{ wrongKey: "it has another host key" }, true, "warning web: it has another host key."],
  [{}, true, undefined],
];

test("an update says of itself that it repairs a host", () => {
  expect(textOf("web", { ...none, words: ["a"] }, true, true)?.text).toBe("web: a. This update repairs it.");
});

test.each(texts)("what is said: %j, repair %j", (drift, repair, text) => {
  const said = textOf("web", { ...none, ...drift }, repair);
  expect(said && `${said.severity} ${said.text}`).toBe(text);
});

const outputs: [what: string, stdout: string, look: Look, code?: number][] = [
  ["a report", JSON.stringify(report), { kind: "report", report }],
  ["one behind a greeting", `Welcome\n> ${JSON.stringify(report)}\n`, { kind: "report", report }],
  ["one that is cut off", JSON.stringify(report).slice(0, -9), { kind: "unknown", reason: expect.any(String) }],
  [
    "no tool: the times of two folders",
    "Welcome\npostrelay: absent\n1764100000\n1764100001\n",
    { kind: "absent", id: "1764100000-1764100001" },
  ],
  [
    "a tool that sudo does not run",
    "Welcome\nsudo: a password is required\n",
    { kind: "tool failed", reason: "this login cannot run postrelay: sudo: a password is required" },
  ],
  [
    "one in a folder that this login cannot look into",
    "sh: 1: /usr/local/sbin/postrelay: Permission denied\n",
    {
      kind: "tool failed",
      reason: "this login cannot run postrelay: sh: 1: /usr/local/sbin/postrelay: Permission denied",
    },
    126,
  ],
  [
    "one that is not called as root",
    "postrelay: run it as root: sudo postrelay check\n",
    {
      kind: "tool failed",
      reason: "this login cannot run postrelay: postrelay: run it as root: sudo postrelay check",
    },
    77,
  ],
  [
    "one that lacks a program",
    "/usr/local/sbin/postrelay: 310: awk: not found\n",
    {
      kind: "tool failed",
      reason: "postrelay is installed but does not answer: /usr/local/sbin/postrelay: 310: awk: not found",
    },
    2,
  ],
  ["a tool that is killed", "", { kind: "tool failed", reason: "postrelay is installed but does not answer" }],
  ["an older tool", '{"postrelay":"check","differences":""}\n', { kind: "unknown", reason: expect.any(String) }],
];

test.each(outputs)("what a host prints: %s", (_, stdout, look, code = 1) => {
  expect(parseLook({ code, stdout })).toEqual(look);
});
