// What a host answers to a command: a report, or the reason why there is none.

import { clean } from "../host/clean.ts";
import { ABSENT } from "../host/command.ts";
import type { Output } from "../ssh/session.ts";
import { states } from "./states.ts";
import type { Verb, Verdict } from "./verbs.ts";

const NONE = /^postrelay: (.*)$/gm;

/** Reads the output of `postrelay VERB` on a host, where stderr is part of it, among whatever a login shell prints. */
export function verdictOf(verb: string, { read }: Verb, { code, stdout }: Output): Verdict & { report: unknown } {
  const mark = `{"postrelay":"${verb}"`;
  const line = stdout.split("\n").find((one) => one.includes(mark));
  const report = line === undefined ? undefined : parsed(line.slice(line.indexOf(mark)));
  const verdict = report === undefined ? undefined : read(report);
  if (verdict) return { ...verdict, report };
  return { ...reasonFor(verb, code, stdout), report: null };
}

/** Why there is no report. */
function reasonFor(verb: string, code: number, stdout: string): Verdict {
  if (stdout.split(/\r?\n/).includes(ABSENT)) return failed("absent", "postfix-relay is not installed on it");
  if (code === 64)
    return failed("unknown", `its postrelay does not know \`${verb}\` yet; \`pulumi up\` brings a newer one`);
  const said = [...stdout.matchAll(NONE)].map(([, words = ""]) => clean(words));
  if (said.length > 0) return { state: "failed", color: "red", code: 1, details: said };
  const last = clean(
    stdout
      .trim()
      .split(/[\r\n]+/)
      .at(-1) ?? "",
  ).slice(0, 300);
  return failed("unknown", `postrelay is there and does not answer${last ? `: ${last}` : ""}`);
}

/** A state in which nothing could be asked. */
export const failed = (
  state: "absent" | "unknown" | "no-answer" | "not-created-yet" | "wrong-key",
  why: string,
): Verdict => ({
  state,
  color: states[state].color,
  code: states[state].code || 2,
  details: [why],
});

/** What is in a line of JSON, without what a terminal would obey. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line, (_, value) => (typeof value === "string" ? clean(value) : value));
  } catch {
    return undefined;
  }
}
