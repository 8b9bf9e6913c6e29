// SPF by addresses, not by texts: records nest, redirect and are flattened (RFC 7208).

import { isIP } from "node:net";
import { type Looks, textsOf } from "./dns.ts";
import type { SpfEvidence } from "./evidence.ts";
import { libraries } from "./libraries.ts";
import { isSpf, networkIn, type Term, termsOf } from "./spf-record.ts";

/** Addresses that are tried, at most: one of each network. */
const SAMPLES = 60;

/** What a domain's SPF record is asked about. */
export interface SpfQuestion {
  /** The sender in the envelope. */
  readonly sender: string;
  readonly domain: string;
  /** The name that greets. */
  readonly helo: string;
  readonly addresses: readonly string[];
}

type Answer = Pick<SpfEvidence, "state" | "tried" | "failing" | "texts" | "lookups" | "why" | "open">;

/** An address that nobody has: it fits no term, so all of them are read. */
const NOBODY = "240.0.0.1";

/** Whether these addresses may send for a domain. */
export async function spfOf(looks: Looks, { sender, domain, helo, addresses }: SpfQuestion): Promise<Answer> {
  const found = await looks.find(domain, "TXT");
  const texts = textsOf(found);
  const records = texts.filter(isSpf);
  const none = { tried: addresses, failing: addresses, texts };
  if (found.state === "failed") return { ...none, state: "failed", why: found.code };
  if (records.length === 0) return { ...none, state: "none" };
  if (records.length > 1) return { ...none, state: "several" };
  // The whole tree at once: the evaluation asks one thing after the other.
  await networksOf(looks, domain);
  const { spf } = await libraries();
  const evaluate = async (ip: string, limits = {}) => {
    const { status, lookups } = await spf({
      ...{ sender, ip, helo, mta: "postfix-relay", resolver: looks.resolver as never, strict: true },
      ...limits,
    });
    return { result: status.result, why: String(status.comment ?? ""), lookups: lookups?.count };
  };
  const all = { maxResolveCount: 100, maxVoidCount: 100 };
  const [whole, ...each] = await Promise.all([evaluate(NOBODY, all), ...addresses.map((ip) => evaluate(ip))]);
  const failing = addresses.filter((_, at) => each[at]?.result !== "pass");
  const facts = { tried: addresses, failing, texts, lookups: whole.lookups, open: whole.result === "pass" };
  const errors = each.filter(({ result }) => result === "temperror" || result === "permerror");
  const temporary = errors.find(({ result }) => result === "temperror");
  if (failing.length === 0) return { ...facts, state: addresses.length > 0 ? "pass" : "failed" };
  if (temporary) return { ...facts, state: "failed", why: reasonIn(temporary.why) };
  const [error] = errors;
  if (error) return { ...facts, state: errorOf(error.why), why: reasonIn(error.why) };
  if (failing.length < addresses.length) return { ...facts, state: "part" };
  const worst = (["fail", "softfail", "neutral"] as const).find((one) => each.some(({ result }) => result === one));
  return { ...facts, state: worst ?? "neutral" };
}

function errorOf(why: string): "overLookups" | "voids" | "broken" {
  if (why.includes("Too many DNS requests")) return "overLookups";
  return why.includes("Too many void") ? "voids" : "broken";
}

/** The end of the words of an evaluation, after the name of the sender. */
const reasonIn = (comment: string) => comment.match(/during lookup of \S+: (.*)/)?.[1] ?? comment;

/** One address of each network that the record of a domain permits, at most 60; includes and redirects are followed. */
export async function networksOf(looks: Looks, domain: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.size > SAMPLES || seen.has(domain.toLowerCase())) return [];
  seen.add(domain.toLowerCase());
  const record = textsOf(await looks.find(domain, "TXT")).find(isSpf);
  const terms = record ? termsOf(record).flatMap((term) => ("slip" in term ? [] : [term])) : [];
  const found = await Promise.all(terms.map((term) => addressesOf(looks, domain, term, seen)));
  return [...new Set(found.flat())].slice(0, SAMPLES);
}

/** The addresses that a term permits. Those with macros are known only for a message. */
async function addressesOf(looks: Looks, domain: string, term: Term, seen: Set<string>): Promise<string[]> {
  const [own] = networkIn(term) ?? [];
  if (own) return term.qualifier === "+" ? [own.toString()] : [];
  const target = term.rest.replace(/^[:=]/, "").replace(/\/.*$/, "").replace(/\.$/, "") || domain;
  if (target.includes("%") || (term.modifier && term.name !== "redirect")) return [];
  const permitted = (wanted: Promise<string[]>) => wanted.then((all) => (term.qualifier === "+" ? all : []));
  if (term.name === "include" || term.name === "redirect") return permitted(networksOf(looks, target, seen));
  if (term.name === "a") return permitted(hostAddresses(looks, target));
  if (term.name !== "mx") return [];
  const servers = await mailServers(looks, target);
  return permitted(Promise.all(servers.map((server) => hostAddresses(looks, server))).then((all) => all.flat()));
}

/** The addresses of a host, IPv4 and IPv6: mail may leave by both. */
export async function hostAddresses(looks: Looks, host: string): Promise<string[]> {
  if (isIP(host) !== 0) return [host];
  const found = await Promise.all((["A", "AAAA"] as const).map((type) => looks.find(host, type)));
  // Answers come in another order each time.
  return found.flatMap((one) => (one.state === "found" ? one.records.map(String).toSorted() : []));
}

/** The names of the mail servers of a domain. */
export async function mailServers(looks: Looks, domain: string): Promise<string[]> {
  const found = await looks.find(domain, "MX");
  return found.state === "found" ? found.records.map((one) => (one as { exchange: string }).exchange) : [];
}
