// The shape of the host tool: calls go one way, a function keeps its names to itself or says which it sets, and each
// module can be read at night.

import { describe, expect, test } from "vitest";
import { folders, modules, moduleText, tool } from "../../src/host/pack.ts";
import { readScript, type ShellFunction } from "../support/shell-functions.ts";

const scripts = new Map(modules.map((name) => [name, readScript(moduleText(name))]));
const functions = modules.flatMap((module) => (scripts.get(module)?.functions ?? []).map((own) => ({ module, own })));
const byName = new Map(functions.map(({ module, own }) => [own.name, { module, own }]));
const folderOf = (module: string) => module.split("/")[0] ?? "";
const unique = (names: readonly string[]) => [...new Set(names)].sort();

interface Call {
  name: string;
  inside: boolean;
  line: number;
}

/** The functions that one calls, by itself or through one that runs what is in its arguments. */
const callsOf = (own: ShellFunction): Call[] =>
  own.commands.flatMap(({ words: [first, ...rest], inside, line }) => {
    const runs = first === "trap" || byName.get(first ?? "")?.own.runner;
    const called = [first, ...(runs ? [rest.find((word) => byName.has(word ?? ""))] : [])];
    return called.flatMap((name) => (name !== undefined && byName.has(name) ? [{ name, inside, line }] : []));
  });

/** A folder with all that it may call. */
const reach = (folder: string): string[] => [folder, ...(folders[folder]?.calls ?? []).flatMap(reach)];

/** Names that are set where the tool begins, by module. */
const top = new Map(modules.map((module) => [module, unique(scripts.get(module)?.top.assigned ?? [])]));

/** The results of functions: all that stands in a "Sets:". */
const results = unique(functions.flatMap(({ own }) => own.sets.filter((name) => !name.endsWith("*"))));
const setBy = (own: ShellFunction) =>
  unique(
    own.sets.flatMap((name) =>
      name.endsWith("*") ? results.filter((result) => result.startsWith(name.slice(0, -1))) : [name],
    ),
  );
const assignedByAny = new Set(
  functions.flatMap(({ own }) => own.assigned.filter((name) => !own.locals.includes(name))),
);
const constants = unique([...top.values()].flat().filter((name) => !assignedByAny.has(name)));

describe.each(modules)("%s", (module) => {
  const text = moduleText(module);
  const script = scripts.get(module) ?? readScript("");
  const mine = [...script.functions, ...(module === "verbs/main" ? [script.top] : [])];

  test("calls only itself, what stands before it, and folders that its own may call", () => {
    const before = modules.slice(0, modules.indexOf(module) + 1);
    const allowed = before.filter((name) => reach(folderOf(module)).includes(folderOf(name)));
    const wrong = mine.flatMap(callsOf).filter(({ name }) => !allowed.includes(byName.get(name)?.module ?? ""));
    expect(unique(wrong.map(({ name }) => `${name} in ${byName.get(name)?.module}`))).toEqual([]);
  });

  test("sets what is local, what its `Sets:` lists, and what this module keeps", () => {
    const kept = (top.get(module) ?? []).filter((name) => !results.includes(name));
    for (const own of script.functions) {
      const known = ["_", ...own.locals, ...setBy(own), ...kept];
      expect(
        own.assigned.filter((name) => !known.includes(name)),
        own.name,
      ).toEqual([]);
      const clash = own.locals.filter((name) => constants.includes(name));
      expect(clash, `${own.name} hides constants from those that it calls`).toEqual([]);
    }
  });

  test("reads what is local, a constant, what a module keeps, or the result of a function", () => {
    const shared = new Set([...results, ...[...top.values()].flat(), "POSTRELAY_ROOT", "POSTRELAY_LIMITED"]);
    for (const own of script.functions)
      expect(
        own.read.filter((name) => !own.locals.includes(name) && !shared.has(name)),
        own.name,
      ).toEqual([]);
  });

  test("passes on what it calls sets, or keeps it to itself", () => {
    for (const own of script.functions) {
      const known = [...own.locals, ...setBy(own)];
      for (const { name, inside } of callsOf(own).filter(({ name }) => name !== own.name)) {
        const set = inside ? [] : setBy(byName.get(name)?.own ?? own);
        expect(
          set.filter((result) => !known.includes(result)),
          `${own.name} calls ${name}`,
        ).toEqual([]);
      }
    }
  });

  test("gives `local` values that no shell splits and no failure that it would hide", () => {
    expect(script.functions.filter(({ loose }) => loose.length).map(({ name }) => name)).toEqual([]);
  });

  test("prints data with printf: what echo makes of a backslash differs", () => {
    const echoes = mine.flatMap(({ commands }) => commands).filter(({ words }) => words[0] === "echo");
    expect(echoes.filter(({ words }) => words.includes(undefined)).map(({ line }) => line)).toEqual([]);
  });

  test("is short, and fits on a screen", () => {
    const lines = text.replace(/<<'TABLE'[\s\S]*?\nTABLE\n/, "").split("\n");
    expect(lines.length).toBeLessThanOrEqual(180);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
  });

  test("has a line above each function about what it does", () => {
    const lines = text.split("\n");
    // A one-line helper may stand right below the function that it is for.
    const isHelper = (line: number) =>
      /\}$/.test(lines[line - 1] ?? "") && /^(\}|\w+\(\) \{.*\}$)/.test(lines[line - 2] ?? "");
    const silent = script.functions.filter(
      ({ name, doc, line }) => !new RegExp(`^${name}\\b.*:|, ${name}\\b`).test(doc) && !(doc === "" && isHelper(line)),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  test("uses `if` where there are more than two operators", () => {
    const bare = text
      .replace(/<<'(\w+)'[\s\S]*?\n\1\n/g, "\n")
      .replace(/^\s*#.*$/gm, "")
      .replace(/\\['"]/g, "")
      .replace(/'[^']*'/g, (quoted) => "'".padEnd(quoted.split("\n").length, "\n"))
      .replace(/\\\n|(&&|\|\||\|)\s*\n/g, "$1 ");
    const long = bare.split(/\n|;;|; /).filter((command) => (command.match(/&&|\|\|/g) ?? []).length > 2);
    expect(long.map((command) => command.trim())).toEqual([]);
  });
});

test("no function is defined twice", () => {
  const names = functions.map(({ own }) => own.name);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

test("what is shared has a first word, and each belongs to one folder", () => {
  const owners = new Map<string, Set<string>>();
  const shared = functions.flatMap(({ module, own }) => [
    ...setBy(own).map((name) => [name, folderOf(module)] as const),
    ...own.assigned
      .filter((name) => top.get(module)?.includes(name) && !own.locals.includes(name))
      .map((name) => [name, folderOf(module)] as const),
  ]);
  const named = functions.flatMap(({ module, own }) =>
    // Who passes a result on does not own it.
    own.assigned.filter((name) => setBy(own).includes(name)).map((name) => [name, folderOf(module)] as const),
  );
  for (const [name, folder] of named.filter(([name]) => name !== "failure")) {
    const [prefix = ""] = name.split("_");
    owners.set(prefix, (owners.get(prefix) ?? new Set()).add(folder));
  }
  expect([...owners].filter(([, all]) => all.size > 1).map(([prefix, all]) => [prefix, [...all]])).toEqual([]);
  expect(unique(shared.map(([name]) => name)).filter((name) => name !== "failure" && !name.includes("_"))).toEqual([]);
});

test("`fail` ends the tool: it is not called where only a shell inside of it would end", () => {
  const fails = new Set(["fail"]);
  for (let size = 0; size < fails.size; ) {
    size = fails.size;
    for (const { own } of functions)
      if (callsOf(own).some(({ name, inside }) => !inside && fails.has(name))) fails.add(own.name);
  }
  const inside = functions.flatMap(({ own }) =>
    callsOf(own)
      .filter((call) => call.inside && fails.has(call.name))
      .map(({ name }) => `${own.name} calls ${name}`),
  );
  expect(inside).toEqual([]);
});

test("nothing depends on the caller's `set -e`: it is off", () => {
  expect(tool()).toMatch(/^#!\/bin\/sh\nset -u\n/);
  const commands = functions.flatMap(({ own }) => own.commands);
  expect(commands.filter(({ words }) => words[0] === "set" && /^-\w*e/.test(words[1] ?? ""))).toEqual([]);
});

test("the reader sees what the tests above rely on", () => {
  const { top, functions } = readScript(`one=1
# two A: does. Sets: x (why) y_*
two() {
  local a='' b="$1" c=$2 d="$(three)"
  x=$a
  for e in 1; do read -r f g; done
  a | three "$h"
  : "\${i:=1}" "$((j + 1))"
  (four)
  A=1 "$@"
}
`);
  expect(top.assigned).toEqual(["one"]);
  const [two] = functions;
  expect(two).toMatchObject({ name: "two", sets: ["x", "y_*"], locals: ["a", "b", "c", "d"], loose: ["c", "d"] });
  expect(two).toMatchObject({ assigned: ["x", "e", "f", "g", "i"], read: ["a", "h", "i", "j"], runner: true });
  expect(two?.commands.filter(({ inside }) => inside).map(({ words }) => words[0])).toEqual([
    "three",
    "a",
    "three",
    "four",
  ]);
});
