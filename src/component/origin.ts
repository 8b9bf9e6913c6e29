// The origin of the steps: the Relay, as its host knows it.

import * as pulumi from "@pulumi/pulumi";
import { earlierOwners, ownerText } from "../host/owner.ts";
import type { Origin } from "../host/steps.ts";
import { lineage, urnOf } from "./sdk.ts";

/** The owner of the host, and the lines that the host gets about it, given the argument `formerly`. */
export function originOf(relay: pulumi.ComponentResource, name: string) {
  const own = { project: pulumi.getProject(), stack: pulumi.getStack(), name };
  const owner = ownerText(own);
  const identity = Promise.all([urnOf(relay), lineage(relay)]);
  // Whoever needs it hears of a failure; where the Relay itself could not be registered, nobody does.
  identity.catch(() => {});
  const originWith = (formerly: readonly string[]): Promise<Origin> =>
    identity.then(([resource, resources]) => ({ owner, resource, formerly: earlierOwners(own, resources, formerly) }));
  return { owner, originWith };
}
