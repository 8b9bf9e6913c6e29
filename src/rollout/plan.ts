// The plan of a rollout: which stacks, in which waves, under which policy. It is frozen when the rollout starts, and is
// all that the engine knows of a stack: no configuration, no secret.

import { createHash } from "node:crypto";
import { z } from "zod";
import { inWaves } from "../settings/fleet.ts";
import { check } from "../settings/parse.ts";
import { waves as sizesSchema } from "../settings/schema.ts";
import { codes, Refused } from "./refused.ts";

/** When somebody has to agree before the next wave. */
export const approvals = ["none", "after-canary", "each-wave"] as const;

const whole = z.int().nonnegative();

const policy = z.strictObject({
  /** Stacks that are changed at the same time. */
  concurrency: z.int().positive(),
  /** Failed stacks that are borne, over all waves; one more stops the rollout. */
  maxFailures: whole,
  /** The same for stacks that nobody has touched, since they do not answer or are locked. */
  maxUnreachable: whole,
  /** Seconds in which a wave is watched before the next one. */
  bake: z.number().nonnegative(),
  approval: z.enum(approvals),
  /** Seconds that one stack may take. */
  timeout: z.number().positive(),
  /** Whether the hosts of a wave are asked before the next one. */
  gate: z.boolean(),
});

/** What holds for all waves. */
export type Policy = Readonly<z.output<typeof policy>>;

const plannedStack = z.strictObject({
  stack: z.string(),
  /** How many hosts are in its file. */
  hosts: whole,
  /** What decides about its `pulumi up`, as a digest. */
  fingerprint: z.string(),
});

/** A stack of the plan. */
export type PlannedStack = Readonly<z.output<typeof plannedStack>>;

const plan = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  project: z.string(),
  policy,
  waves: z.array(z.array(plannedStack).nonempty()).nonempty(),
});

/** A plan. */
export type Plan = Readonly<z.output<typeof plan>>;

/** Reads a plan that was kept; one of another version is refused. */
export function readPlan(kept: unknown): Plan {
  const { data, success } = plan.safeParse(kept);
  if (success) return data;
  throw new Refused(
    "another version of postfix-relay has begun this rollout; continue it with that version",
    codes.unavailable,
  );
}

/** The stacks in waves, by sizes such as `1` and `25%` of which the last one repeats. */
export function waved(stacks: readonly PlannedStack[], sizes: readonly string[] | undefined): PlannedStack[][] {
  const { value, problems } = check(sizesSchema, sizes, ["wave"]);
  if (problems) throw new Refused(problems.map(({ reason }) => `--wave: ${reason}`).join("; "));
  return inWaves(
    stacks.map((stack) => ({ name: stack.stack, stack })),
    value,
  ).map((wave) => wave.map(({ stack }) => stack));
}

/** A short digest of all that the plan says, so that two people can tell whether they mean the same. */
export const planHash = ({ policy, waves }: Pick<Plan, "policy" | "waves">): string =>
  createHash("sha256").update(JSON.stringify({ policy, waves })).digest("hex").slice(0, 12);

/** All stacks of a plan, in their order. */
export const stacksOf = ({ waves }: Pick<Plan, "waves">): readonly PlannedStack[] => waves.flat();
