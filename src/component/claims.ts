// The hosts that the Relays of a stack have, while its program runs.

import { addressOf, sharedHost } from "../settings/one-host.ts";
import type { Problem } from "../settings/problems.ts";

const claims = new WeakMap<object, Map<string, string>>();

/**
 * Notes that a Relay of the stack has this host. The key is the stack as it runs now: one process may run several
 * programs, and each of them twice.
 */
export function claim(stack: object | undefined, name: string, connection: unknown): Problem[] {
  const address = addressOf(connection);
  if (!stack || !address) return [];
  const claimed = claims.get(stack) ?? new Map<string, string>();
  claims.set(stack, claimed);
  const other = claimed.get(address) ?? name;
  claimed.set(address, other);
  return other === name ? [] : [sharedHost([], other)];
}
