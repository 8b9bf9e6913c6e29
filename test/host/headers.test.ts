// What the header of each folder says is so.

import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folders, modules, moduleText } from "../../src/host/pack.ts";
import { readHeader } from "../support/headers.ts";
import { readScript } from "../support/shell-functions.ts";

const read = modules.map((module) => ({
  module,
  folder: module.split("/")[0] ?? "",
  ...readScript(moduleText(module)),
}));
const unique = (names: readonly string[]) => [...new Set(names)].sort();
const all = read.flatMap(({ folder, functions }) => functions.map((own) => ({ folder, own })));
const callers = [...all, ...read.map(({ folder, top }) => ({ folder, own: top }))];
const homes = new Map(all.map(({ folder, own }) => [own.name, folder]));

/** The verbs, which are called by name. */
const verbs = [...moduleText("verbs/main").matchAll(/^([a-z]+(?: \| [a-z]+)*)\) /gm)].flatMap(([, names = ""]) =>
  names.split(" | "),
);

/** The path of what a name of the tool's stands for. */
const places: Record<string, string> = {
  etc: "/etc/postfix",
  swap: "/etc/postfix",
  inbox: "/run/postrelay",
  lock: "/run/postrelay.lock",
  fingerprint_file: "/run/postrelay.checked",
  spool: "/var/spool/postfix",
  units: "/etc/systemd/system",
  aliases: "/etc/aliases",
  login: "/var/lib/postfix-relay/login",
  candidate: "/var/lib/postfix-relay/candidate",
  candidate_etc: "/var/lib/postfix-relay/candidate",
  candidate_log: "/var/lib/postfix-relay/candidate",
  tool: "/usr/local/sbin/postrelay",
};

describe.each(Object.keys(folders))("%s", (folder) => {
  const header = readHeader(folder);
  // The constants name every place, and use none.
  const text = modules
    .filter((module) => module.startsWith(`${folder}/`) && module !== "base/constants")
    .map((module) => moduleText(module).replace(/^#.*$/gm, ""))
    .join("");

  test("has every section, and the name of the folder", () => {
    expect(header).toMatchObject({ folder, about: expect.stringMatching(/.{10}/) });
    for (const part of [header.synopsis, header.files, header.sets, header.diagnostics, header.bugs])
      expect(part.length).toBeGreaterThan(0);
  });

  test("SYNOPSIS: the functions that other folders call", () => {
    const called = callers
      .filter((caller) => caller.folder !== folder)
      .flatMap(({ own }) => own.commands.flatMap(({ words }) => words))
      .filter((word): word is string => word !== undefined);
    const wanted = [...called, ...verbs].filter((name) => homes.get(name) === folder);
    expect(header.synopsis.flatMap(({ names }) => names).sort()).toEqual(unique(wanted));
  });

  test("SETS: the results of its functions, and what its modules keep", () => {
    const kept = read.filter((one) => one.folder === folder).flatMap(({ top }) => top.assigned);
    const set = all
      .filter((one) => one.folder === folder)
      .flatMap(({ own }) => own.assigned.filter((name) => !own.locals.includes(name)))
      .filter((name) => kept.includes(name) || all.some(({ own }) => own.sets.includes(name)));
    const results = all
      .filter((one) => one.folder === folder)
      .flatMap(({ own }) => own.sets.filter((name) => own.assigned.includes(name)));
    expect(header.sets.filter((name) => folder !== "base" || name !== "failure").sort()).toEqual(
      unique([...set, ...results]),
    );
  });

  test("FILES: the places that its modules name", () => {
    const named = header.files.flatMap(({ names }) => names);
    const state = [
      ...text.matchAll(/\$state"?\/([a-z][\w-]*)/g),
      ...text.matchAll(/(?:^ *|\$\(|\{ |\|\| |&& )record(?:ed)? ([a-z][\w-]*)/gm),
    ].map(([, name = ""]) => `/var/lib/postfix-relay/${name}`);
    const used = Object.entries(places).flatMap(([name, path]) =>
      new RegExp(`\\$\\{?${name}\\b`).test(text) ? [path] : [],
    );
    const lacking = unique([...state, ...used]).filter(
      (path) => !named.some((name) => name === path || name.startsWith(`${path}.`)),
    );
    expect(folder === "generation" ? lacking.filter((path) => path.startsWith("/var/")) : lacking).toEqual([]);
    const unused = named.filter((path) => /^\/var\/lib/.test(path)).map((path) => path.replace(/\.cf$/, ""));
    expect(unused.filter((path) => ![...state, ...used].includes(path))).toEqual([]);
  });

  test("DIAGNOSTICS: the codes with which its functions end", () => {
    const codes = [...text.matchAll(/\b(?:fail|return|exit) (\d+)\b/g)].map(([, code = ""]) => code);
    const told = header.diagnostics.flatMap(({ names }) => names.slice(0, 1).map((name) => name.split(" ")[0] ?? ""));
    const listed = folder === "verbs" ? told : told.filter((code) => code !== "0");
    for (const code of codes.filter((code) => Number(code) > 2)) expect(listed).toContain(code);
    if (folder !== "verbs") expect(listed.filter((code) => !codes.includes(code))).toEqual([]);
  });
});

test("each folder of the tool has a header, and nothing else lies there", () => {
  const tool = new URL("../../src/host/tool/", import.meta.url);
  const files = readdirSync(tool, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("/"));
  const known = [...modules.map((name) => `${name}.sh`), ...Object.keys(folders).map((name) => `${name}/header.sh`)];
  expect(files.sort()).toEqual([...known, "candidate/advice.txt", "switch/harmless.txt"].sort());
});
