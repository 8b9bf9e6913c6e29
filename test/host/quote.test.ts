import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quote } from "../../src/host/quote.ts";
import { needs, shells } from "../support/shells.ts";

test.each([
  ["", "''"],
  ["plain", "'plain'"],
  ["it's", "'it'\\''s'"],
  ['$HOME `id` \\ "x" !', "'$HOME `id` \\ \"x\" !'"],
])("%s becomes %s", (value, word) => {
  expect(quote(value)).toBe(word);
});

for (const [shell, ...args] of shells) {
  needs(shell)(`${shell} reads back what was quoted`, () => {
    // One shell for all values: NUL separates them, since no word can hold it.
    const any = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\0", ""));
    const nasty = fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", " ", "!", "*", "~", "#", ";") });
    const values = fc.sample(fc.oneof(any, nasty), 2000);
    const script = values.map((value) => `printf '%s\\0' ${quote(value)}\n`).join("");
    const read = execFileSync(shell, args, { input: script, encoding: "utf8" }).split("\0").slice(0, -1);
    expect(read).toEqual(values);
  });
}
