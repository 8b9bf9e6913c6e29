// The drift that a look has found: the steps that are done again, and the words for it.

import { createHash } from "node:crypto";
import { type StepName, stepNames } from "../host/command.ts";
import type { HostReport } from "./host-report.ts";
import type { Look } from "./look.ts";

/** The differences between a host and what was proven on it. */
export interface HostDrift {
  /** The steps that repair it. */
  readonly steps: readonly StepName[];
  /**
   * Hex digits that distinguish it from the same drift at another time: a repair that was done once has to be done
   * again. It becomes part of a command, so it is made here and is no text of the host.
   */
  readonly id: string;
  /** The differences in words; none when the host is as it was proven. */
  readonly words: readonly string[];
  /** Whether nothing of postfix-relay is on the host: it is new, or was installed again. */
  readonly bare?: true;
  /** The reason why nothing is known about the host. */
  readonly unknown?: string;
  /** What has answered in place of the host, by its host key. */
  readonly wrongKey?: string;
}

const NONE: HostDrift = { steps: [], id: "", words: [] };

/** The drift of the host for the Relay that has one of these owners; all but the first are earlier names of it. */
export function driftOf(look: Look, owners: readonly string[]): HostDrift {
  switch (look.kind) {
    case "wrong key":
      return { ...NONE, wrongKey: look.reason };
    case "unreachable":
    case "unknown":
      return { ...NONE, unknown: look.reason };
    case "absent":
      return { ...NONE, steps: stepNames, id: digestOf(look.id), bare: true };
    case "report":
      return isOf(owners, look.report.owner)
        ? driftOfReport(look.report)
        : { ...NONE, unknown: `it belongs to another Relay, ${look.report.owner}` };
  }
}

/** Whether a host that names this owner, or none, belongs to one of these: PROJECT/STACK or PROJECT/STACK/NAME each. */
export const isOf = (owners: readonly string[], owner: string): boolean =>
  owner === "" || owners.some((own) => owner === own || owner.startsWith(`${own}/`));

function driftOfReport({ sync, why, differences, steps, id }: HostReport): HostDrift {
  if (sync === "unknown") return { ...NONE, unknown: why };
  if (sync === "yes") return NONE;
  return { steps: stepNames.filter((name) => steps.includes(name)), id: digestOf(id), words: differences };
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** The text about a host, if there is one. `repair`: whether the steps that repair it are done again. */
export function textOf(
  name: string,
  { words, bare, unknown, wrongKey }: HostDrift,
  repair: boolean,
): { severity: "warning" | "note"; text: string } | undefined {
  if (bare) return { severity: "note", text: `${name}: nothing of postfix-relay is on the host.` };
  if (wrongKey) return { severity: "warning", text: `${name}: ${wrongKey}.` };
  if (unknown) return { severity: "warning", text: `${name}: could not be checked for drift: ${unknown}.` };
  if (words.length === 0) return undefined;
  const outlook = repair ? "`pulumi up` repairs it." : "It is not repaired (drift: warn).";
  if (words.length === 1) return { severity: "warning", text: `${name}: ${words[0]}. ${outlook}` };
  const lines = [`${name}: the host is no longer as it was proven:`, ...words.map((one) => `  ${one}`), outlook];
  return { severity: "warning", text: lines.join("\n") };
}
