import { expect, test } from "vitest";
import { ratios } from "../../bench/ratios.ts";
import type { Results, Row } from "../../bench/results.ts";
import { ratioTable } from "../../bench/table.ts";

const row = (name: string, contestant: string, hosts: number, ...seconds: number[]): Row => ({
  case: name,
  contestant,
  hosts,
  seconds,
});
const rows = [
  row("changed port", "script", 1, 0.5),
  row("changed port", "up", 1, 3, 2.9, 9),
  row("changed port", "up --skip-preview", 1, 2),
  row("changed port", "Ansible + Mitogen", 1, 5),
  row("floor", "up", 1, 1.8),
  row("floor", "up --skip-preview", 1, 1),
  row("no change, 8 hosts", "up --skip-preview", 8, 2.25),
  row("floor, 8 hosts", "up --skip-preview", 8, 2.5),
  row("changed domain, 10 light hosts", "up --skip-preview", 10, 5),
  row("changed domain, 50 light hosts", "up --skip-preview", 50, 30),
  row("floor, 50 light hosts", "up --skip-preview", 50, 4),
  row("100 stacks", "check --all", 100, 15),
];

test("each row of ours is beside the script, Mitogen, the floor, and fewer hosts; by medians", () => {
  expect(ratios(rows)).toEqual([
    { case: "changed port", contestant: "up", script: 6, mitogen: 5 / 3, floor: 3 - 1.8 },
    { case: "changed port", contestant: "up --skip-preview", script: 4, mitogen: 2.5, floor: 1 },
    { case: "no change, 8 hosts", contestant: "up --skip-preview", floor: -0.25 },
    { case: "changed domain, 10 light hosts", contestant: "up --skip-preview" },
    { case: "changed domain, 50 light hosts", contestant: "up --skip-preview", floor: 26, linear: 1.2 },
  ]);
});

test("rows without a measurement say nothing", () => {
  expect(ratios([row("changed port", "up", 1), row("floor", "up", 1, 1)])).toEqual([]);
});

test("the table has a line for each case, with both ways, and no column without a number", () => {
  expect(ratioTable({ rows } as Results)).toBe(
    [
      "|                                | times the script | times faster than Mitogen | above the floor | times linear |",
      "| :----------------------------- | ---------------: | ------------------------: | --------------: | -----------: |",
      "| changed port                   |      4.00 / 6.00 |               2.50 / 1.67 |   +1.00 / +1.20 |              |",
      "| no change, 8 hosts             |                  |                           |           −0.25 |              |",
      "| changed domain, 10 light hosts |                  |                           |                 |              |",
      "| changed domain, 50 light hosts |                  |                           |           +26.0 |         1.20 |",
    ].join("\n"),
  );
  expect(ratioTable({ rows: rows.slice(0, 2) } as Results)).not.toContain("Mitogen");
  expect(ratioTable({ rows: [] as Row[] } as Results)).toBe("");
});
