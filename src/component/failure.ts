// Whether the program of a stack has failed, as distinct from a step of it.

import * as pulumi from "@pulumi/pulumi";

/** The stacks, as they run now, of which a step has failed. */
const withFailedStep = new WeakSet<object>();

/** Notes that a step of this stack has failed. */
export function noteFailedStep(): void {
  const stack = pulumi.runtime.getStackResource();
  if (stack) withFailedStep.add(stack);
}

/**
 * Whether the program has failed. A step that fails makes errors as well, of whatever needed its outputs; with
 * `--continue-on-error` the other hosts get their changes all the same. In a unit test with mocks there is no engine,
 * and an earlier test of the process may have logged an error.
 */
export function hasFailed(): boolean {
  if (!pulumi.runtime.getEngine() || !pulumi.log.hasErrors()) return false;
  const stack = pulumi.runtime.getStackResource();
  return stack === undefined || !withFailedStep.has(stack);
}
