import * as pulumi from "@pulumi/pulumi";
import { type Problem, pathText, problemText } from "../settings/problems.ts";
import * as schema from "../settings/schema.ts";
import { isPublic } from "../settings/secrets.ts";
import { RUN_ERROR } from "./sdk.ts";

/**
 * All problems of the arguments of a Relay or a RelayFleet. Uncaught, it ends the program with its message alone,
 * without a stack trace; to programs in other languages it goes as one error for each property.
 */
export class InvalidArgs extends pulumi.InputPropertiesError {
  readonly [RUN_ERROR] = true;

  constructor(heading: string, problems: readonly Problem[]) {
    const message = problemText(heading, problems);
    super({ message, errors: problems.map(({ path, reason }) => ({ propertyPath: propertyPath(path), reason })) });
    // The SDK writes "error serializing property …" in front, once for each input that waited for the value.
    Object.defineProperty(this, "message", { get: () => message, set: () => {} });
  }
}

/** The engine prints the value that a property path leads to. One to a secret is written so that it finds none. */
const propertyPath = (path: Problem["path"]) =>
  isPublic(schema.fleet, path) ? pathText(path) : `${pathText(path)} (value not shown)`;

/** Throws if there are problems. */
export function refuse(heading: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidArgs(heading, problems);
}
