import type { Problem } from "../settings/problems.ts";
import { addressOf, taken } from "./one-host.ts";

/** What is looked at of a host. */
interface Host {
  readonly name?: unknown;
  readonly connection?: unknown;
  readonly gone?: unknown;
}

/** One host first, then all others. */
const DEFAULT = ["1", "100%"];

/** What is wrong with a fleet as such: the names of its hosts, hosts that stand twice, the sizes of its waves. */
export function fleetProblems(hosts: readonly Host[], waves: unknown): Problem[] {
  return [...nameProblems(hosts), ...placeProblems(hosts), ...waveProblems(waves)];
}

function placeProblems(hosts: readonly Host[]): Problem[] {
  const places = hosts.map(({ connection, gone }) => (gone ? undefined : addressOf(connection)));
  return hosts.flatMap(({ name }, index) => {
    const first = places[index] === undefined ? index : places.indexOf(places[index]);
    const other = hosts[first]?.name;
    return first < index && other !== name ? [taken(["hosts", index], String(other))] : [];
  });
}

function nameProblems(hosts: readonly Host[]): Problem[] {
  const allowed = "give each host a name of its own, such as web-1";
  return hosts.flatMap(({ name }, index) => {
    const path = ["hosts", index, "name"];
    if (name === undefined) return [{ path, reason: `missing; ${allowed}` }];
    const fault =
      typeof name !== "string" || !/^[\w.-]+$/.test(name)
        ? "which takes letters, digits, dots, dashes and underscores"
        : hosts.findIndex((other) => other.name === name) < index && "which another host has";
    return fault ? [{ path, reason: `got ${JSON.stringify(name)}, ${fault}; ${allowed}` }] : [];
  });
}

function waveProblems(waves: unknown): Problem[] {
  const allowed = 'give a number of hosts or a percentage, such as "1" or "25%"';
  if (waves === undefined) return [];
  if (!Array.isArray(waves) || waves.length === 0) return [{ path: ["waves"], reason: `needs a list; ${allowed}` }];
  return waves.flatMap((size, index) => {
    const [, amount, percent] = /^(\d+)(%?)$/.exec(size) ?? [];
    const valid = Number(amount) >= 1 && (!percent || Number(amount) <= 100);
    return valid ? [] : [{ path: ["waves", index], reason: `got ${JSON.stringify(size)}; ${allowed}` }];
  });
}

/**
 * Cuts the hosts into waves. Each size is that of one wave; the last one repeats. A percentage is one of all hosts,
 * rounded up, so no wave is ever empty.
 */
export function inWaves<T>(hosts: readonly T[], sizes: readonly string[] = DEFAULT): T[][] {
  const waves: T[][] = [];
  for (let done = 0; done < hosts.length; done += waves.at(-1)?.length ?? 0) {
    const size = sizes[Math.min(waves.length, sizes.length - 1)] ?? "100%";
    const count = size.endsWith("%") ? Math.ceil((hosts.length * Number.parseInt(size, 10)) / 100) : Number(size);
    waves.push(hosts.slice(done, done + count));
  }
  return waves;
}
