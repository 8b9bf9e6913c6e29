// The header of a message that has arrived: what the receiver's own judge wrote (RFC 8601), and from where it came.

import { isIPv4 } from "node:net";

/** What reads single lines; the libraries behind it are loaded only for this. */
export interface Reader {
  /** The organization that a DNS name belongs to; undefined for a name below no public suffix, such as mx.internal. */
  organization(name: string): string | undefined;
  received(line: string): Received;
  results(line: string): Results;
}

/** A line of Received. */
export interface Received {
  /** Who wrote it. */
  readonly by: string;
  /** The address of the client, and the name with which it greeted. */
  readonly client: string;
  readonly helo: string;
}

/** A line of Authentication-Results. */
export interface Results {
  /** Who wrote it; empty where the line does not say, as with Microsoft. */
  readonly id: string;
  readonly spf?: string;
  readonly dkim?: readonly string[];
  readonly dmarc?: string;
}

/** What the header says of the way to the receiver. */
export interface Judgement {
  readonly receiver: string;
  readonly spf: string;
  readonly dkim: string;
  readonly dmarc: string;
  readonly sentFrom: string;
  /** The name with which the sending server greeted the receiver. */
  readonly helo: string;
  /** Whether the receiver wrote any result. */
  readonly written: boolean;
}

/** A field, unfolded. */
interface Field {
  readonly name: string;
  readonly value: string;
  readonly line: string;
}

/** Fields of one header that are read, and characters of each. */
const MOST = 500;
const LONGEST = 10_000;

/** The fields of the header of a message, in their order. */
export function fieldsOf(message: string): Field[] {
  const [header = ""] = message.replaceAll("\r\n", "\n").split("\n\n", 1);
  const lines = header.replace(/\n(?=[ \t])/g, "").split("\n", MOST);
  return lines.flatMap((whole) => {
    const line = whole.slice(0, LONGEST);
    const [, name = "", value = ""] = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line) ?? [];
    return name ? [{ name: name.toLowerCase(), value: value.trim(), line: `${name}: ${value.trim()}` }] : [];
  });
}

/** The value of the first field of that name; empty where there is none. */
export const valueIn = (fields: readonly Field[], wanted: string): string =>
  fields.find(({ name }) => name === wanted)?.value ?? "";

/** A name as DNS has them, and no address: `localhost` and Gmail's `2002:a05:…` are nobody else's. */
const isFullName = (by: string) => by.length < 254 && /^[^:]+\.[^:]*[a-z][^:.]*\.?$/i.test(by);

/** The part of a header that the receiver has written. */
interface Region {
  readonly fields: readonly Field[];
  /** Its organizations. */
  readonly receivers: ReadonlySet<string>;
}

/**
 * What the receiver has written, given the MX hosts of the recipient's domain: all from the top down to the first
 * Received of another organization. Gmail, iCloud and Yahoo write their results below their own Received. A name that
 * belongs to nobody is the receiver's as long as none of its public ones has come.
 */
function regionOf(all: readonly Field[], servers: readonly string[], { organization, received }: Reader): Region {
  const writers = all.map((field) => (field.name === "received" ? received(field.line).by.toLowerCase() : ""));
  const first = writers.findIndex((by) => isFullName(by) && organization(by) !== undefined);
  // Yahoo writes addresses, so its first name is already that of the relay host.
  const isReceiver = servers.length === 0 || !writers.slice(0, first).some((by) => isIPv4(by));
  const names = [...servers, ...(first >= 0 && isReceiver ? [writers[first] as string] : [])];
  const receivers = new Set(names.map((name) => organization(name) ?? name.toLowerCase()));
  let isKnown = false;
  const end = writers.findIndex((by) => {
    if (!isFullName(by)) return false;
    const who = organization(by);
    if (who === undefined) return isKnown;
    isKnown = true;
    return !receivers.has(who);
  });
  return { fields: all.slice(0, end < 0 ? all.length : end), receivers };
}

const isLoopback = (address: string) => /^(127\.|::1$|::ffff:127\.)/i.test(address);

/** What the receiver says, beside the MX hosts of the recipient's domain as far as they are known. */
export function judgementIn(message: string, servers: readonly string[], reader: Reader): Judgement {
  const region = regionOf(fieldsOf(message), servers, reader);
  const hops = region.fields.filter(({ name }) => name === "received").map(({ line }) => reader.received(line));
  const handover = hops.findLast(({ client }) => client !== "" && !isLoopback(client));
  const results = resultsIn(region, servers.length > 0, reader);
  const named = hops.find(({ by }) => isFullName(by))?.by ?? "";
  return {
    receiver: results[0]?.id || named,
    spf: wordOf(results.flatMap(({ spf }) => spf ?? [])),
    dkim: wordOf(results.flatMap(({ dkim }) => dkim ?? [])),
    dmarc: wordOf(results.flatMap(({ dmarc }) => dmarc ?? [])),
    sentFrom: handover?.client ?? clientIn(region.fields),
    helo: handover?.helo ?? "",
    written: results.length > 0,
  };
}

/**
 * The results of the topmost judge that is the receiver's: the relay host's own stand below a Received of the receiver,
 * and have another name. A name of its own for each method is of the same organization.
 */
function resultsIn({ fields, receivers }: Region, isKnown: boolean, { organization, results }: Reader): Results[] {
  const whose = (id: string) => organization(id) ?? id.toLowerCase();
  const top = fields.findIndex(({ name }) => name === "received");
  const told = fields.flatMap(({ name, line }, at) => {
    if (name !== "authentication-results") return [];
    const one = results(line);
    const isOwn = !isKnown || one.id === "" || at < top || receivers.has(whose(one.id));
    return isOwn ? [one] : [];
  });
  const [first, ...others] = told;
  if (!first || first.id === "") return first ? [first] : [];
  return [first, ...others.filter(({ id }) => id !== "" && whose(id) === whose(first.id))];
}

/** One word for several results: one that passes is enough. Yahoo writes `unknown` where there is nothing to judge. */
function wordOf(results: readonly string[]): string {
  const words = results.map((word) => (word.toLowerCase() === "unknown" ? "none" : word.toLowerCase()));
  return words.find((word) => word === "pass") ?? words[0] ?? "";
}

/** The address where no Received has it. */
function clientIn(region: readonly Field[]): string {
  return (
    /\bclient-ip=\[?"?([0-9a-f.:]+)/i.exec(valueIn(region, "received-spf"))?.[1] ??
    /^\[?([0-9a-f.:]+)\]?$/i.exec(valueIn(region, "x-originating-ip"))?.[1] ??
    ""
  );
}
