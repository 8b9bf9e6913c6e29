// The commands that ask one thing of the hosts that they name: what runs there, and what its report means.

import { z } from "zod";
import { quote } from "../host/quote.ts";
import { span } from "./span.ts";
import type { Color } from "./states.ts";

/** What a host has come to, for a table and for a program. */
export interface Verdict {
  /** The state, as JSON has it; the table has blanks for its hyphens. */
  readonly state: string;
  readonly color: Color;
  readonly code: 0 | 1 | 2;
  readonly details: readonly string[];
}

/** A command of the tool on the host. */
export interface Verb {
  /** Its words after `postrelay`. */
  readonly words: (to: string | undefined) => string;
  /** Seconds that it may take. */
  readonly seconds: number;
  /** What its report means; undefined where it is none of this verb. */
  readonly read: (report: unknown) => Verdict | undefined;
  /** The question before it, where it changes something. */
  readonly question?: (host: string) => string;
}

const withTo = (verb: string) => (to: string | undefined) =>
  `${verb} --json${to === undefined ? "" : ` --to ${quote(to)}`}`;

/** Reads a report of that form. */
const reader =
  <T extends z.ZodType>(schema: T, verdict: (report: z.output<T>) => Verdict) =>
  (report: unknown): Verdict | undefined => {
    const { data, success } = schema.safeParse(report);
    return success ? verdict(data) : undefined;
  };

const text = z.string();
const count = z.number();

const queue = z.object({
  active: count,
  deferred: count,
  hold: count,
  oldestSeconds: count,
  messages: z.array(text),
});

/** The lines of a message: who waits for what, and why. */
function messageLines(line: string): string[] {
  const [id, name, seconds, bytes, from, to, ...why] = line.split(" ");
  const head = `${id} ${name} for ${span(Number(seconds))}: ${from} -> ${to} (${bytes} bytes)`;
  return why.length > 0 ? [head, `  ${why.join(" ")}`] : [head];
}

const probe = z.object({ answered: z.enum(["yes", "no", "unknown"]), relay: text, answer: text, why: text });
const message = z.object({ outcome: z.enum(["sent", "failed", "unknown"]), relay: text, answer: text, why: text });
const rollback = z.object({ live: text });

const given = (...lines: string[]) => lines.filter((line) => line !== "");

/** All of them. */
export const verbs: Readonly<Record<"test" | "probe" | "queue" | "rollback", Verb>> = {
  probe: {
    words: withTo("probe"),
    seconds: 90,
    read: reader(probe, ({ answered, relay, answer, why }) => {
      const said = answered === "yes" ? [`${relay}: ${answer}`, ...(why ? [`but ${why}`] : [])] : [why];
      return {
        yes: { state: "answered", color: "green", code: 0, details: said } as const,
        no: { state: "not-answered", color: "red", code: 1, details: said } as const,
        unknown: { state: "unknown", color: "yellow", code: 2, details: said } as const,
      }[answered];
    }),
  },
  test: {
    words: withTo("test"),
    seconds: 120,
    read: reader(message, ({ outcome, relay, answer, why }) => {
      const details = given(relay && `${relay}: ${answer}`, why);
      return {
        sent: { state: "sent", color: "green", code: 0, details } as const,
        failed: { state: "not-sent", color: "red", code: 1, details } as const,
        unknown: { state: "unknown", color: "yellow", code: 2, details } as const,
      }[outcome];
    }),
  },
  queue: {
    words: () => "queue --json",
    seconds: 40,
    read: reader(queue, ({ active, deferred, hold, messages }) => {
      const all = active + deferred + hold;
      if (all === 0) return { state: "empty", color: "green", code: 0, details: [] };
      const more = all > messages.length ? [`… and ${all - messages.length} more`] : [];
      return {
        state: `${all}-waiting`,
        color: "yellow",
        code: 0,
        details: [
          `${active} active, ${deferred} deferred, ${hold} on hold`,
          ...messages.flatMap(messageLines),
          ...more,
        ],
      };
    }),
  },
  rollback: {
    words: () => "rollback",
    seconds: 320,
    read: reader(rollback, ({ live }) => ({
      state: "rolled-back",
      color: "green",
      code: 0,
      details: [
        `live is ${live}`,
        "`postfix-relay check` reports this as drift, and the next `pulumi up` puts the newer configuration back: revert the " +
          "change in the stack first",
      ],
    })),
    question: (host) => `Put back the configuration that was proven before the live one on ${host}?`,
  },
};
