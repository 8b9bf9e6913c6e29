// What costs time, as numbers that are the same on each machine, with a limit for each in test/limits.json.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** Numbers by name, to any depth. */
export interface Numbers {
  readonly [name: string]: number | Numbers;
}

/** By how much a number may be above the one that was measured when the limits were written. */
const ROOM = 1.05;

const file = new URL("../limits.json", import.meta.url);
const read = (): Numbers => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});

/** The limits for what is measured now, by the same names. Of fewer than 20 not one more is allowed. */
export const limitsFor = (measured: Numbers): Numbers =>
  Object.fromEntries(
    Object.entries(measured).map(([name, value]) => [
      name,
      typeof value === "number" ? Math.floor(value * ROOM + 1e-9) : limitsFor(value),
    ]),
  );

/** What is above its limit, one line each. What has no limit may not be there at all. */
export const excesses = (measured: Numbers, limits: Numbers, path: readonly string[] = []): string[] =>
  Object.entries(measured).flatMap(([name, value]) => {
    const limit = limits[name];
    const at = [...path, name];
    if (typeof value !== "number") return excesses(value, typeof limit === "object" ? limit : {}, at);
    const most = typeof limit === "number" ? limit : 0;
    return value > most ? [`${at.join(", ")}: ${value}, and at most ${most} are allowed`] : [];
  });

/** Each number beside its limit, one line each; below `depth` names only the sum. */
export function lines(measured: Numbers, limits: Numbers, depth: number): string[] {
  return Object.entries(measured).flatMap(([name, value]) => {
    const limit = limits[name] ?? 0;
    if (typeof value === "number" || depth <= 1) return [`${name}: ${told(sum(value))} (limit ${told(sum(limit))})`];
    return lines(value, typeof limit === "object" ? limit : {}, depth - 1).map((line) => `${name}, ${line}`);
  });
}

const told = (value: number) => value.toLocaleString("en-US");

const sum = (value: number | Numbers): number =>
  typeof value === "number" ? value : Object.values(value).reduce<number>((all, one) => all + sum(one), 0);

/**
 * Compares one part of test/limits.json with what is measured, prints both, and returns what is above its limit. With
 * UPDATE_LIMITS=1 it writes that part anew first. `depth` is how many names below the part each printed line has; what
 * is deeper is summed up.
 */
export function aboveLimits(part: string, measured: Numbers, depth = Infinity): string[] {
  if (process.env.UPDATE_LIMITS) write(part, limitsFor(measured));
  const all = read()[part];
  const limits = typeof all === "object" ? all : {};
  console.log(lines({ [part]: measured }, { [part]: limits }, depth + 1).join("\n"));
  return excesses(measured, limits, [part]);
}

/** At once, since the tests of hosts may write another part at the same time. */
function write(part: string, limits: Numbers): void {
  const all = Object.entries({ ...read(), [part]: limits }).sort(([a], [b]) => (a < b ? -1 : 1));
  const written = new URL(`limits.json.${process.pid}`, file);
  writeFileSync(written, `${JSON.stringify(Object.fromEntries(all), undefined, 2)}\n`);
  renameSync(written, file);
}
