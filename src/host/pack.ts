// From the modules in tool/ to the one file on the host: joined in a fixed order, without what only readers need, and
// compressed to the same bytes on every machine (zlib is not: its builds differ).

import { readFileSync } from "node:fs";
import { gzipSync, strToU8 } from "fflate";

/** A folder of tool/. */
interface Folder {
  /** Its modules in the order in which they are joined: each calls only itself and those before it. */
  readonly modules: readonly string[];
  /** The folders that it calls, and with them those that they call. */
  readonly calls: readonly string[];
}

/** The folders of the tool, in the order in which they are joined. */
export const folders: Readonly<Record<string, Folder>> = {
  base: { modules: ["constants", "kernel", "secrets", "speak", "state", "input"], calls: [] },
  postfix: {
    modules: ["systemd", "bridges", "chroot", "maillog", "postfix", "permissions", "master-cf"],
    calls: ["base"],
  },
  tokens: { modules: ["logins", "endpoint", "renew", "proxy"], calls: ["postfix"] },
  generation: { modules: ["generation", "aliases", "validate", "room"], calls: ["tokens"] },
  packages: { modules: ["lists", "apt", "other-mta", "packages", "removal"], calls: ["base"] },
  candidate: {
    modules: ["candidate", "route", "advice", "log", "proof", "probe", "verdict", "sends"],
    calls: ["generation"],
  },
  watch: {
    modules: [
      ...["status", "monitoring", "edits", "drift-host", "drift", "fingerprint", "queue", "told", "metrics", "check"],
      ...["probe", "credential"],
    ],
    calls: ["candidate", "packages"],
  },
  switch: {
    modules: ["drain", "original", "ends", "journal", "routes", "switch"],
    calls: ["watch"],
  },
  verbs: {
    modules: ["adapt", "tokens", "install", "stage", "apply", "restore", "seen", "queue", "test", "main"],
    calls: ["switch"],
  },
};

/** The modules as "FOLDER/NAME", in the order in which they are joined. */
export const modules: readonly string[] = Object.entries(folders).flatMap(([folder, { modules }]) =>
  modules.map((name) => `${folder}/${name}`),
);

const header = ["#!/bin/sh", "set -u", "umask 077", "unset CDPATH TMPDIR 2>/dev/null || :"];
const environment = [
  "LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "export LC_ALL PATH",
];

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8").replaceAll("\r", "");

const ADVICE = "candidate/advice";

/** Modules that begin with a table: its name, which is that of the function that prints it, and of its file. */
const tables: Readonly<Record<string, string>> = { [ADVICE]: "advice", "switch/ends": "harmless" };

/** The text of a module, with its table if it has one. */
export const moduleText = (name: string): string => {
  const table = tables[name];
  const lines = table ? read(`tool/${name.split("/")[0]}/${table}.txt`) : "";
  return (table ? printing(table, lines) : "") + read(`tool/${name}.sh`);
};

/** A table as a shell function that prints it. */
const printing = (name: string, table: string) =>
  `# ${name}: prints its table.\n${name}() {\ncat <<'TABLE'\n${table.replace(/^#.*\n|^\n/gm, "")}TABLE\n}\n`;

/** The text of `postrelay`: what goes to /usr/local/sbin on a host. */
export function tool(): string {
  // The advice first: words stand before code, since gzip looks back no more than 32 kB.
  const ordered = [ADVICE, ...modules.filter((name) => name !== ADVICE)];
  const begin = [...header, ...environment].join("\n");
  return `${begin}\n${minified(read("limited.sh") + ordered.map(moduleText).join(""))}`;
}

/**
 * Without whole-line comments, blank lines and indentation. Here-documents and text in double quotes stay as they are;
 * what spans lines in single quotes is a program for awk or sed, which needs none of the three.
 */
export function minified(script: string): string {
  let until: Until = "";
  const kept = script.split("\n").flatMap((line) => {
    if (typeof until === "object") {
      if (until.end.test(line)) until = "";
      return [line];
    }
    const text = until === '"' ? line : line.trimStart();
    if (until !== '"' && /^(#|$)/.test(text)) return [];
    until = after(text, until);
    return [text];
  });
  return `${kept.join("\n")}\n`;
}

/** What is open at the end of a line: nothing, a quotation, or a here-document up to a line like this. */
type Until = "" | "'" | '"' | { readonly end: RegExp };

/** What matters to the shell: outside of quotes, and in each kind of them. */
const tokens = { "": /\\.|['"]|(?<!\S)#|<<(-?)(['"]?)(\w+)\2/g, "'": /'/g, '"': /\\.|"/g };

/** What is open after a line of shell, of which `until` was open before. */
function after(line: string, until: "" | "'" | '"'): Until {
  let open = until;
  let here: Until = "";
  for (let at = 0; ; ) {
    const pattern = tokens[open];
    pattern.lastIndex = at;
    const [token = "#", tabs, , end] = pattern.exec(line) ?? [];
    if (token === "#") return here || open;
    if (end) here = { end: new RegExp(`^${tabs ? "\\t*" : ""}${end}$`) };
    else if (token === "'" || token === '"') open = open ? "" : token;
    at = pattern.lastIndex;
  }
}

/** What runs the tool on a host: it unpacks it, or finds what was brought. The first line says so. */
export function script(name: "bootstrap" | "brought"): string {
  const text = read(`${name}.sh`);
  return text.slice(0, text.indexOf("\n") + 1) + minified(read("root.sh") + text);
}

/** The compressed tool. */
export const packed = (): Buffer => Buffer.from(gzipSync(strToU8(tool()), { level: 9, mtime: 0 }));

// For the package: `node pack.ts tool`, `bootstrap` or `brought`.
const wanted = import.meta.main && process.argv[2];
if (wanted) process.stdout.write(wanted === "tool" ? packed() : script(wanted as "bootstrap"));
