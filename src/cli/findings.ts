// The findings of all looks: the state of each host, in words and as JSON, and the exit code.

import { isOf } from "../drift/drift.ts";
import type { HostReport } from "../drift/host-report.ts";
import type { Look } from "../drift/look.ts";
import type { Answer } from "./ask-host.ts";
import { ago, span } from "./span.ts";
import { type State, states, worst } from "./states.ts";
import type { LeftOut, Target } from "./targets.ts";

/** A host, as far as it was looked at. */
export interface Seen extends Pick<Target, "stack" | "host" | "owners" | "changes"> {
  /** Undefined where no step was done on it yet, so that there is nothing to look at. */
  readonly look: Look | undefined;
  /** What became of a probe; undefined where none was made. */
  readonly probe?: Answer;
}

/** All that was found: hosts, stacks that cannot be read, and stacks that have no hosts for us. */
export interface Findings {
  readonly hosts: readonly Seen[];
  readonly unread: readonly LeftOut[];
  readonly skipped: readonly LeftOut[];
}

/** The state of a host. */
export function stateOf({ look, owners, changes }: Seen): State {
  if (look === undefined) return "not-created-yet";
  if (look.kind === "unreachable") return "no-answer";
  if (look.kind === "wrong key") return "wrong-key";
  if (look.kind === "tool failed") return "tool-failed";
  if (look.kind !== "report") return look.kind;
  if (!isOf(owners, look.report.owner)) return "another-owner";
  if (look.report.sync !== "yes") return look.report.sync === "no" ? "drift" : "unknown";
  return changes.length > 0 ? "not-applied-yet" : "in-sync";
}

/** Whether a host can be probed: it says something of itself, and is ours. */
export const isProbed = ({ look, owners }: Seen): boolean => look?.kind === "report" && isOf(owners, look.report.owner);

/** What a probe has found; where the relay has answered, what is to be known beside that. */
export function probeWords({ probe }: Seen): readonly string[] {
  if (probe === undefined) return [];
  const lines = probe.code === 0 ? probe.details.slice(1) : probe.details;
  return lines.map((line) => `probe: ${line}`);
}

/** The differences on a host and what else is told of it, or the reason why they are not known. */
export function detailsOf(seen: Seen): readonly string[] {
  const { look, owners, changes } = seen;
  if (look === undefined) return ["`pulumi up` sets it up"];
  if (look.kind === "absent") return ["postfix-relay is not installed on it"];
  if (look.kind !== "report") return [look.reason];
  const { owner, sync, why, differences, told } = look.report;
  if (!isOf(owners, owner)) return [`it belongs to another Relay, ${owner}`];
  if (sync !== "yes") return sync === "unknown" ? [why] : [...differences, ...told];
  return [...told, ...changes];
}

/** The queue of a host and its last delivery. */
export function statusOf({ look }: Seen, now: number): readonly string[] {
  if (look?.kind !== "report") return [];
  return [queueText(look.report), deliveryText(look.report, now)];
}

function queueText({ active, deferred, hold, oldestSeconds, waitsFor }: HostReport): string {
  const counts = Object.entries({ active, deferred, "on hold": hold }).filter(([, count]) => count > 0);
  if (counts.length === 0) return "queue: empty";
  const parts = [
    counts.map(([name, count]) => `${count} ${name}`).join(", "),
    `the oldest for ${span(oldestSeconds)}`,
    ...(waitsFor ? [`waits for: ${waitsFor}`] : []),
  ];
  return `queue: ${parts.join("; ")}`;
}

/** The year 10000: what a host tells beyond that is no time. */
const LATEST = 253_402_300_800;

function deliveryText({ relayed, relayedAnswer }: HostReport, now: number): string {
  return `last delivery: ${relayed > 0 && relayed < LATEST ? `${ago(relayed, now)}: ${relayedAnswer}` : "not known"}`;
}

/**
 * The exit code for the states of all hosts and their probes. What is known to be wrong comes before what is not known:
 * it has to be done, whatever the other hosts are. A stack that cannot be read leaves something unknown.
 */
export function exitCodeOf({ hosts, unread }: Findings): number {
  const code = worst(hosts.flatMap((seen) => [states[stateOf(seen)].code, ...(seen.probe ? [seen.probe.code] : [])]));
  return code === 0 && unread.length > 0 ? 2 : code;
}

/** The findings for a program. */
export function jsonOf({ hosts, unread, skipped }: Findings): string {
  const each = hosts.map((seen) => ({
    stack: seen.stack,
    host: seen.host,
    state: stateOf(seen),
    details: detailsOf(seen),
    report: seen.look?.kind === "report" ? seen.look.report : null,
    probe: seen.probe ? { state: seen.probe.state, details: seen.probe.details, report: seen.probe.report } : null,
  }));
  return `${JSON.stringify({ version: 2, hosts: each, unread, skipped }, null, 2)}\n`;
}
