import { expect, test } from "vitest";
import { cases, chosen, first, inTurn } from "../../bench/cases.ts";
import { mainCf, saslPasswd } from "../../bench/contestants/contestant.ts";
import type { Results } from "../../bench/results.ts";
import { summary } from "../../bench/statistics.ts";
import { cpus, filled, machineText, memory, page, report, times } from "../../bench/table.ts";

const results: Results = {
  machine: {
    date: "2026-11-25T10:00:00.000Z",
    cpu: "CPU",
    cores: 2,
    memory: "24 GiB",
    kernel: "6.1",
    load: [0.5, 1.25],
    versions: { "Node.js": "24.0.0" },
  },
  quick: true,
  contestants: { script: "one script", up: "with a preview" },
  rows: [
    {
      case: "changed port",
      contestant: "up",
      hosts: 1,
      seconds: [3, 2, 4],
      memory: 400.4,
      cpu: { here: [2, 1], host: [0.5] },
    },
    { case: "changed port", contestant: "script", hosts: 1, seconds: [1.5] },
    { case: "no change", contestant: "up", hosts: 1, seconds: [12.34, 12.3] },
  ],
  notes: ["Mitogen was left out"],
};

test.each([
  [[], undefined],
  [[2], { median: 2, min: 2, max: 2, runs: 1 }],
  [[3, 1, 2], { median: 2, min: 1, max: 3, runs: 3 }],
  [[4, 1, 2, 3], { median: 2.5, min: 1, max: 4, runs: 4 }],
])("what %j says", (seconds, said) => {
  expect(summary(seconds)).toEqual(said);
});

test("a row for each case, a column for each contestant that did one", () => {
  expect(times(results)).toBe(
    [
      "|              | script |               up |",
      "| :----------- | -----: | ---------------: |",
      "| changed port |   1.50 | 3.00 (2.00–4.00) |",
      "| no change    |        | 12.3 (12.3–12.3) |",
    ].join("\n"),
  );
  expect(memory(results)).toBe(
    ["|              |      up |", "| :----------- | ------: |", "| changed port | 400 MiB |"].join("\n"),
  );
});

test("CPU is told apart: here, and on a host", () => {
  expect(cpus(results)).toContain("| changed port | 1.50 + 0.50 |");
});

test("the machine is named, with its load and versions, and so is what was left out", () => {
  expect(machineText(results.machine)).toBe(
    "2026-11-25, CPU, 2 cores, 24 GiB, Linux 6.1, load 0.5 before and 1.3 after; Node.js 24.0.0.",
  );
  expect(report(results)).toContain("Note: Mitogen was left out");
});

test("tables stand between their markers, and the words around them stay", () => {
  const text = "before\n<!-- bench: times -->\nold\n<!-- /bench -->\nafter <!-- bench: other -->\n<!-- /bench -->\n";
  expect(page(text, results)).toBe(
    `before\n<!-- bench: times -->\n\n${times(results)}\n\n<!-- /bench -->\nafter <!-- bench: other -->\n<!-- /bench -->\n`,
  );
  expect(filled(page(text, results), { times: "x" })).toContain("-->\n\nx\n\n<!--");
});

test("a short run does less, and words choose", () => {
  expect(chosen(cases, { quick: true }).map(({ name, runs }) => [name, runs])).toEqual([
    ["first install, bookworm", 1],
    ["changed port", 1],
    ["no change", 2],
    ["floor", 2],
  ]);
  expect(chosen(cases, { quick: false, words: ["8 hosts"] }).map(({ hosts }) => hosts)).toEqual([8, 8, 8]);
  expect(chosen(cases, { quick: false, words: ["changed port"] }).map(({ hosts }) => hosts)).toEqual([1]);
  expect(chosen(cases, { quick: false })).toHaveLength(cases.length);
});

test("in each turn another one begins", () => {
  expect([0, 1, 2, 3].map((turn) => inTurn(["a", "b", "c"], turn).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
});

test("what others are given is what changes", () => {
  const [port, domain, password] = ["changed port", "changed ownDomainMail", "new password"].map((name) =>
    cases.find((one) => one.name === name)?.next(first, 7),
  );
  expect(mainCf("relay.example.test", port ?? first)).toContain("relayhost = [relay.example.test]:465\n");
  expect(mainCf("relay.example.test", domain ?? first)).toMatch(/^mydestination = .*, \$mydomain$/m);
  expect(saslPasswd("relay.example.test", password ?? first)).toBe("[relay.example.test]:587 bench:password-7\n");
});
