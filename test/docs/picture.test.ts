// The picture in CONTRIBUTING.md: each path in it exists, and each folder and each file of the lab is in it.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { folders as toolFolders } from "../../src/host/pack.ts";

const checkout = join(import.meta.dirname, "../..");
const page = readFileSync(join(checkout, "CONTRIBUTING.md"), "utf8");
const picture = /```\n(src\/\n.*?)```/s.exec(page)?.[1] ?? "";

/** The paths at the start of each line; an indented one is below the last that is not. */
const paths: string[] = [];
let above = "";
for (const [, indent, names = ""] of picture.matchAll(/^( *)([^\s,]+(?:, [^\s,]+)*)/gm)) {
  if (!indent) above = names;
  for (const name of names.split(", ")) paths.push(indent ? above + name : name);
}
const inside = [...picture.matchAll(/[\w-]+\.(?:ts|sh)\b/g)].map(([name]) => name);

const files = execFileSync("git", ["ls-files", "src", "test"], { cwd: checkout, encoding: "utf8" }).trim().split("\n");
const folders = [...new Set(files.map((file) => `${dirname(file)}/`))].filter((folder) =>
  existsSync(join(checkout, folder)),
);

test("has no path that is not there", () => {
  expect(paths.length).toBeGreaterThan(50);
  expect(paths.filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
});

test("has each room of src and of its tests", () => {
  const rooms = folders.filter((folder) => /^(src|test|test\/(lab|integration))\/[^/]+\/$/.test(folder));
  const mirrored = (folder: string) => existsSync(join(checkout, folder.replace(/^test/, "src")));
  expect(rooms.filter((folder) => !paths.includes(folder) && (folder.startsWith("src") || !mirrored(folder)))).toEqual(
    [],
  );
});

test("has each file of the lab", () => {
  const lab = files
    .filter((file) => dirname(file) === "test/lab" && !file.endsWith(".test.ts"))
    .map((file) => basename(file));
  expect(lab.filter((name) => !inside.includes(name))).toEqual([]);
});

test("has the folders of the host tool, with their modules and calls", () => {
  const names = (cell = "") => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name);
  const [table = ""] = page.slice(page.indexOf("| folder | modules | calls |")).match(/^\|.*(\n\|.*)*/) ?? [];
  const rows = table
    .split("\n")
    .slice(2)
    .map((row) => row.split("|").slice(1, -1));
  const shown = rows.map(([name, modules, calls]) => [
    names(name)[0],
    { modules: names(modules), calls: names(calls) },
  ]);
  expect(Object.fromEntries(shown)).toEqual(toolFolders);
});
