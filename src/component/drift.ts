// A host, as a preview and an update see it: the host itself, beside what Pulumi's state says of it.

import * as pulumi from "@pulumi/pulumi";
import { driftOf, type HostDrift, isOf, textOf } from "../drift/drift.ts";
import { type Look, look } from "../drift/look.ts";
import type { Origin } from "../host/steps.ts";
import type { Connection, Settings } from "../settings/settings.ts";
import { isKeyless } from "./keyless.ts";
import { show } from "./look-ups.ts";

/** Looks at the host once; undefined where nobody has to, or can. */
export async function lookAtHost(
  { drift, gone, testDelivery }: Settings,
  connection: Connection,
): Promise<Look | undefined> {
  // Another warning says that there is no key.
  if (isKeyless(connection)) return undefined;
  // In a unit test with mocks there is no engine, and no host.
  if (gone || !pulumi.runtime.getEngine()) return undefined;
  // What was found in the mailbox lies on the host.
  if (drift === "off" && !testDelivery.inbox) return undefined;
  // A look does not fail; should it, the host is unknown, and no less can be done there.
  return await look(connection).catch((error: unknown) => ({ kind: "unreachable" as const, reason: String(error) }));
}

/**
 * Warns of what is different on a host that was looked at; undefined where there is nothing to repair. `gather` gets
 * the reason why it could not be compared, where somebody tells that for several hosts.
 */
export function driftSeen(
  relay: pulumi.Resource,
  name: string,
  { owner, formerly }: Origin,
  { drift: wanted }: Settings,
  seen: Look | undefined,
  gather?: (reason: string) => void,
): HostDrift | undefined {
  if (wanted === "off" || !seen) return undefined;
  const drift = driftOf(seen, [owner, ...formerly]);
  const said = textOf(name, drift, wanted === "repair", !pulumi.runtime.isDryRun());
  if (drift.unknown && gather) gather(drift.unknown);
  else if (said) show(said.severity, said.text, relay);
  return wanted === "repair" ? drift : undefined;
}

/** What the host keeps of the mailbox; undefined where it could not be asked. */
export function recordOn(seen: Look | undefined, { owner, formerly }: Origin): string | undefined {
  if (seen?.kind === "absent") return "";
  if (seen?.kind !== "report") return undefined;
  return isOf([owner, ...formerly], seen.report.owner) ? seen.report.seen : undefined;
}

/**
 * Whether the program can bring the host tool (bring.ts). Of what an SSH agent has, only the steps can use certificates
 * and hardware keys: with an agent, a look at the host shows whether the program can log in with the rest.
 */
export const canBring = ({ drift }: Settings, { privateKey }: Connection, seen: Look | undefined): boolean =>
  privateKey !== undefined || (drift !== "off" && !(seen?.kind === "unreachable" && seen.agentRefused));
