// SPF records as texts: their terms, and one record that also permits another sender (RFC 7208).

import ipaddr from "ipaddr.js";

/** A fact about a record, or about the records that were merged into it. */
export type Note =
  | "several" // more than one record, which is an error for all receivers
  | "quoted" // quotes inside of the text: it is no SPF record
  | "neverSends" // it says that the domain sends no mail
  | "open" // it permits everybody
  | "afterAll" // terms after `all`, which nobody reads
  | "unwanted" // the term is there with another qualifier
  | "long" // its answer may not fit into one packet
  | "noAll" // it has no end
  | "redirect"
  | "redirectIgnored" // beside `all` it has no effect
  | "syntax"
  | "ptr"
  | "macro"
  | "weakerAll"; // of several ends the weakest was taken

/** A merged record. */
export interface Merge {
  /** Undefined where a slip in the record has to be mended first. */
  readonly record?: string;
  readonly notes: readonly Note[];
  /** Whether the record differs from what is published. */
  readonly changed: boolean;
  /** The terms that are no terms. */
  readonly slips: readonly string[];
}

/** A term of a record. */
export interface Term {
  readonly qualifier: "+" | "-" | "~" | "?";
  /** A mechanism in small letters, or the name of a modifier. */
  readonly name: string;
  /** What follows the name, with its `:`, `=` or `/`. */
  readonly rest: string;
  readonly modifier: boolean;
  readonly text: string;
}

/** Whether a text is an SPF record (RFC 7208 4.5). */
export const isSpf = (text: string): boolean => /^v=spf1(?: |$)/i.test(text);

const MECHANISM = /^([-+~?]?)(all|include|a|mx|ptr|ip4|ip6|exists)((?:[:/].*)?)$/i;
const MODIFIER = /^([a-z][a-z0-9._-]*)(=.*)$/i;

/** The terms of a record; undefined in place of what is none. */
export function termsOf(record: string): (Term | { readonly slip: string })[] {
  return record
    .split(" ")
    .slice(1)
    .filter((text) => text !== "")
    .map((text) => {
      const [, sign = "", name = "", rest = ""] = MECHANISM.exec(text) ?? [];
      const qualifier = (sign || "+") as Term["qualifier"];
      const mechanism = { qualifier, name: name.toLowerCase(), rest, modifier: false, text };
      if (name) return isRight(mechanism) ? mechanism : { slip: text };
      const [, key, value = ""] = MODIFIER.exec(text) ?? [];
      return key ? { qualifier: "+", name: key.toLowerCase(), rest: value, modifier: true, text } : { slip: text };
    });
}

/** Whether a mechanism has what it needs. */
function isRight({ name, rest }: Term): boolean {
  if (name === "all") return rest === "";
  if (name === "include" || name === "exists") return /^:[^/]/.test(rest);
  if (name === "ip4" || name === "ip6") return networkOf(name, rest) !== undefined;
  return rest === "" || /^(:[^/:]+)?(\/\d+)?(\/\/\d+)?$/.test(rest);
}

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

function networkOf(name: string, rest: string): Network | undefined {
  const [address = "", size] = rest.slice(1).split("/");
  const kind = name === "ip4" ? ipaddr.IPv4 : ipaddr.IPv6;
  const most = name === "ip4" ? 32 : 128;
  if (!(name === "ip4" ? ipaddr.IPv4.isValidFourPartDecimal(address) : ipaddr.IPv6.isValid(address))) return undefined;
  if (size !== undefined && !(/^\d{1,3}$/.test(size) && Number(size) <= most)) return undefined;
  return [kind.parse(address), Number(size ?? most)];
}

/** The address and the size of a network in `ip4` or `ip6`. */
export const networkIn = ({ name, rest }: Term): Network | undefined =>
  name === "ip4" || name === "ip6" ? networkOf(name, rest) : undefined;

/** Whether one term permits all that the other one does, seen from their texts alone. */
function covers(there: Term, wanted: Term): boolean {
  const plain = ({ name, rest }: Term) => `${name}${rest.toLowerCase().replace(/\.$/, "")}`;
  if (there.modifier || wanted.modifier) return false;
  if (plain(there) === plain(wanted)) return true;
  const [outer, inner] = [networkIn(there), networkIn(wanted)];
  return (
    outer !== undefined &&
    inner !== undefined &&
    outer[0].kind() === inner[0].kind() &&
    outer[1] <= inner[1] &&
    (inner[0] as ipaddr.IPv4).match(outer[0] as ipaddr.IPv4, outer[1])
  );
}

/** From the strictest to the weakest. */
const ENDS = ["-", "~", "?"];

/**
 * One record that permits `add` as well, made from the texts of a name. Whether it is right as a whole is not to be
 * seen in a text: it has to be evaluated.
 */
export function merge(texts: readonly string[], add: readonly string[]): Merge {
  const notes = new Set<Note>();
  const quoted = texts.filter((text) => /^\s*"+\s*v=spf1/i.test(text));
  if (quoted.length > 0) notes.add("quoted");
  const unquoted = quoted.map((text) => text.replaceAll('"', "").trim());
  const records = [...texts.filter(isSpf), ...unquoted];
  const parsed = records.map(termsOf);
  const slips = parsed.flat().flatMap((term) => ("slip" in term ? [term.slip] : []));
  if (slips.length > 0) return { notes: [...notes, "syntax"], changed: false, slips };
  if (records.length > 1) notes.add("several");
  const { mechanisms, end, modifiers } = joined(parsed as Term[][], notes);
  const wanted = termsOf(`v=spf1 ${add.join(" ")}`) as Term[];
  const placed = wanted.reduce<readonly Term[]>((all, term) => place(all, term, notes), mechanisms);
  const record = ["v=spf1", ...placed.map(({ text }) => text), ...(end ? [end] : []), ...modifiers].join(" ");
  for (const term of [...placed, ...(parsed.flat() as Term[])]) {
    if (term.name === "ptr") notes.add("ptr");
    if (term.text.includes("%")) notes.add("macro");
  }
  if (record.length > 450) notes.add("long");
  const same = records.length === 1 && quoted.length === 0 && records[0] === record;
  return { record, notes: [...notes], changed: !same, slips: [] };
}

/** The terms of all records in one, without those that have no effect. */
function joined(records: readonly (readonly Term[])[], notes: Set<Note>) {
  const ends: string[] = [];
  const mechanisms: Term[] = [];
  const modifiers: string[] = [];
  const redirects: Term[] = [];
  let open = false;
  for (const terms of records) {
    const end = terms.findIndex(({ name, modifier }) => name === "all" && !modifier);
    const all = terms[end];
    if (end >= 0 && terms.some(({ modifier }, at) => at > end && !modifier)) notes.add("afterAll");
    const own = terms.filter(({ modifier }, at) => !modifier && (end < 0 || at < end));
    if (all?.qualifier === "-" && own.length === 0) notes.add("neverSends");
    if (all?.qualifier === "+") open = true;
    else if (all) ends.push(all.qualifier);
    for (const term of own) if (!mechanisms.some(({ text }) => text === term.text)) mechanisms.push(term);
    for (const term of terms.filter(({ modifier }) => modifier)) {
      if (term.name !== "redirect") modifiers.push(term.text);
      else if (all) notes.add("redirectIgnored");
      else redirects.push(term);
    }
  }
  if (open) notes.add("open");
  if (new Set(ends).size > 1) notes.add("weakerAll");
  const weakest = ENDS.findLast((end) => ends.includes(end));
  const isAlone = redirects.length === 1 && weakest === undefined && !open && records.length === 1;
  if (redirects.length > 0) notes.add("redirect");
  if (!isAlone)
    for (const { rest } of redirects) {
      const include = termsOf(`v=spf1 include:${rest.slice(1)}`)[0] as Term;
      if (!mechanisms.some(({ text }) => text === include.text)) mechanisms.push(include);
    }
  if (weakest === undefined && !isAlone && !open && records.length > 0) notes.add("noAll");
  const kept = [...new Set(modifiers)].filter((text, at, all) => !/^exp=/i.test(text) || firstExp(all) === at);
  return {
    mechanisms,
    end: isAlone ? undefined : `${weakest ?? "~"}all`,
    modifiers: [...kept, ...(isAlone ? redirects.map(({ text }) => text) : [])],
  };
}

const firstExp = (modifiers: readonly string[]) => modifiers.findIndex((text) => /^exp=/i.test(text));

/** The term, before the first one that may answer otherwise. */
function place(terms: readonly Term[], term: Term, notes: Set<Note>): readonly Term[] {
  const found = terms.find(({ qualifier, modifier }) => !modifier && qualifier !== "+");
  const before = found ? terms.indexOf(found) : terms.length;
  if (terms.slice(0, before).some((there) => covers(there, term))) return terms;
  const isOther = (there: Term) => covers(there, term) && covers(term, there);
  if (terms.some((there) => isOther(there) && there.qualifier !== "+")) notes.add("unwanted");
  return [...terms.slice(0, before), term, ...terms.slice(before).filter((there) => !isOther(there))];
}

/** The strings of a record: each holds 255 octets at most. */
export const stringsOf = (record: string): string[] => record.match(/.{1,255}/gs) ?? [""];

/** A record as a zone file has it. */
export const txtLine = (name: string, record: string): string =>
  `${name}. TXT ${stringsOf(record)
    .map((part) => `"${part.replace(/["\\]/g, "\\$&")}"`)
    .join(" ")}`;
