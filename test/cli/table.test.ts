import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import type { Findings, Seen } from "../../src/cli/findings.ts";
import { type Layout, tableOf } from "../../src/cli/table.ts";
import type { Look } from "../../src/drift/look.ts";
import { drifted, looked, silent } from "../support/looks.ts";

const findings = (hosts: [string, Look][], stack = (_: number) => "prod"): Findings => ({
  hosts: hosts.map(([host, look], index) => ({
    stack: stack(index),
    host,
    owners: ["mail/prod/web-1"],
    changes: [],
    look,
  })),
  unread: [],
  skipped: [],
});
const layout: Layout = { status: false, width: Number.POSITIVE_INFINITY, color: false, now: 1_790_000_300 };
const three = findings([
  ["web-1", looked()],
  [
    "web-long-name",
    drifted(
      "/etc/postfix/main.cf was edited: relayhost is [x.example.net]:25, proven is [y.example.net]:587",
      "Postfix is not running",
    ),
  ],
  ["db", silent],
]);

test("a line for each difference", () => {
  expect(tableOf(three, layout)).toBe(`\
HOST           STATE      DETAILS
web-1          in sync
web-long-name  drift      /etc/postfix/main.cf was edited: relayhost is [x.example.net]:25, proven is [y.example.net]:587
                          Postfix is not running
db             no answer  no answer within 5 s

3 hosts: 1 in sync, 1 drift, 1 no answer
`);
});

test("several stacks have a column", () => {
  const two = findings(
    [
      ["web-1", looked()],
      ["web-1", drifted("x")],
    ],
    (index) => ["prod", "staging"][index] ?? "",
  );
  expect(tableOf(two, layout)).toBe(`\
STACK    HOST   STATE    DETAILS
prod     web-1  in sync
staging  web-1  drift    x

2 hosts: 1 in sync, 1 drift
`);
});

test("probes have a column, a reason each, and a part of the last line", () => {
  const answered = { state: "answered", color: "green", code: 0, details: ["r: 250 Ok"], report: null } as const;
  const failing = { state: "not-answered", color: "red", code: 1, details: ["no login"], report: null } as const;
  const [web1, web2, db] = three.hosts as [Seen, Seen, Seen];
  const probed = { ...three, hosts: [{ ...web1, probe: answered }, { ...web2, probe: failing }, db] };
  expect(tableOf(probed, layout)).toBe(`\
HOST           STATE      PROBE         DETAILS
web-1          in sync    answered
web-long-name  drift      not answered  /etc/postfix/main.cf was edited: relayhost is [x.example.net]:25, proven is [y.example.net]:587
                                        Postfix is not running
                                        probe: no login
db             no answer                no answer within 5 s

3 hosts: 1 in sync, 1 drift, 1 no answer; 2 probed: 1 answered, 1 not answered
`);
  const painted = tableOf(probed, { ...layout, color: true });
  for (const text of ["\u001b[32manswered", "\u001b[31mnot answered", "\u001b[31mdrift"])
    expect(painted).toContain(text);
  expect(stripVTControlCharacters(painted).replace(/ +$/gm, "")).toBe(tableOf(probed, layout));
});

test("the status has the queue and the last delivery", () => {
  expect(tableOf(findings([["web-1", looked()]]), { ...layout, status: true })).toBe(`\
HOST   STATE    DETAILS
web-1  in sync  queue: empty
                last delivery: 2026-09-21 14:13 UTC (5 min ago): 250 2.0.0 Ok: queued as 4jZ5K518X2z8D
`);
});

describe("on a terminal", () => {
  test("no line is wider, and no word is lost", () => {
    for (const width of [60, 72, 100]) {
      const table = tableOf(three, { ...layout, width });
      for (const line of table.split("\n")) expect(line.length, `${width}: ${line}`).toBeLessThanOrEqual(width);
      expect(table.replace(/\s+/g, "")).toBe(tableOf(three, layout).replace(/\s+/g, ""));
    }
  });

  test("lines break at blanks, and further ones are set in", () => {
    expect(tableOf(findings([["db", drifted("one two three four five six")]]), { ...layout, width: 32 })).toBe(`\
HOST  STATE  DETAILS
db    drift  one two three four
               five six
`);
  });

  test("a wide character has two columns", () => {
    const words = "設定".repeat(20);
    const table = tableOf(findings([["db", drifted(words)]]), { ...layout, width: 40 });
    for (const line of table.split("\n")) expect(line.replace(/[設定]/gu, "xx").length).toBeLessThanOrEqual(40);
    expect(table.replace(/\s+/g, "")).toContain(words);
  });

  test("a narrow one still has a column of words", () => {
    expect(tableOf(three, { ...layout, width: 5 })).toContain("no answer within 5 s");
  });

  test("colours change nothing but colours", () => {
    const painted = tableOf(three, { ...layout, color: true });
    expect(painted).toContain("\u001b[31mdrift");
    expect(painted).toContain("\u001b[32min sync");
    expect(painted).toContain("\u001b[33mno answer");
    const plain = stripVTControlCharacters(painted);
    expect(plain.replace(/ +$/gm, "")).toBe(tableOf(three, layout));
  });
});
