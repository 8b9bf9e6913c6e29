import { expect, test } from "vitest";
import { pathIn, pathText, problemText } from "../../src/settings/problems.ts";

test.each([
  [["domain"], "domain"],
  [["connection", "hostKey"], "connection.hostKey"],
  [["hosts", 2, "connection", "hostKey"], "hosts[2].connection.hostKey"],
  [["postfix-relay:hosts", 0, "name"], "postfix-relay:hosts[0].name"],
  [["mainCf", "odd key"], 'mainCf["odd key"]'],
  [["accounts", 'shop "x"\\@example.com', "password"], 'accounts["shop \\"x\\"\\\\@example.com"].password'],
])("%j is written %s, and read from that", (path, text) => {
  expect(pathText(path)).toBe(text);
  expect(pathIn(text)).toEqual(path);
});

test.each(["", ".", "a.", "a..b", "a[", "a[x]", 'a["b]', "a b", "[0]x", 'a["\\n"]'])("%j is no path", (text) => {
  expect(pathIn(text)).toBeUndefined();
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
