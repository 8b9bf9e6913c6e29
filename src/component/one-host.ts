// A host has one Relay. Two of one stack would overwrite each other at each `pulumi up`.

import { isIPv6 } from "node:net";
import { canonical } from "../settings/fields/network.ts";
import type { Problem } from "../settings/problems.ts";

interface Place {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly proxy?: unknown;
}

/** Where a connection leads; undefined as long as a part of it is not known. */
export function addressOf(connection: unknown): string | undefined {
  const { host, port = 22, proxy } = (connection ?? {}) as Place;
  if (typeof host !== "string" || typeof port !== "number") return undefined;
  const own = `${isIPv6(host) ? canonical(host) : host.toLowerCase()} port ${port}`;
  if (proxy === undefined) return own;
  const by = addressOf(proxy);
  return by && `${own} by way of ${by}`;
}

/** The problem of a host that another Relay has. */
export const taken = (at: Problem["path"], other: string): Problem => ({
  path: [...at, "connection", "host"],
  reason: `is the host of Relay ${other} too, and a host has one Relay; give it another host, or remove one of them`,
});

const claims = new WeakMap<object, Map<string, string>>();

/**
 * Notes that a Relay of the stack has this host. The key is the stack as it runs now: one process may run several
 * programs, and each of them twice.
 */
export function claim(stack: object | undefined, name: string, connection: unknown): Problem[] {
  const address = addressOf(connection);
  if (!stack || !address) return [];
  const known = claims.get(stack) ?? new Map<string, string>();
  claims.set(stack, known);
  const other = known.get(address) ?? name;
  known.set(address, other);
  return other === name ? [] : [taken([], other)];
}
