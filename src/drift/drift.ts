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
  /** The differences in words that these steps repair; none when the host is as it was proven. */
  readonly words: readonly string[];
  /** What no step repairs, in words. */
  readonly told: readonly string[];
  /** Whether no configuration is live on the host: the first one has not been proven. */
  readonly first?: true;
  /** Whether postfix-relay is not installed on this host yet: it is new, or was installed again. */
  readonly bare?: true;
  /** The reason why nothing is known about the host. */
  readonly unknown?: string;
  /** What has answered in place of the host, by its host key. */
  readonly wrongKey?: string;
}

const NONE: HostDrift = { steps: [], id: "", words: [], told: [] };

/** The drift of the host for the Relay that has one of these owners; all but the first are earlier names of it. */
export function driftOf(look: Look, owners: readonly string[]): HostDrift {
  switch (look.kind) {
    case "wrong key":
      return { ...NONE, wrongKey: look.reason };
    case "unreachable":
    case "tool failed":
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

function driftOfReport({ sync, why, live, differences, told, steps, id }: HostReport): HostDrift {
  if (sync === "unknown") return { ...NONE, unknown: why };
  if (sync === "yes" || differences.length === 0) return { ...NONE, told };
  const first = live === "original" ? { first: true as const } : {};
  const named = stepNames.filter((name) => steps.includes(name));
  return { steps: named, id: digestOf(id), words: differences, told, ...first };
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/**
 * The text about a host, if there is one. `repair`: whether the steps that repair it are done again; `now`: whether
 * they are done by this update, and not by one that a preview is for.
 */
export function textOf(
  name: string,
  { words, told, first: isFirst, bare, unknown, wrongKey }: HostDrift,
  repair: boolean,
  now = false,
): { severity: "warning" | "note"; text: string } | undefined {
  if (bare)
    return {
      severity: "note",
      text: `${name}: a first installation: postfix-relay is not installed on this host yet.`,
    };
  if (wrongKey) return { severity: "warning", text: `${name}: ${wrongKey}.` };
  if (unknown) return { severity: "warning", text: `${name}: could not be checked for drift: ${unknown}.` };
  const who = now ? "This update" : "`pulumi up`";
  const repairs = isFirst ? `${who} tries it again.` : `${who} repairs it.`;
  const outlook = repair ? repairs : "It is not repaired (drift: warn).";
  const parts: [texts: readonly string[], outlook: string][] = [
    [words, outlook],
    [told, `${who} does not repair that.`],
  ];
  const [first, ...others] = parts.filter(([texts]) => texts.length > 0);
  if (!first) return undefined;
  const [[only = "", ...more], end] = first;
  if (others.length === 0 && more.length === 0) return { severity: "warning", text: `${name}: ${ended(only)} ${end}` };
  const opening = words.length > 0 ? "the host no longer matches what was proven:" : "about the host:";
  const lines = [first, ...others].flatMap(([texts, end]) => [...texts.map((one) => `  ${one}`), end]);
  return { severity: "warning", text: [`${name}: ${opening}`, ...lines].join("\n") };
}

/** The text with a full stop at its end. */
const ended = (text: string): string => (text.endsWith(".") ? text : `${text}.`);
