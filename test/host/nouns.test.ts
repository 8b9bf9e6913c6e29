// The shape of the host tool: each noun calls only those before it, and can be read at night.

import { describe, expect, test } from "vitest";
import { noun, nouns, tool } from "../../src/host/pack.ts";

/** The text without what is quoted or commented, so that only the shell's own words are left. */
const bare = (text: string) =>
  text
    .replace(/<<'(\w+)'[\s\S]*?\n\1\n/g, "\n")
    .replace(/^\s*#.*$/gm, "")
    .replace(/\\['"]/g, "")
    .replace(/'[^']*'/g, (quoted) => "'".padEnd(quoted.split("\n").length, "\n"));

const definitions = (text: string) => [...text.matchAll(/^([a-z_]+)\(\)/gm)].map(([, name = ""]) => name);

const defined = new Map(nouns.flatMap((name) => definitions(noun(name)).map((func) => [func, name] as const)));

/** Functions that are called: at the start of a command, or handed to one that runs them. */
const calls = (text: string) =>
  [
    ...bare(text).matchAll(
      /(?:^|[;&|({!]|\$\(|\b(?:then|else|elif|do|if|while|until|wait_for \S+))\s*(?:! )?([a-z_]+)\b(?!=)/gm,
    ),
  ]
    .map(([, word = ""]) => word)
    .filter((word) => defined.has(word));

describe.each([...nouns])("%s", (name) => {
  const text = noun(name);

  test("calls only itself and what stands before it", () => {
    const before = nouns.slice(0, nouns.indexOf(name) + 1);
    const later = calls(text).filter((func) => !before.includes(defined.get(func) ?? name));
    expect([...new Set(later)]).toEqual([]);
  });

  test("is short, and fits on a screen", () => {
    const lines = text.split("\n");
    if (name !== "proof") expect(lines.length).toBeLessThanOrEqual(161);
    const code = lines.filter((line) => !/^(stop|wait|code|sender) /.test(line));
    expect(code.filter((line) => line.length > 120)).toEqual([]);
  });

  test("has a line above each function about what it does", () => {
    const lines = text.split("\n");
    // A one-line helper may stand right below the function that it is for.
    const silent = lines.filter(
      (line, at) => /^[a-z_]+\(\)/.test(line) && !/^(#|\}|[a-z_]+\(\) \{.*\}$)/.test(lines[at - 1] ?? ""),
    );
    expect(silent).toEqual([]);
  });

  test("uses `if` where there are more than two operators", () => {
    const commands = bare(text)
      .replace(/\\\n|(&&|\|\||\|)\s*\n/g, "$1 ")
      .split(/\n|;;|; /);
    const long = commands.filter((command) => (command.match(/&&|\|\|/g) ?? []).length > 2);
    expect(long.map((command) => command.trim())).toEqual([]);
  });
});

test("no function is defined twice", () => {
  const all = nouns.flatMap((name) => definitions(noun(name)));
  expect(all.filter((func, at) => all.indexOf(func) !== at)).toEqual([]);
});

test("nothing depends on the caller's `set -e`: it is off", () => {
  expect(tool()).toMatch(/^#!\/bin\/sh\nset -u\n/);
  expect(bare(tool())).not.toMatch(/set -\w*e/);
});
