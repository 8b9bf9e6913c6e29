import { expect, test } from "vitest";
import { terminal } from "./terminal.ts";

/** The texts of a picture, each with what it says of them. */
const texts = (picture: string) =>
  [...picture.matchAll(/<text x="(\d+)" y="(\d+)" textLength="\d+"(.*?)>(.*?)<\/text>/g)].map((found) =>
    found.slice(1),
  );

const e = "\x1b[";

test.each([
  [
    "plain text",
    "one\n  two",
    [
      ["18", "52", "", "one"],
      ["34", "71", "", "two"],
    ],
  ],
  [
    "an empty line",
    "one\n\ntwo",
    [
      ["18", "52", "", "one"],
      ["18", "90", "", "two"],
    ],
  ],
  [
    "a colour, and its end",
    `a ${e}31mred${e}0m b`,
    [
      ["18", "52", "", "a"],
      ["34", "52", ' fill="#ff7b72"', "red"],
      ["66", "52", "", "b"],
    ],
  ],
  [
    "bold and a colour at once",
    `${e}1;32mok${e}22mno`,
    [
      ["18", "52", ' fill="#56d364" font-weight="600"', "ok"],
      ["34", "52", ' fill="#56d364"', "no"],
    ],
  ],
  ["one of 256 colours", `${e}38;5;208mx`, [["18", "52", ' fill="rgb(255,135,0)"', "x"]]],
  ["one of all colours", `${e}38;2;1;2;3mx`, [["18", "52", ' fill="rgb(1,2,3)"', "x"]]],
  ["a grey one", `${e}38;5;240mx`, [["18", "52", ' fill="rgb(88,88,88)"', "x"]]],
  [
    "a bright one, and none again",
    `${e}91mx${e}39my`,
    [
      ["18", "52", ' fill="#ffa198"', "x"],
      ["26", "52", "", "y"],
    ],
  ],
  [
    "a colour that continues in the next line",
    `${e}34ma\nb`,
    [
      ["18", "52", ' fill="#79c0ff"', "a"],
      ["18", "71", ' fill="#79c0ff"', "b"],
    ],
  ],
  ["what XML would read", "<a & b>", [["18", "52", "", "&lt;a &amp; b&gt;"]]],
  ["sequences that show nothing", `${e}2Ka${e}?25l`, [["18", "52", "", "a"]]],
])("%s", (_, text, expected) => {
  expect(texts(terminal(text, "a run"))).toEqual(expected);
});

test("a long line is continued below, between words", () => {
  const found = texts(terminal(`${"word ".repeat(30)}end`, "a run"));
  expect(found).toHaveLength(2);
  expect(Math.max(...found.map(([, , , text = ""]) => text.length))).toBeLessThanOrEqual(112);
});

test("and begins where the line does", () => {
  const found = texts(terminal(`    ${"word ".repeat(30)}end`, "a run"));
  expect(found.map(([x]) => x)).toEqual(["50", "50"]);
});

test("it has a title, and is as high as its text", () => {
  expect(terminal("a", "a <run>")).toContain('<title id="title">a &lt;run&gt;</title>');
  const height = (text: string) => Number(/viewBox="0 0 \d+ (\d+)"/.exec(terminal(text, "a"))?.[1]);
  expect(height("a\nb") - height("a")).toBe(19);
});
