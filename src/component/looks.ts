// What a preview looks at besides the arguments, such as the DNS. Its findings are shown; an error ends the preview.

import * as pulumi from "@pulumi/pulumi";
import { mxFindings } from "../deliverability/mx.ts";
import { type Finding, problemText, type Severity } from "../settings/problems.ts";
import type { Settings } from "../settings/settings.ts";
import { refuse } from "./invalid-args.ts";

/** Looks at something beyond the settings themselves. What cannot be looked up is no finding. */
export type Look = (settings: Settings) => readonly Finding[] | Promise<readonly Finding[]>;

/** All looks. */
const looks: readonly Look[] = [(settings) => mxFindings(settings)];

/** The settings, once every look is done. Errors end the program; warnings and notes are logged, one text for each kind. */
export async function examined(name: string, settings: Settings, all: readonly Look[] = looks): Promise<Settings> {
  const findings = (await Promise.all(all.map((look) => look(settings)))).flat();
  const heading = `Relay ${name}`;
  const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity);
  for (const severity of ["warning", "note"] as const) {
    if (of(severity).length > 0) show(severity, problemText(heading, of(severity)));
  }
  refuse(heading, of("error"));
  return settings;
}

/** Shows what is no error in Pulumi's output: a text, and the resource if it is about one. */
export function show(severity: Exclude<Severity, "error">, ...said: [text: string, about?: pulumi.Resource]): void {
  if (severity === "warning") pulumi.log.warn(...said);
  else pulumi.log.info(...said);
}
