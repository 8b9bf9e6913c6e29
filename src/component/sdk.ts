// The internals of the SDK: what Pulumi does not document. No other file reaches into it.
// They decide what a preview can know already, which names a resource had before, and how an error is shown; never
// whether an argument is sealed, and never whether a step is kept.

import * as pulumi from "@pulumi/pulumi";
import type { NamedResource } from "../host/owner.ts";

interface OutputInside<T> {
  readonly isKnown: Promise<boolean>;
  promise(): Promise<T>;
}

interface ResourceInside {
  readonly __name?: string;
  readonly __aliases?: readonly pulumi.Input<string>[];
  readonly __parentResource?: ResourceInside;
}

const inside = <T>(value: pulumi.Input<T>) => pulumi.output(value) as unknown as OutputInside<T>;

/** The value with all that is in it; undefined where a preview does not know a part of it. */
export async function knownValue<T>(value: pulumi.Input<T>): Promise<T | undefined> {
  const output = inside(value);
  return (await output.isKnown) ? await output.promise() : undefined;
}

/**
 * The URN of a resource, without what it depends on. The URN of a Relay depends on its children, and theirs wait for
 * what is made from it.
 */
export const urnOf = (resource: pulumi.Resource): Promise<string> => inside(resource.urn).promise();

/** The resource and its parents, the nearest first, with the URNs that they had before. */
export const lineage = (resource: pulumi.Resource): Promise<NamedResource[]> => ancestors(resource as ResourceInside);

async function ancestors(resource: ResourceInside | undefined): Promise<NamedResource[]> {
  if (!resource) return [];
  const aliases = await Promise.all((resource.__aliases ?? []).map((alias) => inside(alias).promise()));
  const own = { name: resource.__name ?? "", aliases: aliases.filter((urn) => typeof urn === "string") };
  return [own, ...(await ancestors(resource.__parentResource))];
}

/** The mark of a `pulumi.RunError`, which is reported without a stack trace. */
export const RUN_ERROR = "__pulumiRunError";

/** The configuration of the stack, and its keys that hold a secret. */
export const stackConfig = (): { values: Record<string, string>; secretKeys: string[] } => ({
  values: pulumi.runtime.allConfig(),
  secretKeys: JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]"),
});
