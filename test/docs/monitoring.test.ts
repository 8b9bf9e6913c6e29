import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import { hostReport } from "../../src/drift/host-report.ts";
import { moduleText } from "../../src/host/pack.ts";

// docs/monitoring.md and docs/command-line.md are written by hand; nothing that they list may be missing, and nothing
// may be made up.
const docs = (name: string) => readFileSync(join(import.meta.dirname, "../../docs", name), "utf8");
const page = docs("monitoring.md");
const commandLine = docs("command-line.md");
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = ""]) => name);
const sorted = (names: string[]) => [...new Set(names)].sort();

/** What is in backticks in the first cells of the table after this text. */
function listed(after: string, page: string): string[] {
  const [table = ""] = page.slice(page.indexOf(after)).match(/^\|.*(\n\|.*)*/m) ?? [];
  const cells = table
    .split("\n")
    .slice(2)
    .map((row) => row.split("|")[1] ?? "");
  return cells.flatMap((cell) => all(cell, /`(?:postfix-relay )?([\w-]+)/g));
}

test("each field of the report", () => {
  expect(sorted(listed("## On the host", page))).toEqual(sorted(Object.keys(hostReport.shape)));
});

test("each metric", () => {
  const metrics = (module: string) =>
    all(moduleText(module), /(?:metric|check_lines) (\w+)(?: gauge| ')/g).map((name) => `postrelay_${name}`);
  expect(sorted(listed("Remove the argument", page))).toEqual(sorted(metrics("watch/metrics")));
  expect(sorted(listed("Its result is in", page))).toEqual(sorted(metrics("watch/probe")));
});

test("each alert", () => {
  expect(sorted(listed("### Alerts", page))).toEqual(sorted(all(docs("alerts.yml"), /alert: (\w+)/g)));
});

test("each command and each option", async () => {
  const { text } = (await readArguments(["--help"], "1.0.0")) as { text: string };
  expect(sorted(listed("$ echo $?", commandLine))).toEqual(sorted(all(text, /^ {2}postfix-relay (\w+)/gm)));
  const options = all(text, /^ {2}(?:-\w, | {4})--([\w-]+)/gm).filter((name) => !["help", "version"].includes(name));
  expect(options.length).toBeGreaterThan(4);
  for (const option of options) expect(commandLine).toMatch(new RegExp(`^\\| .*\`--${option}\\b.*\\|.*\\|$`, "m"));
});
