import { describe, expect, test } from "vitest";
import { clean } from "../../src/host/clean.ts";

describe("what a host says moves no cursor", () => {
  test.each<[what: string, text: string, cleaned: string]>([
    ["colours", "a\u001b[31mb", "a [31mb"],
    ["one byte for two", "a\u009b31mb", "a 31mb"],
    ["the title of a window", "\u001b]0;title\u0007b", " ]0;title b"],
    ["lines", "a\r\n\tb\u2028c", "a b c"],
    ["directions and what is invisible", "a\u202eb\u200bc\u2066d", "a b c d"],
    ["half a character", "a\ud800b", "a b"],
    ["colours as Pulumi marks them", "a<{%fg 1%}>b<{%reset%}>", "a<{ %fg 1%}>b<{ %reset%}>"],
    ["such a mark that is made of others", "<\u200b{%fg 1%}>", "< {%fg 1%}>"],
    ["other languages stay", "Ünïcode 秘密 é", "Ünïcode 秘密 é"],
  ])("%s", (_, text, cleaned) => expect(clean(text)).toBe(cleaned));
});

const long = (length: number) => "é".repeat(length);

describe("what a host says does not fill the screen", () => {
  test.each<[what: string, text: string, cleaned: string]>([
    ["500 characters", long(500), long(500)],
    ["one more", long(501), `${long(500)} … (1 more characters)`],
    ["500 that are two units each", "𝔘".repeat(500), "𝔘".repeat(500)],
    ["more of them", "𝔘".repeat(502), `${"𝔘".repeat(500)} … (2 more characters)`],
    ["what cannot be seen counts as one", "\u200b".repeat(9000), " "],
  ])("%s", (_, text, cleaned) => expect(clean(text)).toBe(cleaned));
});
