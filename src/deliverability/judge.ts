// One sender by one relay host: the questions to the DNS, and the verdict.

import type { KeyNames, Sending } from "../providers/sender.ts";
import { sending } from "../providers/sending.ts";
import type { Settings } from "../settings/settings.ts";
import { dkimOf } from "./dkim.ts";
import { dmarcOf } from "./dmarc.ts";
import type { Looks } from "./dns.ts";
import type { Evidence, NameEvidence, SpfEvidence } from "./evidence.ts";
import type { Identity } from "./identities.ts";
import { hostAddresses, mailServers, networksOf, spfOf } from "./spf.ts";
import { isSpf, type Term, termsOf } from "./spf-record.ts";
import { type Decision, decide } from "./verdict.ts";

/** What the user knows about the relay host, beside the table of providers. */
export type Habits = Settings["deliverability"];

/** The evidence about one sender, and the verdict. */
export interface Judged extends Decision {
  readonly identity: Identity;
  readonly evidence: Evidence;
  /** Why nothing can be told, where that is not in the evidence. */
  readonly blind?: string;
}

/** A relay host that no row is about: it passes the sender on, and sends from its own addresses. */
const OTHER: Pick<Sending, "envelope" | "spf" | "dkim"> & Partial<Sending> = {
  envelope: "kept",
  spf: ["a:{relayHost}"],
  dkim: { names: [], type: "TXT" },
};

/** What is known about the relay host of a sender. */
export const rowOf = ({ provider }: Identity) => (provider && sending[provider]) ?? OTHER;

/** Judges one sender. */
export async function judge(looks: Looks, identity: Identity, habits: Habits): Promise<Judged> {
  const { host, lookupMx } = identity.relayHost;
  const [servers, evidence] = await Promise.all([
    lookupMx ? mailServers(looks, host) : hostAddresses(looks, host),
    evidenceOf(looks, identity, identity.main ? habits : {}),
  ]);
  const decision = decide(evidence);
  if (servers.length > 0 || decision.verdict === "accepted") return { identity, evidence, ...decision };
  const blind = `the relay host's own name, ${host}, is not found from here either`;
  return { identity, evidence, verdict: "unknown", by: [], blind };
}

type Known = Partial<Omit<Habits, "mode">>;

/** Everything that the DNS says about a sender. */
export async function evidenceOf(looks: Looks, identity: Identity, habits: Known): Promise<Evidence> {
  const { domain } = identity;
  const row = rowOf(identity);
  const signing = (habits.signingDomain ?? domain).toLowerCase();
  const [name, spf, dkim] = await Promise.all([
    nameOf(looks, domain),
    spfEvidence(looks, identity, habits, signing),
    dkimOf(looks, signing, row.dkim as KeyNames, habits.selectors, row.emptyKeyIsUnset),
  ]);
  const { dmarc, ...aligned } = await dmarcOf(looks, domain, spf.domain, signing);
  const state = spf.state === "skipped" && aligned.spf ? "pass" : spf.state;
  return {
    envelope: row.envelope,
    name,
    spf: { ...spf, state, aligned: aligned.spf },
    dkim: { ...dkim, domain: signing, aligned: aligned.dkim },
    dmarc,
  };
}

async function nameOf(looks: Looks, domain: string): Promise<NameEvidence> {
  const found = await Promise.all((["MX", "A", "AAAA"] as const).map((type) => looks.find(domain, type)));
  const [mx] = found;
  const servers = mx?.state === "found" ? mx.records.map((one) => (one as { exchange: string }).exchange) : [];
  if (servers.length === 1 && /^\.?$/.test(servers[0] ?? "")) return { state: "nullMx" };
  if (found.some(({ state }) => state === "found")) return { state: "there" };
  return { state: found.some(({ state }) => state === "failed") ? "failed" : "none" };
}

type Spf = Omit<SpfEvidence, "aligned">;

/** The domain that SPF judges, and whether the addresses that mail is sent from may send for it. */
async function spfEvidence(looks: Looks, identity: Identity, habits: Known, signing: string): Promise<Spf> {
  const row = rowOf(identity);
  const { host } = identity.relayHost;
  const ask = (domain: string, addresses: readonly string[]) =>
    spfOf(looks, { sender: `postmaster@${domain}`, domain, helo: host, addresses });
  const own = row.ownDomain ?? host;
  if (habits.returnPath) return { ...(await pathEvidence(looks, habits.returnPath, row, ask)), assumed: false };
  if (row.envelope === "own") {
    const { aligned } = row;
    const path = aligned && `${aligned.name}.${identity.domain}`;
    const found = path ? await pathEvidence(looks, path, row, ask) : undefined;
    // Without the record the provider takes a domain of its own.
    if (found && found.state !== "none") return { ...found, assumed: false };
    return { state: "skipped", domain: own, assumed: false, tried: [], failing: [], texts: [], terms: [] };
  }
  const domain = row.envelopeSigns ? signing : identity.domain;
  const given = habits.sentFrom ?? [];
  if (given.length > 0) {
    const terms = given.map((one) => `${one.includes(":") ? "ip6" : "ip4"}:${one}`);
    const addresses = given.map((one) => one.replace(/\/.*/, ""));
    return { ...(await ask(domain, addresses)), domain, assumed: false, terms };
  }
  const found = await Promise.all(
    row.spf.map(async (form): Promise<Spf> => {
      const term = form.replace("{relayHost}", host);
      const addresses = await addressesFor(looks, identity, term);
      const assumed = form.includes("{relayHost}") || row.spf.length > 1;
      const answer = await ask(domain, addresses);
      const evidence = { ...answer, domain, assumed, terms: [host.includes(":") ? `ip6:${host}` : plain(term)] };
      const isBlind = addresses.length === 0 && answer.state !== "none" && answer.state !== "several";
      return isBlind ? { ...evidence, state: "failed", why: `the addresses of ${host} are not known` } : evidence;
    }),
  );
  return found.toSorted((a, b) => rank(a) - rank(b))[0] as Spf;
}

/** A relay host may be an address. */
const plain = (term: string) => term.replace(/^a:(\d+\.\d+\.\d+\.\d+)$/, "ip4:$1");

const rank = ({ state }: Spf) => ["pass", "part"].indexOf(state) + 1 || 3;

/** The addresses that mail leaves from: those of the relay host, or one of each network of the provider. */
async function addressesFor(looks: Looks, { relayHost }: Identity, term: string): Promise<string[]> {
  if (!term.startsWith("a:")) return networksOf(looks, term.replace(/^include:/, ""));
  if (!relayHost.lookupMx) return hostAddresses(looks, relayHost.host);
  const servers = await mailServers(looks, relayHost.host);
  return (await Promise.all(servers.map((server) => hostAddresses(looks, server)))).flat();
}

/** A return path: a name of the sender that leads to the provider, or has a record that names it. */
async function pathEvidence(
  looks: Looks,
  path: string,
  row: Partial<Sending>,
  ask: (domain: string, addresses: readonly string[]) => Promise<Omit<Spf, "domain" | "assumed" | "terms">>,
): Promise<Omit<Spf, "assumed">> {
  const alias = await looks.find(path, "CNAME");
  const own =
    alias.state === "found" ? path : row.aligned?.type === "TXT" ? targetOf(row.aligned.value) : row.ownDomain;
  const addresses = own ? await networksOf(looks, own) : [];
  const answer = await ask(path, addresses.length > 0 ? addresses : await networksOf(looks, path));
  return { ...answer, domain: path, terms: [] };
}

/** The domain that a record includes. */
const targetOf = (record: string): string | undefined =>
  isSpf(record) ? (termsOf(record) as Term[]).find(({ name }) => name === "include")?.rest.slice(1) : undefined;
