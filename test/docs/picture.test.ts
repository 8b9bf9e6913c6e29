// The picture in CONTRIBUTING.md: each path in it exists, and each folder and each file of the lab is in it.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";

const checkout = join(import.meta.dirname, "../..");
const picture = /```\n(src\/\n.*?)```/s.exec(readFileSync(join(checkout, "CONTRIBUTING.md"), "utf8"))?.[1] ?? "";

/** The paths at the start of each line; an indented one is below the last that is not. */
const paths: string[] = [];
let above = "";
for (const [, indent, names = ""] of picture.matchAll(/^( *)([^\s,]+(?:, [^\s,]+)*)/gm)) {
  if (!indent) above = names;
  for (const name of names.split(", ")) paths.push(indent ? above + name : name);
}
const inside = [...picture.matchAll(/[\w-]+\.(?:ts|sh)\b/g)].map(([name]) => name);

const files = execFileSync("git", ["ls-files", "src", "lab", "test"], { cwd: checkout, encoding: "utf8" })
  .trim()
  .split("\n");
const folders = [...new Set(files.map((file) => `${dirname(file)}/`))].filter((folder) =>
  existsSync(join(checkout, folder)),
);

test("has no path that is not there", () => {
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
});

test("has each room of src and of its tests", () => {
  const rooms = folders.filter((folder) => /^(src|lab|test|test\/integration)\/[^/]+\/$/.test(folder));
  const mirrored = (folder: string) => existsSync(join(checkout, folder.replace(/^test/, "src")));
  expect(
    rooms.filter((folder) => !paths.includes(folder) && (!folder.startsWith("test/") || !mirrored(folder))),
  ).toEqual([]);
});

test("has each file of the lab", () => {
  const lab = files
    .filter((file) => dirname(file) === "lab" && !file.endsWith(".test.ts"))
    .map((file) => basename(file));
  expect(lab.filter((name) => !inside.includes(name))).toEqual([]);
});
