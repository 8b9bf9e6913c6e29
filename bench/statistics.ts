// What a row of measurements says.

import { max, median, min } from "simple-statistics";

/** Seconds of one case and one contestant. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** Median, least and most; undefined for no measurement. */
export function summary(seconds: readonly number[]): Summary | undefined {
  if (seconds.length === 0) return undefined;
  const all = [...seconds];
  return { median: median(all), min: min(all), max: max(all), runs: all.length };
}

/** How a time is written: two digits that mean something. */
export const told = (seconds: number): string => seconds.toFixed(seconds < 10 ? 2 : 1);
