// What a program gives a Relay, for programs of every kind: plain JSON, and in it values that come in another way.

/** How a value comes. */
export type How =
  /** Marked as a secret by the program. */
  | "secret"
  /** As an Output. */
  | "output"
  /** As a Promise, or what the language has for it. */
  | "promise"
  /** As an Output that is known a moment later. */
  | "later"
  /** As an Output whose function fails; the value is the text of the error. */
  | "fails";

/** A value that comes in another way than plain. */
export class Made {
  readonly how: How;
  readonly value: unknown;

  constructor(how: How, value: unknown) {
    this.how = how;
    this.value = value;
  }
}

export const made = (how: How, value: unknown) => new Made(how, value);

/** A program. */
export interface Spec {
  /** The Relays by name, each with its arguments; a value may be `Made`. */
  readonly relays: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Whether each Relay depends on the one before, as the waves of a fleet do. */
  readonly inTurn?: boolean;
  /** Whether it exports what the Relays have as outputs. */
  readonly exports?: boolean;
  /** It fails: before its last line, or a moment after it. */
  readonly throws?: "at once" | "later";
}

/** The text of the error of a program that fails. */
export const THROWN = "thrown by the program itself";

/** Milliseconds after which a late value is known. */
export const LATE = 300;

/** A value in the syntax of a language: `plain` writes what is not an object or a list, `how` what is `Made`. */
export interface Syntax {
  plain(value: unknown): string;
  list(entries: readonly string[]): string;
  object(entries: readonly (readonly [key: string, value: string])[]): string;
  how(how: How, value: string): string;
}

/** The text of a value. */
export function write(value: unknown, syntax: Syntax): string {
  if (value instanceof Made) return syntax.how(value.how, write(value.value, syntax));
  if (Array.isArray(value)) return syntax.list(value.map((entry) => write(entry, syntax)));
  if (typeof value !== "object" || value === null) return syntax.plain(value);
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return syntax.object(entries.map(([key, entry]) => [key, write(entry, syntax)] as const));
}
