// Times as Prometheus and systemd write them: 15m, 1h30m, 1d.

import { text } from "./kinds.ts";

const FORM = /^(?=.)(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?$/;

/** How many seconds that are; undefined if it is no time. */
export function secondsOf(value: string): number | undefined {
  const found = FORM.exec(value);
  if (!found) return undefined;
  const [days = 0, hours = 0, minutes = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60;
}

const LEAST = 15 * 60;
const MOST = 24 * 60 * 60;

/** The time between two probes. */
export const probeInterval = text(
  { allowed: "give days, hours and minutes, such as 15m, 1h30m or 1d: at least 15m, at most 1d" },
  [(value) => secondsOf(value) === undefined, "which is not a time"],
  [(value) => (secondsOf(value) ?? LEAST) < LEAST, "which is shorter than 15 minutes"],
  [(value) => (secondsOf(value) ?? MOST) > MOST, "which is longer than a day"],
);
