// The headers of the folders of the host tool: comments in the manner of Postfix's sources.

import { readFileSync } from "node:fs";

/** A line of a header: what is named, and the words about it. */
export interface Entry {
  readonly names: readonly string[];
  readonly words: string;
}

/** A file that a folder reads, or reads and writes. */
export interface FileEntry extends Entry {
  readonly writes: boolean;
}

/** The header of a folder. */
export interface Header {
  readonly folder: string;
  readonly about: string;
  /** Functions that other folders call. */
  readonly synopsis: readonly Entry[];
  readonly files: readonly FileEntry[];
  /** Results of its functions, and what its modules keep. */
  readonly sets: readonly string[];
  /** Exit codes of its functions. */
  readonly diagnostics: readonly Entry[];
  readonly bugs: readonly string[];
}

const list = (text: string) =>
  text
    .replace(/\([^)]*\)/g, "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);

/** An entry whose names end where the words begin, behind blanks. */
function entryOf(line: string): Entry {
  const [, names = "", words = ""] = /^(.*?\S)(?: {2,}(.*)|(?<=\.cf) (.*))?$/.exec(line) ?? [];
  return { names: list(names), words: words || (/\.cf (.*)$/.exec(line)?.[1] ?? "") };
}

/** Reads the header of a folder. */
export function readHeader(folder: string): Header {
  const text = readFileSync(new URL(`../../src/host/tool/${folder}/header.sh`, import.meta.url), "utf8");
  const bare = text.replace(/^# ?/gm, "");
  const [, name = "", about = ""] = /^(\S+) - (.*)\n/.exec(bare) ?? [];
  const section = (title: string) =>
    (new RegExp(`^${title}\\n((?: {2}.*\\n)*)`, "m").exec(bare)?.[1] ?? "").replace(/^ {2}/gm, "").trimEnd();
  const lines = (title: string) => section(title).split("\n").filter(Boolean);
  return {
    folder: name,
    about,
    synopsis: lines("SYNOPSIS").map(entryOf),
    files: lines("FILES").map((line) => {
      const [, how = "", rest = ""] = /^(rw|r ) (.*)$/.exec(line) ?? [];
      return { ...entryOf(rest), writes: how === "rw" };
    }),
    sets: list(section("SETS").replaceAll("\n", " ")),
    diagnostics: lines("DIAGNOSTICS").map(entryOf),
    // A bug is a sentence or two; each begins a line.
    bugs: section("BUGS").split(/(?<=\.)\n/),
  };
}
