// Look-ups of a preview besides the arguments, such as in the DNS.

import * as pulumi from "@pulumi/pulumi";
import type { Looks } from "../deliverability/dns.ts";
import { inboxFindings } from "../deliverability/inbox/findings.ts";
import { mxFindings } from "../deliverability/mx.ts";
import { placeOf } from "../host/peer.ts";
import { type Finding, type Problem, problemText, type Severity } from "../settings/problems.ts";
import type { Settings } from "../settings/settings.ts";

/** Looks something up beyond the settings themselves. What cannot be looked up is no finding. */
export type LookUp = (settings: Settings) => readonly Finding[] | Promise<readonly Finding[]>;

/** All look-ups; hosts that ask the DNS the same share the answer. */
export const lookUpsWith = (looks: Looks): readonly LookUp[] => [
  (settings) => mxFindings(settings),
  // A unit test with mocks has no engine, and no mailbox to look into.
  (settings) => (pulumi.runtime.getEngine() ? inboxFindings(settings, { place: placeOf, looks }) : []),
];

/**
 * Runs every look-up. Warnings and notes are logged, one text for each kind; the errors are returned. `isNew` tells
 * whether no other host has shown a note: one that is true of all hosts is shown once.
 */
export async function lookUp(
  name: string,
  settings: Settings,
  all: readonly LookUp[],
  isNew: (text: string) => boolean = () => true,
): Promise<Problem[]> {
  const found = (await Promise.all(all.map((one) => one(settings)))).flat();
  return tell(
    name,
    found.filter(({ severity, reason }) => severity !== "note" || isNew(reason)),
  );
}

/** Logs warnings and notes, one text for each kind, and returns the errors. */
export function tell(name: string, findings: readonly Finding[]): Problem[] {
  const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity);
  for (const severity of ["warning", "note"] as const) {
    if (of(severity).length > 0) show(severity, problemText(`Relay ${name}`, of(severity)));
  }
  return of("error");
}

/** Shows what is no error in Pulumi's output: a text, and the resource if it is about one. */
export function show(severity: Exclude<Severity, "error">, ...said: [text: string, about?: pulumi.Resource]): void {
  if (severity === "warning") pulumi.log.warn(...said);
  else pulumi.log.info(...said);
}
