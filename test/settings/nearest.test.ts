import { expect, test } from "vitest";
import { didYouMean, nearest } from "../../src/settings/nearest.ts";

test.each<[word: string, known: string[], found: string | undefined]>([
  ["domian", ["connection", "domain", "drift"], "domain"],
  ["hostkey", ["host", "hostKey"], "hostKey"],
  ["sendgird", ["sakura", "sendgrid"], "sendgrid"],
  ["prdo", ["dev", "prod"], "prod"],
  ["db", ["web", "dbs"], "dbs"],
  ["db", ["web"], undefined],
  ["database", ["web-1"], undefined],
  ["x", [], undefined],
])("%s", (word, known, found) => expect(nearest(word, known)).toBe(found));

test("in words", () => {
  expect(didYouMean("hots", ["host"], (name) => `--${name}`)).toBe("did you mean --host? ");
  expect(didYouMean("x", ["host"])).toBe("");
});
