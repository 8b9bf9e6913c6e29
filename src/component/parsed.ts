// Arguments that were checked where they were put together. Whoever gets them next takes the result from here, once.

import type { Parsed } from "../settings/parse.ts";

const results = new WeakMap<object, Parsed>();

/** The same arguments, with what is known of them. Only for objects that nobody else can change. */
export function withParsed<T extends object>(args: T, parsed: Parsed): T {
  results.set(args, parsed);
  return args;
}

/** What is known of these arguments; undefined if nobody has checked them. */
export const parsedBefore = (args: object): Parsed | undefined => results.get(args);
