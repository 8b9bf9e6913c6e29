// The protocol with the host tool: what it reads on its stdin.

import type { Files } from "../postfix/generation.ts";

/** A field for the host tool. Some names come several times. */
export type Field = readonly [name: string, value: string | number];

/** Fields on marked lines, then files. */
export function payload(fields: readonly Field[], files: Files = {}): string {
  return [
    ...fields.map(([name, value]) => `#% ${name} ${value}\n`),
    ...Object.entries(files).map(([name, text]) => `#% file ${name}\n${text}`),
  ].join("");
}

/** The values of a field in the stdin of a step, be it quoted in a script. */
export function fieldIn(stdin: string, name: string): string[] {
  const found = stdin.matchAll(new RegExp(`^(?:input=')?#% ${name} (.*)$`, "gm"));
  return [...found].map(([, value = ""]) => value.replaceAll("'\\''", "'"));
}
