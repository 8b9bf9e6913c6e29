// From the nouns in tool/ to the one file on the host: joined in a fixed order, without what only readers need, and
// compressed to the same bytes on every machine (zlib is not: its builds differ).

import { readFileSync } from "node:fs";
import { gzipSync, strToU8 } from "fflate";

/**
 * The nouns in the order in which they are joined: each calls only itself and those before it. Words stand before code,
 * since gzip looks back no more than 32 kB.
 */
export const nouns = [
  "advice",
  "constants",
  "speak",
  "kernel",
  "state",
  "input",
  "postfix",
  "master-cf",
  "generation",
  "validate",
  "candidate",
  "log",
  "proof",
  "probe",
  "apt",
  "other-mta",
  "packages",
  "removal",
  "original",
  "monitoring",
  "drift",
  "fingerprint",
  "queue",
  "door",
  "journal",
  "switch",
  "install",
  "stage",
  "apply",
  "restore",
  "check",
  "main",
] as const;

const header = ["#!/bin/sh", "set -u", "umask 077", "unset CDPATH TMPDIR 2>/dev/null || :"];
const environment = [
  "LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "export LC_ALL PATH",
];

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8").replaceAll("\r", "");

/** The text of one noun; that of `advice` begins with its table. */
export const noun = (name: (typeof nouns)[number]): string =>
  name === "advice" ? advice(read("tool/advice.txt")) + read("tool/advice.sh") : read(`tool/${name}.sh`);

/** The table as a shell function that prints it. */
const advice = (table: string) =>
  `# advice: prints the table of advice.\nadvice() {\ncat <<'ADVICE'\n${table.replace(/^#.*\n|^\n/gm, "")}ADVICE\n}\n`;

/** The text of `postrelay`: what goes to /usr/local/sbin on a host. */
export const tool = (): string => `${[...header, ...environment].join("\n")}\n${minified(nouns.map(noun).join(""))}`;

/** Without whole-line comments, blank lines and indentation; here-documents stay as they are. */
export function minified(script: string): string {
  let until: string | undefined;
  const kept = script.split("\n").flatMap((line) => {
    if (until !== undefined) {
      if (line === until) until = undefined;
      return [line];
    }
    const bare = line.trimStart();
    if (bare === "" || bare.startsWith("#")) return [];
    until = /<<'(\w+)'/.exec(bare)?.[1];
    return [bare];
  });
  return `${kept.join("\n")}\n`;
}

/** What unpacks the tool on a host; its first line says so. */
export function bootstrap(): string {
  const text = read("bootstrap.sh");
  return text.slice(0, text.indexOf("\n") + 1) + minified(text);
}

/** The compressed tool, in no time: for a checkout, which makes it anew in each run. */
export const packed = (): Buffer => Buffer.from(gzipSync(strToU8(tool()), { level: 9, mtime: 0 }));
