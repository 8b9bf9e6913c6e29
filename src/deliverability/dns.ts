// Questions to the DNS: each is asked once in a run, a failure is an answer, and all of them end in time.

import { Resolver } from "node:dns/promises";
import { atOnce } from "../host/at-once.ts";

/** The types of records that are asked for. */
export type RecordType = "A" | "AAAA" | "MX" | "TXT" | "CNAME" | "PTR";

/** An answer: `empty` is a name without such records, `absent` a name that does not exist. */
export type Found =
  | { readonly state: "found"; readonly records: readonly unknown[] }
  | { readonly state: "empty" | "absent" }
  | { readonly state: "failed"; readonly code: string };

/** Asks one question, as `Resolver.resolve` of node:dns/promises does; it rejects with a `code`. */
export type Ask = (name: string, type: RecordType) => Promise<readonly unknown[]>;

/** Milliseconds for one try, and how often it is tried. A resolver that takes 700 ms is slow, and still answers. */
const TRY = { timeout: 800, tries: 2 };

/** Milliseconds for all questions together. */
export const DEADLINE = 2000;

/** Asks the DNS servers of this machine, 50 questions at the same time. */
function askSystem(): Ask {
  const resolver = new Resolver(TRY);
  const inTurn = atOnce(50);
  return (name, type) => inTurn(() => resolver.resolve(name, type) as Promise<unknown[]>);
}

const LATE: Found = { state: "failed", code: "ETIMEOUT" };

/** The answers of one run. */
export class Looks {
  readonly #ask: Ask;
  readonly #answers: Map<string, Promise<Found>>;
  readonly #overlay: ReadonlyMap<string, readonly unknown[]>;
  readonly #end: Promise<Found> | undefined;

  constructor(
    ask: Ask = askSystem(),
    answers = new Map<string, Promise<Found>>(),
    overlay: ReadonlyMap<string, readonly unknown[]> = new Map(),
    end?: Promise<Found>,
  ) {
    this.#ask = ask;
    this.#answers = answers;
    this.#overlay = overlay;
    this.#end = end;
  }

  /** The answer to a question. It never rejects. */
  find(name: string, type: RecordType): Promise<Found> {
    const key = `${type} ${name.toLowerCase().replace(/\.$/, "")}`;
    const given = this.#overlay.get(key);
    if (given) return Promise.resolve({ state: "found", records: given });
    const known = this.#answers.get(key) ?? this.#first(key, name, type);
    return this.#end ? Promise.race([known, this.#end]) : known;
  }

  #first(key: string, name: string, type: RecordType): Promise<Found> {
    const answer = this.#ask(name, type).then(
      (records): Found => (records.length > 0 ? { state: "found", records } : { state: "empty" }),
      (error): Found => failureOf(String(error?.code ?? error)),
    );
    this.#answers.set(key, answer);
    return answer;
  }

  /** The same answers; what is not answered when the time is over has failed. */
  within(milliseconds: number): Looks {
    // An answer that lies there already, since this process was busy, is read first.
    const late = (resolve: (found: Found) => void) => setImmediate(() => resolve(LATE));
    const end = new Promise<Found>((resolve) => setTimeout(late, milliseconds, resolve).unref());
    return new Looks(this.#ask, this.#answers, this.#overlay, end);
  }

  /** The same answers, as if these texts were all that a name has. */
  as(texts: Readonly<Record<string, readonly string[]>>): Looks {
    const overlay = new Map(this.#overlay);
    for (const [name, lines] of Object.entries(texts))
      overlay.set(
        `TXT ${name.toLowerCase()}`,
        lines.map((line) => [line]),
      );
    return new Looks(this.#ask, this.#answers, overlay, this.#end);
  }

  /** The form that mailauth asks in: records, or an error with a code. */
  readonly resolver = async (name: string, type: string): Promise<never> => {
    const found = await this.find(name, type as RecordType);
    // It sorts lists of mail servers in place.
    if (found.state === "found") return structuredClone(found.records) as never;
    const code = found.state === "failed" ? found.code : found.state === "empty" ? "ENODATA" : "ENOTFOUND";
    throw Object.assign(new Error(`query${type} ${code} ${name}`), { code });
  };
}

function failureOf(code: string): Found {
  if (code === "ENOTFOUND" || code === "EBADNAME") return { state: "absent" };
  return code === "ENODATA" ? { state: "empty" } : { state: "failed", code };
}

/**
 * The texts of a name, in an order that is not that of the answer, which changes. The strings of one record belong
 * together without a blank (RFC 7208 3.3).
 */
export const textsOf = (found: Found): string[] =>
  found.state === "found"
    ? found.records.map((parts) => (Array.isArray(parts) ? parts.join("") : String(parts))).toSorted()
    : [];
