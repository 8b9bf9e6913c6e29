// Outputs and Promises in the arguments: what is known without them, what is kept secret, what stays public.

import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Path } from "../settings/problems.ts";
import { below, holdsSecret, isObject, isSecret } from "../settings/secrets.ts";

type Later = pulumi.Output<unknown> | Promise<unknown>;

/** Whether the value is known only when an Output or a Promise resolves. */
export const isLater = (value: unknown): value is Later => pulumi.Output.isInstance(value) || value instanceof Promise;

/** The same value without what is not known yet. */
export function withoutLater(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLater);
  if (isLater(value) || !isObject(value)) return isLater(value) ? undefined : value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutLater(entry)]));
}

/** Whether a part of the value is not known yet. */
export function hasLater(value: unknown): boolean {
  return isLater(value) || (isObject(value) && Object.values(value).some(hasLater));
}

/** Whether a part of the value is not known yet, its secrets aside. */
export function hasLaterPart(value: unknown, schema: z.ZodType): boolean {
  if (isLater(value)) return true;
  if (!isObject(value) || !holdsSecret(schema)) return hasLater(value);
  return Object.entries(value).some(([key, entry]) => {
    const inner = below(schema, key);
    if (!inner) return hasLater(entry);
    return !isSecret(inner) && hasLaterPart(entry, inner);
  });
}

/** Whether something on this path is not known yet. */
export function leadsToLater(value: unknown, [key, ...rest]: Path): boolean {
  return isLater(value) || (key !== undefined && isObject(value) && leadsToLater(value[key], rest));
}

/** Whether something beside the end of this path is not known yet, which may be what is given in its place. */
export function standsByLater(value: unknown, [key, ...rest]: Path): boolean {
  if (rest.length === 0 || key === undefined) return hasLater(value);
  return isObject(value) && standsByLater(value[key], rest);
}

/** Applies a function to the value now, or as soon as it is known. */
function whenKnown(value: unknown, change: (value: unknown) => unknown): unknown {
  if (pulumi.Output.isInstance(value)) return value.apply(change);
  return value instanceof Promise ? value.then(change) : change(value);
}

/**
 * The value with every secret marked as one, however it was given, and nothing else: the values beside a password stay
 * public unless the user has made them secret.
 */
export function markSecrets<T>(value: T, schema: z.ZodType): T {
  if (value === undefined || !holdsSecret(schema)) return value;
  if (isSecret(schema)) return pulumi.secret(value) as T;
  return whenKnown(value, (value) => entriesOf(value, schema, markSecrets)) as T;
}

/**
 * The value without its secrets. Where Pulumi has made an object secret only because of a secret in it, the rest is
 * public again; a value without a secret is left as the user gave it.
 */
export function publicPart(value: unknown, schema: z.ZodType): unknown {
  if (!holdsSecret(schema)) return value;
  if (isSecret(schema)) return undefined;
  const part = whenKnown(value, (value) => entriesOf(value, schema, publicPart));
  return pulumi.Output.isInstance(part) ? pulumi.unsecret(part) : part;
}

/** An object or list, each entry changed according to its schema. Entries that the schema does not know are kept. */
function entriesOf(value: unknown, schema: z.ZodType, change: (entry: unknown, schema: z.ZodType) => unknown): unknown {
  if (!isObject(value)) return value;
  const changed = Object.entries(value).map(([key, entry]): [string, unknown] => {
    const inner = below(schema, key);
    return [key, inner ? change(entry, inner) : entry];
  });
  if (Array.isArray(value)) return changed.map(([, entry]) => entry);
  return Object.fromEntries(changed.filter(([, entry]) => entry !== undefined));
}
