import { expect, test } from "vitest";
import { documents, written } from "./generate.ts";

test.each(Object.entries(documents()))("%s is current; if not, run `npm run docs`", (name, text) => {
  expect(written(name)).toBe(text);
});

test("the page of arguments has a row for each", () => {
  expect(written("docs/arguments.md")).toMatch(/^\| `domain` \* \| string \| /m);
});
