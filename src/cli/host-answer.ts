// What a host answers to a command: a report, or the reason why there is none.

import { OTHER_VERSION, silence } from "../drift/look.ts";
import { clean } from "../host/clean.ts";
import { ABSENT } from "../host/command.ts";
import type { Output } from "../ssh/session.ts";
import { states } from "./states.ts";
import type { Verb, Verdict } from "./verbs.ts";

/** The reasons that the tool gives: a line that it begins with its name, and those below it. */
const REASON = /^postrelay: ([\s\S]*)/m;

/** The exit code of the tool for who is not root. */
const NO_ROOT = 77;

/** Reads the output of `postrelay VERB` on a host, where stderr is part of it, among whatever a login shell prints. */
export function verdictOf(verb: string, { read }: Verb, { code, stdout }: Output): Verdict & { report: unknown } {
  const mark = `{"postrelay":"${verb}"`;
  const line = stdout.split("\n").find((one) => one.includes(mark));
  const report = line === undefined ? undefined : parsed(line.slice(line.indexOf(mark)));
  const verdict = report === undefined ? undefined : read(report);
  if (verdict) return { ...verdict, report };
  return { ...(report ? failed("unknown", OTHER_VERSION) : reasonFor(verb, code, stdout)), report: null };
}

/** Why there is no report. */
function reasonFor(verb: string, code: number, stdout: string): Verdict {
  if (stdout.split(/\r?\n/).includes(ABSENT)) return failed("absent", "postfix-relay is not installed on it");
  if (code === 64)
    return failed("unknown", `its postrelay does not know \`${verb}\` yet; \`pulumi up\` brings a newer one`);
  const [, said] = (code !== NO_ROOT && REASON.exec(stdout)) || [];
  if (said !== undefined) {
    const details = linesOf(said).map((line) => clean(line.replace(/^postrelay: /, "")));
    return { state: "failed", color: "red", code: 1, details };
  }
  return failed("tool-failed", silence(code, linesOf(stdout).at(-1) ?? ""));
}

/** Its lines, without empty ones. */
const linesOf = (text: string): string[] => text.split(/[\r\n]+/).filter((line) => line.trim() !== "");

/** A state in which nothing could be asked. */
export const failed = (
  state: "absent" | "unknown" | "no-answer" | "tool-failed" | "not-created-yet" | "wrong-key",
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
