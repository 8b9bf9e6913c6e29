// What a preview and an update see of the host itself, beside what Pulumi's state says of it.

import * as pulumi from "@pulumi/pulumi";
import { type Drift, driftOf, textOf } from "../drift/drift.ts";
import { look } from "../drift/look.ts";
import type { Origin, Step } from "../host/steps.ts";
import type { Connection, Settings } from "../settings/settings.ts";
import { isKeyless } from "./inputs.ts";
import { show } from "./looks.ts";

/** Options for the children of a Relay. */
export type Watched = (step: Step, user: pulumi.Output<string>) => pulumi.CustomResourceOptions;

/**
 * Looks at the host once, as soon as it is known how. A step that has to be done again, because the host is no longer as
 * it was proven, gets an `update` command that names this drift, which is a change. What the state holds as `update` is
 * kept otherwise: it is from an earlier drift, and no change.
 */
export function watched(
  relay: pulumi.Resource,
  name: string,
  seen: pulumi.Output<[Origin, Settings, Connection]>,
): Watched {
  let drift: Promise<Drift | undefined> | undefined;
  seen.apply((known) => {
    drift = seenNow(relay, name, ...known);
  });
  return (step, user) => ({
    transforms: [
      async ({ props, opts }) => {
        // Pulumi knows the connection by now, or this preview does not know it at all.
        const { steps = [], id } = (await drift) ?? {};
        if (!steps.includes(step.suffix)) return { props, opts: { ...opts, ignoreChanges: ["update"] } };
        return { props: { ...props, update: user.apply((user) => `${step.create(user)} --repair ${id}`) }, opts };
      },
    ],
  });
}

/** One look; it warns of what is different. */
async function seenNow(
  relay: pulumi.Resource,
  name: string,
  { owner, formerly }: Origin,
  { drift: wanted, gone }: Settings,
  connection: Connection,
): Promise<Drift | undefined> {
  // Another warning says that there is no key.
  if (isKeyless(connection)) return undefined;
  // In a unit test with mocks there is no engine, and no host.
  if (wanted === "off" || gone || !pulumi.runtime.hasEngine()) return undefined;
  const drift = driftOf(await look(connection), [owner, ...formerly]);
  const said = textOf(name, drift, wanted === "repair");
  if (said) show(said.severity, said.text, relay);
  return wanted === "repair" ? drift : undefined;
}
