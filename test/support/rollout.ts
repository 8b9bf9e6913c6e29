// Plans of rollouts, and how one of them has ended.

import type { Plan, Policy } from "../../src/rollout/plan.ts";
import { initial, step } from "../../src/rollout/planner.ts";
import type { Outcome } from "../../src/rollout/states.ts";
import { type Child, type RolloutStatus, statusOf } from "../../src/rollout/status.ts";

/** Two at once, nothing borne, nobody asked. */
const plainPolicy: Policy = {
  concurrency: 2,
  maxFailures: 0,
  maxUnreachable: 0,
  bake: 0,
  approval: "none",
  timeout: 60,
  gate: false,
};

/** A wave of stacks with a host each. */
const waveOf = (stacks: readonly string[]) =>
  stacks.map((stack) => ({ stack, hosts: 1, fingerprint: "f" })) as unknown as Plan["waves"][number];

/** A plan with these waves. */
export const planOf = (id: string, waves: readonly (readonly string[])[], policy: Partial<Policy> = {}): Plan => ({
  ...{ version: 1, id, project: "mail" },
  policy: { ...plainPolicy, ...policy },
  waves: waves.map(waveOf) as unknown as Plan["waves"],
});

const WHY = [
  "535 5.7.8 Error: authentication failed: the relay refuses the user name or password",
  "What to do: check credentials.username and credentials.password",
  "Log: postfix/smtp[4711]: 9F1A2: SASL authentication failed; server smtp.example.net[192.0.2.25] said: 535 5.7.8",
];

/** One in which three stacks have failed, and nearly all others were changed; with that many stacks. */
export function ended(count: number): RolloutStatus {
  const names = Array.from({ length: count }, (_, index) => `web-${index + 1}.customer-${(index % 7) + 1}`);
  const waves = [names.slice(0, 1), names.slice(1, Math.ceil(count / 4)), names.slice(Math.ceil(count / 4))];
  const plan = planOf("2026-11-30-a", waves, { concurrency: 8, maxFailures: 2, timeout: 900 });
  const outcome = (index: number): Outcome =>
    [5, 21, 40].includes(index) ? "failed" : index % 9 === 4 ? "unchanged" : "succeeded";
  let { state } = step(plan, initial(plan), { type: "begin" });
  for (const wave of waves)
    ({ state } = step(plan, state, {
      type: "ended",
      results: wave.map((stack) => ({ stack, state: outcome(names.indexOf(stack)), seconds: 5, why: "" })),
    }));
  const children = names.map(
    (stack, index): Child => ({
      stack,
      start: 1,
      state: {
        ...{ stack, state: outcome(index), how: "ran", attempts: 1, changes: { update: 2 }, folder: `/jobs/${stack}` },
        began: 1_796_000_000_000 + Math.floor(index / 8) * 6000,
        ended: 1_796_000_000_000 + Math.floor(index / 8) * 6000 + 3000 + (index % 8) * 400,
        why: outcome(index) === "failed" ? WHY : [],
      },
    }),
  );
  return statusOf(plan, state, children, 0);
}
