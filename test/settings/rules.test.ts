// Each rule with cases that it refuses, and some close to them that can work.

import { expect, test } from "vitest";
import { pathText } from "../../src/settings/problems.ts";
import { accountRules, rules } from "../../src/settings/rules.ts";
import { changed, problemsOf } from "../support/args.ts";
import { type Case, cases } from "../support/rules/index.ts";

const all = [...rules, ...accountRules];

test("each rule has cases, an id of its own, and a complete text", () => {
  expect(all.map(({ id }) => id)).toEqual(Object.keys(cases));
  for (const { message, change, source } of all) {
    expect(message).toMatch(/^(is|leads|names|asks|missing)/);
    expect(change).toMatch(/^(give|leave|correct) .+/);
    expect(source).not.toBe("");
  }
});

const rows = (kind: "refused" | "accepted") =>
  all.flatMap((rule) => (cases[rule.id]?.[kind] ?? []).map((one) => [rule.id, ...one, rule] as const));

test.each(rows("refused"))("%s refuses %j at %s", (_, values, path, { message, change }) => {
  const problems = problemsOf("web-1", changed(values));
  expect(problems.map(({ path, reason }) => [pathText(path), reason])).toEqual([[path, `${message}; ${change}`]]);
});

test.each(rows("accepted"))("%s accepts %j", (_, values) => {
  expect(problemsOf("web-1", changed(values))).toEqual([]);
});

test("no rule is without a case that it refuses and one that it accepts", () => {
  const lacking = (one: { refused: Case[]; accepted: Case[] } | undefined) =>
    !one || one.refused.length === 0 || one.accepted.length === 0;
  expect(all.filter(({ id }) => lacking(cases[id]))).toEqual([]);
});
