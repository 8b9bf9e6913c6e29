// The drift of a host, as a preview and an update see it: the host itself, beside what Pulumi's state says of it.

import * as pulumi from "@pulumi/pulumi";
import { driftOf, type HostDrift, textOf } from "../drift/drift.ts";
import { look } from "../drift/look.ts";
import type { Origin } from "../host/steps.ts";
import type { Connection, Settings } from "../settings/settings.ts";
import { isKeyless } from "./keyless.ts";
import { show } from "./look-ups.ts";

/**
 * Looks at the host once and warns of what is different; undefined where there is nothing to repair. `gather` gets the
 * reason why it could not be compared, where somebody tells that for several hosts.
 */
export async function driftOfHost(
  relay: pulumi.Resource,
  name: string,
  { owner, formerly }: Origin,
  { drift: wanted, gone }: Settings,
  connection: Connection,
  gather?: (reason: string) => void,
): Promise<HostDrift | undefined> {
  // Another warning says that there is no key.
  if (isKeyless(connection)) return undefined;
  // In a unit test with mocks there is no engine, and no host.
  if (wanted === "off" || gone || !pulumi.runtime.getEngine()) return undefined;
  // A look does not fail; should it, the host is unknown, and no less can be done there.
  const seen = await look(connection).catch((error: unknown) => ({
    kind: "unreachable" as const,
    reason: String(error),
  }));
  const drift = driftOf(seen, [owner, ...formerly]);
  const said = textOf(name, drift, wanted === "repair", !pulumi.runtime.isDryRun());
  if (drift.unknown && gather) gather(drift.unknown);
  else if (said) show(said.severity, said.text, relay);
  return wanted === "repair" ? drift : undefined;
}
