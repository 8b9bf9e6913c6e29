// The report of a step: one line of JSON, among whatever else the login shell prints.

import { z } from "zod";
import type { Delivery } from "./delivery.ts";
import { LONGEST_ANSWER, list, token, words } from "./said.ts";
import type { AnyStep } from "./steps.ts";

const MARK = '{"postrelay":';

const any = list.default([]);
const packages = z.object({ postfixVersion: token });
const warnings = z.object({ unproven: any, kept: any, ends: any, repaired: any });
const delivery = z.object({
  status: token,
  relay: words,
  dsn: token,
  queueId: token,
  answer: words,
  seconds: z.number(),
  at: token.default(""),
  unproven: any,
}) satisfies z.ZodType<Delivery>;
const sent = z.object({ status: token, token: token.default(""), at: token.default("") });

/** The report that a step prints. */
const required: Partial<Record<AnyStep["suffix"], z.ZodType>> = { packages, delivery };

const NONE: Delivery = {
  status: "unknown",
  relay: "",
  dsn: "",
  queueId: "",
  answer: "",
  seconds: 0,
  at: "",
  unproven: [],
};

/** The last report that fits; it is what follows our mark on a line. */
function read<T>(schema: z.ZodType<T>, stdout: string | undefined): T | undefined {
  const lines = (stdout ?? "").slice(-LONGEST_ANSWER).split("\n").reverse();
  const marked = lines.filter((line) => line.includes(MARK)).map((line) => line.slice(line.indexOf(MARK)));
  return marked.flatMap(parseLine).flatMap((value) => schema.safeParse(value).data ?? [])[0];
}

function parseLine(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** The outcome of the test delivery; its status is "unknown" where the output holds no report. */
export const deliveryOf = (stdout: string | undefined): Delivery => read(delivery, stdout) ?? NONE;

/** The word in the subject of the test message, and when that was sent; empty where the output does not tell. */
export function sentOf(stdout: string | undefined): { token: string; at: string } {
  const { token = "", at = "" } = read(sent, stdout) ?? {};
  return { token, at };
}

/** The version of Postfix; empty where the output holds no report. */
export const postfixVersionOf = (stdout: string | undefined): string => read(packages, stdout)?.postfixVersion ?? "";

/** The warnings of a step, one text for each kind. */
export interface Warnings {
  /** Events of the run. */
  readonly events: string[];
  /** States that last until the step runs again. */
  readonly states: string[];
}

/** The warnings of a step that succeeded. */
export function warningsOf(step: AnyStep["suffix"], stdout: string | undefined): Warnings {
  const schema = required[step];
  const { unproven, kept, ends, repaired } = read(warnings, stdout) ?? warnings.parse({});
  const text = (what: string, entries: string[]) => (entries.length > 0 ? [[`${what}:`, ...entries].join("\n  ")] : []);
  return {
    events: [
      ...(schema && !read(schema, stdout) ? [`No report was found in what -${step} printed on the host.`] : []),
      ...text("These files were replaced; copies are on the host", kept),
      ...text("Owners or modes that Postfix cannot work with were repaired on the host", repaired),
      ...text("What the host's own Postfix does besides sending mail ends with this configuration", ends),
    ],
    states: text("Not all was proven, and mail that depends on this may wait or be lost", unproven),
  };
}
