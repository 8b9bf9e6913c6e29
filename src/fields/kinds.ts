// Kinds of values, and how a wrong one is told: what was got, what is wrong with it, what is allowed.

import { z } from "zod";

/** A row of what can be wrong with a text: when, and how to say it after "got …,". The first row that applies is told. */
export type Fault = readonly [when: RegExp | ((value: string) => boolean), what: string];

interface Kind {
  /** What is allowed and what to change: the end of every message about the value. */
  readonly allowed: string;
  /** Never show the value. */
  readonly secret?: boolean;
}

interface TextKind extends Kind {
  /** It may have more than one line. */
  readonly lines?: boolean;
  /** It may be empty. */
  readonly empty?: boolean;
}

const EMPTY: Fault = [/^$/, "which is empty"];
const LINE_BREAK: Fault = [/[\r\n\u2028\u2029]/, "which contains a line break"];
const CONTROL: Fault = [/\p{Cc}/u, "which contains a control character"];

const applies = ([when]: Fault, value: string) => (when instanceof RegExp ? when.test(value) : when(value));

/** A fault that only some values can have. */
export const onlyIf =
  (which: (value: string) => boolean) =>
  (fault: Fault): Fault => [(value) => which(value) && applies(fault, value), fault[1]];

/** What YAML makes of a text such as 12345 or true that stands without quotes. */
const isBare = (input: unknown) => typeof input === "number" || typeof input === "boolean";
const quoted = (kind: Kind): Kind => ({ ...kind, allowed: `put it in quotes, and ${kind.allowed}` });

/** A text without any of the faults: not empty, on one line. */
export function text(kind: TextKind, ...faults: Fault[]) {
  const all = [...(kind.empty ? [] : [EMPTY]), ...(kind.lines ? [] : [LINE_BREAK, CONTROL]), ...faults];
  return z
    .string({ error: ({ input }) => got(input, isBare(input) ? quoted(kind) : kind) })
    .check(({ value, issues }) => {
      const fault = all.find((fault) => applies(fault, value));
      if (fault) issues.push({ code: "custom", input: value, message: got(value, kind, fault[1]) });
    });
}

/** A whole number from `min` to `max`. */
export function wholeNumber(what: string, min: number, max: number) {
  const kind = error({ allowed: `${what} is a whole number from ${min} to ${max}` });
  return z.int(kind).min(min, kind).max(max, kind);
}

/** One word of a closed list. */
export function oneOf<T extends Record<string, string>>(words: T) {
  return z.enum(words, error({ allowed: `allowed: ${Object.values(words).join(", ")}` }));
}

/** A list with at least one entry. */
export function listOf<T extends z.ZodType>(entry: T, allowed: string) {
  return z.array(entry, error({ allowed })).min(1, error({ allowed }));
}

/** Yes or no. */
export const truth = () => z.boolean(error({ allowed: "allowed: true, false" }));

/** An object with keys of one kind and values of another, and at least one of them. */
export function mapOf<T extends z.ZodType>(key: ReturnType<typeof text>, entry: T, allowed: string) {
  return z.record(z.string(), entry, error({ allowed })).check(({ value, issues }) => {
    const names = Object.keys(value);
    if (names.length === 0) issues.push({ code: "custom", input: value, message: `is empty; ${allowed}` });
    for (const name of names) {
      for (const { message } of key.safeParse(name).error?.issues ?? [])
        issues.push({ code: "custom", input: name, path: [name], message });
    }
  });
}

/** An object that takes these keys and no others. */
export function object<T extends z.ZodRawShape>(shape: T, known: readonly string[] = Object.keys(shape)) {
  const keys = `known here: ${known.join(", ")}`;
  return z.strictObject(shape, {
    error: ({ code, input }) =>
      code === "unrecognized_keys" ? `unknown; ${keys}` : got(input, { allowed: `needs an object; ${keys}` }),
  });
}

const error = (kind: Kind) => ({ error: ({ input }: { input?: unknown }) => got(input, kind) });

function got(input: unknown, { allowed, secret }: Kind, fault?: string): string {
  if (input === undefined) return `missing; ${allowed}`;
  const value = secret || typeof input === "object" ? kindOf(input) : shown(input);
  return `got ${value}${fault ? `, ${fault}` : ""}; ${allowed}`;
}

function kindOf(input: unknown): string {
  if (input === null) return "null";
  if (Array.isArray(input)) return "a list";
  return typeof input === "object" ? "an object" : typeof input === "string" ? "a text" : `a ${typeof input}`;
}

/** A value on one line, cut when it is long; what would look like nothing or like a space is spelled out. */
function shown(input: unknown): string {
  if (typeof input !== "string") return `the ${typeof input} ${String(input)}`;
  const text = JSON.stringify(input.length > 60 ? `${input.slice(0, 57)}...` : input);
  return text.replace(/(?! )[\p{C}\p{Z}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
