import { isIPv6 } from "node:net";
import type { RelayHost } from "../settings/settings.ts";

/**
 * The relay host as Postfix writes it. Brackets: no MX lookup, so mail cannot be redirected to another server. The
 * password is looked up under exactly this text.
 */
export function nextHop({ host, port, lookupMx }: RelayHost): string {
  if (lookupMx) return `${host}:${port}`;
  return isIPv6(host) ? `[ipv6:${host}]:${port}` : `[${host}]:${port}`;
}
