// The findings of all looks: the state of each host, in words and as JSON, and the exit code.

import { isOf } from "../drift/drift.ts";
import type { HostReport } from "../drift/host-report.ts";
import type { Look } from "../drift/look.ts";
import { ago, span } from "./span.ts";
import { exitCodeFor, type State } from "./states.ts";
import type { LeftOut, Target } from "./targets.ts";

/** A host, as far as it was looked at. */
export interface Seen extends Pick<Target, "stack" | "host" | "owners" | "changes"> {
  /** Undefined where no step was done on it yet, so that there is nothing to look at. */
  readonly look: Look | undefined;
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
  if (look.kind !== "report") return look.kind;
  if (!isOf(owners, look.report.owner)) return "another-owner";
  if (look.report.sync !== "yes") return look.report.sync === "no" ? "drift" : "unknown";
  return changes.length > 0 ? "not-applied-yet" : "in-sync";
}

/** The differences on a host and what else is told of it, or the reason why they are not known. */
export function detailsOf(seen: Seen): readonly string[] {
  const { look, owners, changes } = seen;
  if (look === undefined) return ["`pulumi up` sets it up"];
  if (look.kind === "absent") return ["nothing of postfix-relay is on it"];
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

/** The exit code. A stack that cannot be read leaves something unknown. */
export function exitCodeOf({ hosts, unread }: Findings): number {
  const code = exitCodeFor(hosts.map(stateOf));
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
  }));
  return `${JSON.stringify({ version: 2, hosts: each, unread, skipped }, null, 2)}\n`;
}
