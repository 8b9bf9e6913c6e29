// What the formatter leaves: how long a file and the lines of its comments may be.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const checkout = join(import.meta.dirname, "..");

/** The files of programs in these folders, as their lines. */
const files = (...folders: string[]) =>
  execFileSync("git", ["ls-files", ...folders], { cwd: checkout, encoding: "utf8" })
    .split("\n")
    .filter((file) => /\.(ts|cts|mjs|sh)$/.test(file) && existsSync(join(checkout, file)))
    .map((file) => ({ file, lines: readFileSync(join(checkout, file), "utf8").trimEnd().split("\n") }));

/** Whether a line is a comment, or ends with one. */
const comments = (line: string) => /^\s*(\*[ /]|#)|(^|\s)(\/\/|\/\*)/.test(line);

test("a file has at most 250 lines", () => {
  const long = files("src", "lab", "test", "bench", "stacks").filter(({ lines }) => lines.length > 250);
  expect(long.map(({ file, lines }) => `${file}: ${lines.length}`)).toEqual([]);
});

test("a comment has at most 120 columns", () => {
  const wide = files("src", "lab", "test", "bench", "stacks").flatMap(({ file, lines }) =>
    lines.flatMap((line, index) => (line.length > 120 && comments(line) ? `${file}:${index + 1}: ${line.length}` : [])),
  );
  expect(wide).toEqual([]);
});
