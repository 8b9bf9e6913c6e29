// A host has one Relay. Two of one stack would overwrite each other at each `pulumi up`.

import { isIPv6 } from "node:net";
import { canonical } from "./fields/network.ts";
import type { Problem } from "./problems.ts";

interface Endpoint {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly proxy?: unknown;
}

/** The place that a connection leads to; undefined as long as a part of it is not known. */
export function addressOf(connection: unknown): string | undefined {
  const { host, port = 22, proxy } = (connection ?? {}) as Endpoint;
  if (typeof host !== "string" || typeof port !== "number") return undefined;
  const own = `${isIPv6(host) ? canonical(host) : host.toLowerCase()} port ${port}`;
  if (proxy === undefined) return own;
  const by = addressOf(proxy);
  return by && `${own} through ${by}`;
}

/** The problem of a host that another Relay has. */
export const sharedHost = (at: Problem["path"], other: string): Problem => ({
  path: [...at, "connection", "host"],
  reason: `is the host of Relay ${other} too, and a host has one Relay; give it another host, or remove one of them`,
});
