// Part of the stand-in for the command provider (command-provider.ts): the difference of two sets of inputs.
// Unused where the official provider is installed.
import { isDeepStrictEqual } from "node:util";
import type { Properties, Wire } from "./wire.ts";
import { isObject, isSecret } from "./wire.ts";

/** What happened to one property: the kinds of the engine's detailed diff. */
export type Change = "add" | "delete" | "update";

function step(prefix: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${prefix}["${key.replaceAll('"', '\\"')}"]`;
  return prefix === "" ? key : `${prefix}.${key}`;
}

/**
 * Each changed place with its kind. A secret is one place, whatever is in it, and a value that only became secret, or
 * stopped being one, has changed: both as the real provider does.
 */
export function differences(olds: Properties, news: Properties): Map<string, Change> {
  const found = new Map<string, Change>();
  const compareValues = (path: string, a: Wire | undefined, b: Wire | undefined): void => {
    const before = a ?? undefined;
    const after = b ?? undefined;
    if (before === undefined && after === undefined) return;
    if (before === undefined) found.set(path, "add");
    else if (after === undefined) found.set(path, "delete");
    else if (Array.isArray(before) && Array.isArray(after)) {
      for (let i = 0; i < Math.max(before.length, after.length); i++) {
        compareValues(`${path}[${i}]`, before[i], after[i]);
      }
    } else if (isObject(before) && isObject(after) && !isSecret(before) && !isSecret(after)) {
      compareObjects(path, before, after);
    } else if (!isDeepStrictEqual(before, after)) found.set(path, "update");
  };
  const compareObjects = (prefix: string, a: Properties, b: Properties): void => {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) compareValues(step(prefix, key), a[key], b[key]);
  };
  compareObjects("", olds, news);
  return found;
}
