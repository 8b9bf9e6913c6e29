import type { Path } from "../settings/problems.ts";

/** An object in the configuration of a stack. */
export type Tree = Record<string, unknown>;

/** Whether a value is an object. */
export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether there is a value at the end of the path. */
export function has(value: unknown, [key, ...rest]: Path): boolean {
  if (key === undefined) return true;
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) && has((value as Tree)[key], rest);
}

/** The value at the end of the path; undefined where there is none. */
export const valueAt = (value: unknown, [key, ...rest]: Path): unknown =>
  key === undefined ? value : valueAt((value as Record<string | number, unknown> | undefined)?.[key], rest);

/** Both together; where they differ, the second wins. */
export function merge(common: Tree, host: Tree): Tree {
  const both = { ...common, ...host };
  for (const [key, value] of Object.entries(host)) {
    const beside = common[key];
    if (isTree(value) && isTree(beside)) both[key] = merge(beside, value);
  }
  return both;
}

/** The tree with these keys alone. */
export function pick(tree: Tree, keys: readonly string[]): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([key]) => keys.includes(key)));
}
