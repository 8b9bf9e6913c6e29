import { isIPv6 } from "node:net";
import type { Settings } from "../settings.ts";

/**
 * The relay host as Postfix writes it. Brackets: no MX lookup, so mail cannot be led to another server. The password is
 * looked up under exactly this text.
 */
export function nextHop({ host, port }: Settings["relayHost"]): string {
  return isIPv6(host) ? `[ipv6:${host}]:${port}` : `[${host}]:${port}`;
}
