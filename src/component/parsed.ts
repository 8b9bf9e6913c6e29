// Arguments that were checked before a component gets them: by the stack program, or by a fleet. The result goes with
// them, so that nobody checks them again.

import type { ParsedHost } from "../settings/fleet.ts";
import type { Parsed } from "../settings/parse.ts";

/** No user writes this key, and Pulumi registers no property whose key is a symbol. */
const PARSED = Symbol("parsed");

/** The arguments together with the result of the check. */
export const withParsed = <T extends object>(args: T, parsed: Parsed): T => ({ ...args, [PARSED]: parsed });

/** The result of the check; undefined if nobody has checked these arguments. */
export const parsedBefore = (args: object): Parsed | undefined => (args as { readonly [PARSED]?: Parsed })[PARSED];

/** The arguments of the hosts of a fleet that were checked before. */
export const fleetHosts = (hosts: readonly ParsedHost[]) => hosts.map(({ args, parsed }) => withParsed(args, parsed));
