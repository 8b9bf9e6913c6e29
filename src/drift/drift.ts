// What a look means for the steps of a Relay: which are done again, and what is said about it.

import { type HostReport, stepNames } from "./host-report.ts";
import type { Look } from "./look.ts";

/** The step of a Relay. */
export type StepName = (typeof stepNames)[number];

/** What is no longer as it was proven. */
export interface Drift {
  /** The steps that repair it. */
  readonly steps: readonly StepName[];
  /** Distinguishes it from the same drift at another time: a repair that was done once has to be done again. */
  readonly id: string;
  /** What is different, in words; none when the host is as it was proven. */
  readonly words: readonly string[];
  /** Why nothing can be said about the host. */
  readonly unknown?: string;
}

const NONE: Drift = { steps: [], id: "", words: [] };

/** What a look means to the Relay that has one of these owners; the later ones are earlier names of it. */
export function driftOf(look: Look, owners: readonly string[]): Drift {
  switch (look.kind) {
    case "unreachable":
      return { ...NONE, unknown: `it could not be looked at: ${look.reason}` };
    case "absent":
      return { steps: stepNames, id: look.id, words: ["nothing of postfix-relay is on it"] };
    case "report":
      return isOf(owners, look.report.owner)
        ? reported(look.report)
        : { ...NONE, unknown: `it belongs to another Relay, ${look.report.owner}` };
  }
}

const isOf = (owners: readonly string[], owner: string) =>
  owner === "" || owners.some((own) => owner === own || owner.startsWith(`${own}/`));

function reported({ sync, why, differences, steps, id }: HostReport): Drift {
  if (sync === "unknown") return { ...NONE, unknown: why };
  return sync === "yes" ? NONE : { steps: stepNames.filter((name) => steps.includes(name)), id, words: differences };
}

/** One warning for a host, or none. */
export function warningOf(name: string, { words, unknown }: Drift, repair: boolean): string | undefined {
  if (unknown) return `${name}: whether the host is as it was proven is not known: ${unknown}.`;
  if (words.length === 0) return undefined;
  return `${name}: ${words.join("; ")}. ${repair ? "`pulumi up` repairs it." : "It is not repaired (drift: warn)."}`;
}
