// Which arguments are secret. The schema marks each of them; whoever has to know asks the schema here.

import { z } from "zod";
import type { Path } from "./problems.ts";

/** Marks a schema: its value is a secret, in the state, in a stack file and in error messages. */
export const secret = <T extends z.ZodType>(schema: T): T => schema.meta({ secret: true });

const isWrapper = (schema: z.ZodType) => schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;

/** The schema without `optional` and `default` around it. */
const bare = (schema: z.ZodType): z.ZodType =>
  isWrapper(schema) ? bare((schema as z.ZodOptional<z.ZodType>).unwrap()) : schema;

/** Whether a value of this schema is a secret. */
export const isSecret = (schema: z.ZodType): boolean => bare(schema).meta()?.secret === true;

/** Whether a value of this schema is a secret, or has one somewhere inside. */
export function holdsSecret(schema: z.ZodType): boolean {
  const own = bare(schema);
  if (own instanceof z.ZodObject) return Object.values<z.ZodType>(own.shape).some(holdsSecret);
  return isSecret(own) || (entries(own) !== undefined && holdsSecret(entries(own) as z.ZodType));
}

/** The schema of the entries of a list or map. */
function entries(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  return schema instanceof z.ZodArray ? (schema.element as z.ZodType) : undefined;
}

/** Whether a value has entries, as an object or a list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** The value without its secrets. Entries that the schema does not know are kept. */
export function withoutSecrets(schema: z.ZodType, value: unknown): unknown {
  if (!holdsSecret(schema) || !isObject(value)) return value;
  const open = Object.entries(value).flatMap(([key, entry]): [string, unknown][] => {
    const inner = below(schema, key);
    if (inner && isSecret(inner)) return [];
    return [[key, inner ? withoutSecrets(inner, entry) : entry]];
  });
  return Array.isArray(value) ? open.map(([, entry]) => entry) : Object.fromEntries(open);
}

/** The schema of the value under a key; undefined where no such key is known. */
export function below(schema: z.ZodType, key: string | number): z.ZodType | undefined {
  const own = bare(schema);
  if (own instanceof z.ZodObject) return Object.hasOwn(own.shape, key) ? own.shape[key] : undefined;
  return entries(own);
}

/** Whether the value at this path is a secret. */
export function isSecretAt(schema: z.ZodType, [key, ...rest]: Path): boolean {
  if (key === undefined) return isSecret(schema);
  const inner = below(schema, key);
  return inner !== undefined && isSecretAt(inner, rest);
}

/** Whether everybody may read the value at this path. An unknown key may have a secret in the wrong place. */
export function isPublic(schema: z.ZodType, [key, ...rest]: Path): boolean {
  if (key === undefined) return !holdsSecret(schema);
  const inner = below(schema, key);
  return inner !== undefined && isPublic(inner, rest);
}

/** The paths of all secrets in a value. */
export function secretPaths(schema: z.ZodType, value: unknown, path: Path = []): Path[] {
  if (isSecret(schema)) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => {
    const inner = below(schema, key);
    return inner ? secretPaths(inner, entry, [...path, Array.isArray(value) ? Number(key) : key]) : [];
  });
}
