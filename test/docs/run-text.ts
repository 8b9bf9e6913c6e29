// What counts of a run of `pulumi` that nobody watches: it prints each beginning, too.

import { stripVTControlCharacters } from "node:util";

/** Whether a line above the sections stays: the first one, and the end of a step. */
const counts = (words: string) =>
  /^\S|^$/.test(words) ? !words.startsWith("@ ") : /^ \S{1,3} +\S+:\S+ \S+ (?!\w+ing\b)/.test(words);

/** The text without beginnings, and without the sections that are named. */
export function runText(text: string, without: readonly string[] = []): string {
  let section = "";
  const lines = text.split("\n").flatMap((line) => {
    const words = stripVTControlCharacters(line).trimEnd();
    const [, head] = /^(\w+):/.exec(words) ?? [];
    section = head ?? section;
    if (without.includes(section)) return head ? ["[…]", ""] : [];
    return section || counts(words) ? [line.trimEnd()] : [];
  });
  return `${lines
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}
