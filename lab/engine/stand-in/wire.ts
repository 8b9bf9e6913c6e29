// Part of the stand-in for the command provider (command-provider.ts): how values are encoded between engine and
// provider. Unused where the official provider is installed.

/** Any value on the wire: JSON, with the engine's marked objects for secrets. */
export type Wire = null | boolean | number | string | Wire[] | { [key: string]: Wire };

/** The inputs or outputs of one resource on the wire. */
export type Properties = Record<string, Wire>;

const MARK = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Placeholder of a value that is unknown until the update runs. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True for an object that is not an array. */
export function isObject(value: Wire | undefined): value is { [key: string]: Wire } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for the engine's wrapper of a secret. */
export function isSecret(value: Wire | undefined): value is { [key: string]: Wire } {
  return isObject(value) && value[MARK] === SECRET;
}

/** Wraps a value as a secret, unless it is wrapped already. */
export function secret(value: Wire): Wire {
  return isSecret(value) ? value : { [MARK]: SECRET, value };
}

/** Removes one wrapper, if there is one. */
export function unwrapped(value: Wire | undefined): Wire | undefined {
  return isSecret(value) ? value.value : value;
}

/** The value without wrappers at any depth: for use here, never to be sent back. */
export function plain(value: Wire): Wire {
  if (isSecret(value)) return plain(value.value ?? null);
  if (Array.isArray(value)) return value.map(plain);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}
