// Arguments that an Output or a Promise tells later, one of which may fail.

import * as pulumi from "@pulumi/pulumi";
import type { Path, Problem } from "../settings/problems.ts";
import * as schema from "../settings/schema.ts";
import { isPublic } from "../settings/secrets.ts";
import { isLater } from "./outputs.ts";

/** Arguments that reject nothing. */
export interface Guarded<T> {
  /** The same arguments; a value that fails is undefined in them. */
  readonly args: T;
  /** The failures so far, each with the path of its value. */
  readonly failures: readonly Problem[];
}

/**
 * The same arguments without a value that can fail. A failed value would end the registration of the Relay, and a Relay
 * that is not registered when a program ends is deleted.
 */
export function guardArgs<T>(args: T): Guarded<T> {
  const failures: Problem[] = [];
  const guard = (value: unknown, path: Path): unknown => {
    if (isLater(value))
      return pulumi.recover(pulumi.output(value), (error) => {
        failures.push({ path, reason: reasonOf(error, path) });
        return undefined;
      });
    if (Array.isArray(value)) return value.map((entry, index) => guard(entry, [...path, index]));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, guard(entry, [...path, key])]));
  };
  return { args: guard(args, []) as T, failures };
}

/** An error of a user's function quotes what it was given: that of a JSON parser, for one. */
function reasonOf(error: unknown, path: Path): string {
  const { name, message } = error instanceof Error ? error : { name: "an error", message: String(error) };
  const shown = isPublic(schema.relay, path) ? message : `${name}, not shown since it may quote a secret`;
  return `its value could not be computed: ${shown}`;
}

/** The problems, without those that only say that a failed value is missing. */
export function withFailures(problems: readonly Problem[], failures: readonly Problem[]): Problem[] {
  const isBelow = (path: Path, top: Path) => top.every((key, index) => path[index] === key);
  return [...failures, ...problems.filter(({ path }) => !failures.some((failure) => isBelow(path, failure.path)))];
}
