// The rooms of src: those that imports are checked by, those that are there, and those that CONTRIBUTING.md names.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const checkout = join(import.meta.dirname, "../..");
const { order }: { order: string[][] } = await import(join(checkout, ".dependency-cruiser.mjs"));

test("each has a place in the order of imports, and none of them is missing", () => {
  const folders = readdirSync(join(checkout, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(order.flat().sort()).toEqual(folders.map(({ name }) => name).sort());
});

test("CONTRIBUTING.md has the same order", () => {
  const sentence = order.map((row) => row.map((room) => `\`${room}\``).join(", ")).join(" → ");
  expect(readFileSync(join(checkout, "CONTRIBUTING.md"), "utf8")).toContain(`Imports point one way: ${sentence}.`);
});
