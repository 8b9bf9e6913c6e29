// The page about speed: its words are written by hand, its tables come from the last whole run of the benchmark.

import { readFileSync } from "node:fs";
import type { Results } from "../../bench/results.ts";
import { page } from "../../bench/table.ts";

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

/** The page as Markdown. */
export const performancePage = (): string =>
  page(read("docs/performance.md"), JSON.parse(read("bench/results.json")) as Results);
