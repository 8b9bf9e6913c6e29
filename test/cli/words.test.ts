import { expect, test } from "vitest";
import { ago, span } from "../../src/cli/span.ts";
import { usesColor } from "../../src/cli/terminal.ts";

test.each<[seconds: number, text: string]>([
  [0, "0 s"],
  [119.9, "119 s"],
  [120, "2 min"],
  [7199, "119 min"],
  [7200, "2 h"],
  [172_799, "47 h"],
  [172_800, "2 days"],
])("%d seconds", (seconds, text) => expect(span(seconds)).toBe(text));

test("how long ago", () => {
  expect(ago(0, 60)).toBe("1970-01-01 00:00 UTC (60 s ago)");
  expect(ago(100, 0)).toContain("(0 s ago)");
});

test.each<[what: string, option: boolean | undefined, env: Record<string, string>, isTTY: boolean, expected: boolean]>([
  ["on a terminal", undefined, {}, true, true],
  ["in a pipe", undefined, {}, false, false],
  ["on a dumb terminal", undefined, { TERM: "dumb" }, true, false],
  ["NO_COLOR", undefined, { NO_COLOR: "1" }, true, false],
  ["an empty NO_COLOR says nothing", undefined, { NO_COLOR: "" }, true, true],
  ["FORCE_COLOR in a pipe", undefined, { FORCE_COLOR: "1" }, false, true],
  ["FORCE_COLOR=0", undefined, { FORCE_COLOR: "0" }, true, false],
  ["NO_COLOR and FORCE_COLOR", undefined, { NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  ["--no-color wins", false, { FORCE_COLOR: "1" }, true, false],
  ["--color wins", true, { NO_COLOR: "1" }, false, true],
])("colours: %s", (_, option, env, isTTY, expected) => expect(usesColor(option, env, isTTY)).toBe(expected));
