// Types of values and their error messages: what was given, what is wrong with it, what is allowed.

import { z } from "zod";
import { didYouMean } from "../nearest.ts";
import { holdsSecret, secret } from "../secrets.ts";

/** A fault of a text: a test for it, and the words that follow "got …,". The first match is reported. */
export type Fault = readonly [when: RegExp | ((value: string) => boolean), what: string];

interface Kind {
  /** The allowed values and the change to make: the end of every message about the value. */
  readonly allowed: string;
  /** Whether messages leave the value out. */
  readonly hidden?: boolean;
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

/** A fault that is looked for in some values only. */
export const onlyIf =
  (which: (value: string) => boolean) =>
  (fault: Fault): Fault => [(value) => which(value) && applies(fault, value), fault[1]];

/** A text such as 12345 or true that YAML reads as a number or a boolean, since it has no quotes. */
const isBare = (input: unknown) => typeof input === "number" || typeof input === "boolean";
const withQuotes = (kind: Kind): Kind => ({ ...kind, allowed: `put it in quotes, and ${kind.allowed}` });

/** A text that has none of these faults, is not empty and stays on one line. */
export function text(kind: TextKind, ...faults: Fault[]) {
  const all = [...(kind.empty ? [] : [EMPTY]), ...(kind.lines ? [] : [LINE_BREAK, CONTROL]), ...faults];
  return z
    .string({ error: ({ input }) => message(input, isBare(input) ? withQuotes(kind) : kind) })
    .check(({ value, issues }) => {
      const fault = all.find((fault) => applies(fault, value));
      if (fault) issues.push({ code: "custom", input: value, message: message(value, kind, fault[1]) });
    });
}

/** A text that is secret. Messages leave it out, and what holds it. */
export const secretText = (kind: Omit<TextKind, "hidden">, ...faults: Fault[]) =>
  secret(text({ ...kind, hidden: true }, ...faults));

/** A whole number from `min` to `max`. */
export function wholeNumber(what: string, min: number, max: number) {
  const kind = error({ allowed: `${what} is a whole number from ${min} to ${max}` });
  return z.int(kind).min(min, kind).max(max, kind);
}

/** One of these words. */
export function oneOf<T extends Record<string, string>>(words: T) {
  const known = Object.values(words);
  const allowed = (input: unknown) =>
    `${typeof input === "string" ? didYouMean(input, known) : ""}allowed: ${known.join(", ")}`;
  return z.enum(words, { error: ({ input }) => message(input, { allowed: allowed(input) }) });
}

/** A list with at least one entry. */
export function listOf<T extends z.ZodType>(entry: T, allowed: string) {
  const kind = { allowed, hidden: holdsSecret(entry) };
  return z.array(entry, error(kind)).min(1, error(kind));
}

/** A boolean. */
export const boolean = () => z.boolean(error({ allowed: "allowed: true, false" }));

/** A map with at least one entry; `key` checks its keys. */
export function mapOf<T extends z.ZodType>(key: ReturnType<typeof text>, entry: T, allowed: string) {
  return z.record(z.string(), entry, error({ allowed, hidden: holdsSecret(entry) })).check(({ value, issues }) => {
    const names = Object.keys(value);
    if (names.length === 0) issues.push({ code: "custom", input: value, message: `is empty; ${allowed}` });
    for (const name of names) {
      for (const { message } of key.safeParse(name).error?.issues ?? [])
        issues.push({ code: "custom", input: name, path: [name], message });
    }
  });
}

/** An object with these keys and no others. */
export function object<T extends z.ZodRawShape>(
  shape: T,
  allowedKeys: readonly string[] = Object.keys(shape),
  hidden = (Object.values(shape) as z.ZodType[]).some(holdsSecret),
) {
  const keys = `known here: ${allowedKeys.join(", ")}`;
  const kind = { allowed: `needs an object; ${keys}`, hidden };
  return z.strictObject(shape, {
    error: ({ code, input }) => (code === "unrecognized_keys" ? `unknown; ${keys}` : message(input, kind)),
  });
}

/** What is public of an object that has these secrets, too: messages leave out whatever stands in its place. */
export const openObject = <T extends z.ZodRawShape>(shape: T, secrets: readonly string[]) =>
  object(shape, [...Object.keys(shape), ...secrets], true);

const error = (kind: Kind) => ({ error: ({ input }: { input?: unknown }) => message(input, kind) });

function message(input: unknown, { allowed, hidden }: Kind, fault?: string): string {
  if (input === undefined) return `missing; ${allowed}`;
  const value = hidden || typeof input === "object" || showsSecret(input) ? kindOf(input) : quoteValue(input);
  return `got ${value}${fault ? `, ${fault}` : ""}; ${allowed}`;
}

/** A private key that was pasted into another argument, or a URL with a password in it. */
const showsSecret = (input: unknown) =>
  typeof input === "string" && /PRIVATE KEY-----|:\/\/[^/\s]*:[^/\s]*@/.test(input);

function kindOf(input: unknown): string {
  if (input === null) return "null";
  if (Array.isArray(input)) return "a list";
  return typeof input === "object" ? "an object" : typeof input === "string" ? "a text" : `a ${typeof input}`;
}

/** A value on one line, cut when it is long. Characters that would look like a space or like nothing are escaped. */
function quoteValue(input: unknown): string {
  if (typeof input !== "string") return `the ${typeof input} ${String(input)}`;
  const text = JSON.stringify(input.length > 60 ? `${input.slice(0, 57)}...` : input);
  return text.replace(/(?! )[\p{C}\p{Z}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
