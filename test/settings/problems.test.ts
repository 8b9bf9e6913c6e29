import { expect, test } from "vitest";
import { pathText, problemText } from "../../src/settings/problems.ts";

test.each([
  [["domain"], "domain"],
  [["connection", "hostKey"], "connection.hostKey"],
  [["hosts", 2, "connection", "hostKey"], "hosts[2].connection.hostKey"],
  [["postfix-relay:hosts", 0, "name"], "postfix-relay:hosts[0].name"],
  [["mainCf", "odd key"], 'mainCf["odd key"]'],
])("%j is written %s", (path, text) => {
  expect(pathText(path)).toBe(text);
});

test("lists all problems under one heading", () => {
  const problems = [
    { path: ["domain"], reason: "missing" },
    { path: ["hosts", 0], reason: "unknown" },
  ];
  expect(problemText("stacks/Pulumi.dev.yaml", problems)).toBe(
    "stacks/Pulumi.dev.yaml:\n  domain: missing\n  hosts[0]: unknown",
  );
});
