// What the host learns about the Relay that sets it up.

import * as pulumi from "@pulumi/pulumi";
import { earlierOwners, type Named, ownerText } from "../host/owner.ts";
import type { Origin } from "../host/steps.ts";

/** What every resource has, though Pulumi does not document it: without it, aliases are not known to the host. */
interface Inside {
  readonly __name?: string;
  readonly __aliases?: readonly pulumi.Input<string>[];
  readonly __parentResource?: pulumi.Resource & Inside;
}

/**
 * The value of an Output without what it depends on. The URN of a Relay depends on its children, and theirs wait for what
 * is made here.
 */
const alone = (value: pulumi.Input<string>): Promise<string> =>
  (pulumi.output(value) as unknown as { promise(): Promise<string> }).promise();

/** The resource and its parents, with the URNs they had before. */
async function lineage(resource: Inside | undefined): Promise<Named[]> {
  if (!resource) return [];
  const aliases = await Promise.all((resource.__aliases ?? []).map(alone));
  const own = { name: resource.__name ?? "", aliases: aliases.filter((urn) => typeof urn === "string") };
  return [own, ...(await lineage(resource.__parentResource))];
}

/** The owner of the host, and the lines that tell the host, given the argument `formerly`. */
export function originOf(relay: pulumi.ComponentResource, name: string) {
  const own = { project: pulumi.getProject(), stack: pulumi.getStack(), name };
  const owner = ownerText(own);
  const known = pulumi.output(Promise.all([alone(relay.urn), lineage(relay as Inside)]));
  const tell = (formerly: readonly string[]): pulumi.Output<Origin> =>
    known.apply(([resource, resources]) => ({ owner, resource, formerly: earlierOwners(own, resources, formerly) }));
  return { owner, tell };
}
