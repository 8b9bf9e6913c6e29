// The values that a fleet needs before it makes its Relays, out of inputs that may come as Outputs.

import * as pulumi from "@pulumi/pulumi";
import type { FleetHostArgs } from "../args/fleet.ts";
import { refuse } from "../component/invalid-args.ts";
import { knownValue } from "../component/sdk.ts";
import type { Path } from "../settings/problems.ts";

async function early<T>(path: Path, value: unknown): Promise<T> {
  const found = await knownValue(value);
  if (found === undefined)
    refuse("RelayFleet", [{ path, reason: "comes too late; give a value that a preview knows already" }]);
  return found as T;
}

/**
 * The hosts, each with its plain name. A list that comes as one Output, as from Go, loses its secrets: Relay makes
 * passwords and keys secrets again.
 */
export async function earlyHosts(hosts: unknown): Promise<FleetHostArgs[]> {
  const list = Array.isArray(hosts) ? hosts : await early<unknown[]>(["hosts"], hosts);
  return await Promise.all(
    list.map(async (entry, index) => {
      const host = (pulumi.Output.isInstance(entry) ? await early(["hosts", index], entry) : entry) as FleetHostArgs;
      const name = await early<string>(["hosts", index, "name"], host.name);
      return host.gone === undefined
        ? { ...host, name }
        : { ...host, name, gone: (await knownValue(host.gone)) === true };
    }),
  );
}
