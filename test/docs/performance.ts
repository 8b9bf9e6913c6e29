// The page about speed: its words are written by hand, its tables and its picture come from the last whole run of the
// benchmark.

import { readFileSync } from "node:fs";
import { chart } from "../../bench/chart.ts";
import type { Results } from "../../bench/results.ts";
import { page } from "../../bench/table.ts";

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

const results = (): Results => JSON.parse(read("bench/results.json"));

/** The page as Markdown. */
export const performancePage = (): string => page(read("docs/performance.md"), results());

/** Its picture. */
export const performancePicture = (): string => chart(results());
