// The pictures in CONTRIBUTING.md and lab/README.md: each path in them exists, and none of the rooms of src and of its
// tests, and none of the files of the lab, is missing.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { folders as toolFolders } from "../../src/host/pack.ts";

const checkout = join(import.meta.dirname, "../..");

/** The paths at the start of each line of a picture; an indented one is below the last that is not. */
function pathsIn(file: string, first: string): string[] {
  const text = readFileSync(join(checkout, file), "utf8");
  const picture = new RegExp(`\`\`\`\n(${first}.*?)\`\`\``, "s").exec(text)?.[1] ?? "";
  const folder = dirname(file);
  const paths: string[] = [];
  let above = "";
  for (const [, indent, names = ""] of picture.matchAll(/^( *)([^\s,]+(?:, [^\s,]+)*)/gm)) {
    if (!indent) above = names;
    for (const name of names.split(", ")) paths.push(join(folder, indent ? above + name : name));
  }
  return paths;
}

const paths = pathsIn("CONTRIBUTING.md", "src/");
const pathsOfLab = pathsIn("lab/README.md", "index[.]ts");

const files = execFileSync("git", ["ls-files", "src", "lab", "test"], { cwd: checkout, encoding: "utf8" })
  .trim()
  .split("\n")
  .filter((file) => existsSync(join(checkout, file)));
const folders = [...new Set(files.map((file) => `${dirname(file)}/`))];

test("they have no path that is not there", () => {
  expect(paths.length).toBeGreaterThan(30);
  expect(pathsOfLab.length).toBeGreaterThan(30);
  expect([...paths, ...pathsOfLab].filter((path) => !existsSync(join(checkout, path)))).toEqual([]);
});

test("they have each room of src and of its tests", () => {
  const rooms = folders.filter((folder) => /^(src|test|test\/integration)\/[^/]+\/$/.test(folder));
  const mirrored = (folder: string) => existsSync(join(checkout, folder.replace(/^test/, "src")));
  expect(rooms.filter((folder) => !paths.includes(folder) && (folder.startsWith("src") || !mirrored(folder)))).toEqual(
    [],
  );
});

test("they have each file of the lab, or its folder", () => {
  const lab = files.filter((file) => file.startsWith("lab/") && !/[.]test[.]ts$|README[.]md$/.test(file));
  const parts = lab.map((file) => (dirname(file) === "lab" ? file : `${dirname(file)}/`));
  expect(
    parts.filter((part) => !pathsOfLab.some((path) => part === path || (path.endsWith("/") && part.startsWith(path)))),
  ).toEqual([]);
});

test("has the folders of the host tool, with their modules and calls", () => {
  const names = (cell = "") => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name = ""]) => name);
  const page = readFileSync(join(checkout, "CONTRIBUTING.md"), "utf8");
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
