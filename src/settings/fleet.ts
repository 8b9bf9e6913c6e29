// The hosts of a fleet: what they may not have in common, and the waves in which they are changed.

import type { FleetHostArgs } from "../args/fleet.ts";
import { WAVES } from "./defaults.ts";
import { addressOf, sharedHost } from "./one-host.ts";
import { check, type Parsed } from "./parse.ts";
import type { Problem } from "./problems.ts";
import * as schema from "./schema.ts";

/** A host of a fleet, before it is checked. */
interface GivenHost {
  readonly name?: unknown;
  readonly connection?: unknown;
  readonly gone?: unknown;
}

/** A host of a fleet: the arguments of its Relay, and the result of their check. */
export interface ParsedHost {
  readonly args: FleetHostArgs;
  readonly parsed: Parsed;
}

/** The result of the check of a fleet. Without problems, all of it is there. */
export interface ParsedFleet {
  readonly problems: readonly Problem[];
  /** The names of the hosts, in their order. */
  readonly names: readonly string[];
  readonly waves?: string[];
}

/** Checks the fleet as a whole: the names of its hosts, that each of them stands once, and the sizes of its waves. */
export function parseFleet(hosts: readonly GivenHost[], waves: unknown): ParsedFleet {
  const names = hosts.map(({ name }, index) => check(schema.hostName, name, ["hosts", index, "name"]));
  const sizes = check(schema.waves, waves, ["waves"]);
  const problems = [
    ...names.flatMap(({ value, problems }, index) => problems ?? duplicateName(value, index, hosts)),
    ...hosts.flatMap((_, index) => duplicateAddress(index, hosts)),
    ...(sizes.problems ?? []),
  ];
  return { problems, names: names.map(({ value = "" }) => value), waves: sizes.value };
}

function duplicateName(name: string, index: number, hosts: readonly GivenHost[]): Problem[] {
  if (hosts.findIndex((other) => other.name === name) === index) return [];
  const reason = `got ${JSON.stringify(name)}, which another host has; give each host a name of its own`;
  return [{ path: ["hosts", index, "name"], reason }];
}

function duplicateAddress(index: number, hosts: readonly GivenHost[]): Problem[] {
  const addresses = hosts.map(({ connection, gone }) => (gone ? undefined : addressOf(connection)));
  const first = addresses[index] === undefined ? index : addresses.indexOf(addresses[index]);
  const other = hosts[first]?.name;
  return first < index && other !== hosts[index]?.name ? [sharedHost(["hosts", index], String(other))] : [];
}

/**
 * Cuts the hosts into waves. Each size is that of one wave; the last one repeats. A percentage is one of all hosts that
 * are there, rounded up, so no wave is ever empty. A host that is gone proves nothing to those after it: it is in the
 * last wave, and does not count.
 */
export function inWaves<T extends { readonly name: string; readonly gone?: unknown }>(
  hosts: readonly T[],
  sizes = WAVES,
): T[][] {
  const there = hosts.filter(({ gone }) => !gone);
  const gone = hosts.filter(({ gone }) => gone);
  const waves: T[][] = [];
  for (let next = 0; next < there.length; next += waves.at(-1)?.length ?? 0) {
    const size = sizes[Math.min(waves.length, sizes.length - 1)] ?? "100%";
    const count = size.endsWith("%") ? Math.ceil((there.length * Number.parseInt(size, 10)) / 100) : Number(size);
    waves.push(there.slice(next, next + count));
  }
  if (gone.length === 0) return waves;
  return [...waves.slice(0, -1), [...(waves.at(-1) ?? []), ...gone]];
}
