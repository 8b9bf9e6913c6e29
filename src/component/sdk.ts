// The internals of the SDK: what Pulumi does not document. No other file reaches into it.
// They decide what a preview can know already, which names a resource had before, what a Relay waits for, and how an
// error is shown; never whether an argument is sealed.

import * as pulumi from "@pulumi/pulumi";
import * as state from "@pulumi/pulumi/runtime/state.js";
import type { NamedResource } from "../host/owner.ts";

interface OutputInside<T> {
  readonly isKnown: Promise<boolean>;
  promise(): Promise<T>;
}

interface ResourceInside {
  readonly __data?: Promise<unknown>;
  readonly __childResources?: ReadonlySet<pulumi.Resource>;
  readonly __remote?: boolean;
  readonly __name?: string;
  readonly __aliases?: readonly pulumi.Input<string>[];
  readonly __parentResource?: pulumi.Resource;
}

interface StateInside {
  /** What the SDK knows of the engine of the program that is running. */
  getStore(): { readonly supportsErrorHooks: boolean };
}

/** A client of gRPC. */
interface MonitorInside {
  getChannel?(): { getTarget(): string };
}

const partsOf = (resource: pulumi.Resource) => resource as unknown as ResourceInside;

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

/** The resource and its parents, the nearest first. */
function ancestry(resource: pulumi.Resource | undefined): pulumi.Resource[] {
  return resource ? [resource, ...ancestry(partsOf(resource).__parentResource)] : [];
}

/** The resource and its parents, the nearest first, with the URNs that they had before. */
export const lineage = (resource: pulumi.Resource): Promise<NamedResource[]> =>
  Promise.all(
    ancestry(resource).map(async (one) => {
      const { __name: name = "", __aliases: given = [] } = partsOf(one);
      const aliases = await Promise.all(given.map((alias) => inside(alias).promise()));
      return { name, aliases: aliases.filter((urn) => typeof urn === "string") };
    }),
  );

/** Resources that something waits for, now that the engine is done with them. */
export interface Settled {
  readonly done: pulumi.Resource[];
  /** What stands for those that failed, or were skipped after another that failed. */
  readonly failed: pulumi.Resource[];
}

/**
 * Awaits resources, those inside of components for these, except `below` and the components that it is in. Whoever
 * depends on a failed resource itself is not registered by the SDK, and so is deleted where the update goes on after
 * errors; whoever depends on what stands for it is skipped by the engine, and kept.
 */
export async function settle(
  dependsOn: pulumi.ResourceOptions["dependsOn"],
  below?: pulumi.Resource,
): Promise<Settled> {
  const outer = ancestry(below);
  const all = await Promise.all((await flat(dependsOn)).map((resource) => leaves(resource, outer)));
  const settled = await Promise.all([...new Set(all.flat())].map(settleOne));
  return {
    done: settled.flatMap(({ resource, ok }) => (ok ? [resource] : [])),
    failed: settled.flatMap(({ resource, ok }) => (ok ? [] : [resource])),
  };
}

async function flat(dependsOn: unknown): Promise<pulumi.Resource[]> {
  const value = await (pulumi.Output.isInstance(dependsOn) ? knownValue(dependsOn) : dependsOn);
  if (Array.isArray(value)) return (await Promise.all(value.map(flat))).flat();
  return value === undefined || value === null ? [] : [value as pulumi.Resource];
}

/** What the engine does something for: the resource itself, or what is in a component of this program. */
async function leaves(resource: pulumi.Resource, outer: readonly pulumi.Resource[]): Promise<pulumi.Resource[]> {
  if (outer.includes(resource)) return [];
  const { __remote: remote, __data: made } = partsOf(resource);
  if (remote || !pulumi.ComponentResource.isInstance(resource)) return [resource];
  await made;
  const children = [...(partsOf(resource).__childResources ?? [])];
  return (await Promise.all(children.map((child) => leaves(child, outer)))).flat();
}

async function settleOne(resource: pulumi.Resource): Promise<{ resource: pulumi.Resource; ok: boolean }> {
  try {
    await urnOf(resource);
    return { resource, ok: true };
  } catch {
    const parent = partsOf(resource).__parentResource;
    const urn = pulumi.createUrn(pulumi.resourceName(resource), pulumi.resourceType(resource), parent);
    return { resource: new pulumi.DependencyResource(await inside(urn).promise()), ok: false };
  }
}

/** Whether there is an engine, and one that calls hooks when a step fails. */
export const hasErrorHooks = (): boolean =>
  pulumi.runtime.getEngine() !== undefined && (state as unknown as StateInside).getStore().supportsErrorHooks;

/**
 * The address at which the engine takes resources, which each run has anew: in the plugin there is no stack that would
 * tell one run from the next.
 */
export const monitorAddress = (): string | undefined =>
  (pulumi.runtime.getMonitor() as unknown as MonitorInside | undefined)?.getChannel?.().getTarget();

/** The mark of a `pulumi.RunError`, which is reported without a stack trace. */
export const RUN_ERROR = "__pulumiRunError";

/** The configuration of the stack, and its keys that hold a secret. */
export const stackConfig = (): { values: Record<string, string>; secretKeys: string[] } => ({
  values: pulumi.runtime.allConfig(),
  secretKeys: JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]"),
});
