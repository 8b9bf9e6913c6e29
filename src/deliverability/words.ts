// A verdict in words, for people: one line for each kind of evidence, and what to do.

import type { Action } from "./advice.ts";
import type { DkimEvidence, DmarcEvidence, NameEvidence, SpfEvidence } from "./evidence.ts";
import type { Judged } from "./judge.ts";

/** The lines of the evidence, by their names. */
export interface Lines {
  readonly name: string;
  readonly spf: string;
  readonly dkim: string;
  readonly dmarc: string;
}

/** All evidence about a sender in words. */
export function linesOf({ identity, evidence }: Judged): Lines {
  return {
    name: nameLine(evidence.name),
    spf: spfLine(evidence.spf),
    dkim: dkimLine(evidence.dkim),
    dmarc: dmarcLine(evidence.dmarc, identity.domain),
  };
}

function nameLine({ state }: NameEvidence): string {
  if (state === "there") return "found";
  if (state === "nullMx") return "its MX record says that it has no mail: nobody takes mail from it";
  if (state === "failed") return "cannot be looked up now";
  return "no MX, A or AAAA record: many servers refuse a sender whose domain they do not find";
}

function spfLine({ state, domain, aligned, assumed, failing, tried, why }: SpfEvidence): string {
  const some = failing.slice(0, 3).join(", ") + (failing.length > 3 ? ", …" : "");
  const address = `${some}${assumed ? ", which the relay host is assumed to send from" : ""}`;
  switch (state) {
    case "pass":
      return aligned ? `passes (${domain})` : `passes for ${domain}, which does not count for the sender`;
    case "skipped":
      return `judged at ${domain}, the provider's own: passes, and does not count for the sender`;
    case "part":
      return `passes for some addresses of the relay host and not for others: ${address}`;
    case "fail":
      return `${domain} forbids ${address} (-all)`;
    case "softfail":
      return `${domain} does not permit ${address} (~all)`;
    case "neutral":
      return `${domain} says nothing about ${tried.length > 0 ? address : "the relay host"}`;
    case "none":
      return `no record at ${domain}; that of a domain above it does not count`;
    case "several":
      return `several records at ${domain}, which is an error for all receivers`;
    case "overLookups":
      return `the record of ${domain} needs more than ten look-ups, where receivers stop with an error`;
    case "voids":
      return `the record of ${domain} names more than two domains that are not there`;
    case "broken":
      return `the record of ${domain} has an error: ${why}`;
    case "failed":
      return `cannot be looked up now (${why})`;
  }
}

function dkimLine({ state, domain, aligned, found, tried, wrong }: DkimEvidence): string {
  const faults = wrong.length > 0 ? `: ${wrong.join(", ")}` : "";
  if (state === "failed") return "cannot be looked up now";
  if (state === "unknown")
    return `the names of the keys are not known${tried.length > 0 ? `; not ${tried.join(", ")}` : ""}${faults}`;
  if (state === "none") return `no key at ${domain}${faults || (tried.length > 0 ? ` (${tried.join(", ")})` : "")}`;
  const keys = `${found.length > 1 ? "keys" : "key"} ${found.join(", ")} at ${domain}`;
  return aligned
    ? `${keys}, if the relay host signs with ${found.length > 1 ? "one of them" : "it"}`
    : `${keys}, which does not count for the sender`;
}

function dmarcLine({ policy, at, byWalkOnly }: DmarcEvidence, domain: string): string {
  if (policy === "failed") return "cannot be looked up now";
  if (policy === "absent") return "no policy";
  const from = at && at !== domain ? ` (${at})` : "";
  const list = byWalkOnly ? "; receivers that go by the list of public suffixes do not see it" : "";
  const asks = {
    none: "none: asks for nothing",
    quarantine: "quarantine: what does not pass goes to Junk",
    reject: "reject: what does not pass is refused",
  };
  return `${asks[policy]}${from}${list}`;
}

const WHAT = {
  accepted: "is accepted by receivers, as far as the DNS shows",
  doubtful: "may be refused or go to Junk",
  refused: "will be refused by many receivers",
  unknown: "was not judged",
};

/** The verdict as one text of several lines. */
export function textOf(judged: Judged, action: Action | undefined): string {
  const { identity, verdict, blind } = judged;
  const { name, spf, dkim, dmarc } = linesOf(judged);
  const head = `mail from ${identity.domain} (${identity.who.join("; ")}) by ${identity.relayHost.host} ${WHAT[verdict]}`;
  if (blind) return `${head}: ${blind}`;
  const rows = [
    ...(judged.evidence.name.state === "there" ? [] : [`name   ${name}`]),
    `SPF    ${spf}`,
    `DKIM   ${dkim}`,
    `DMARC  ${dmarc}`,
    ...(action
      ? [`Do: ${action.text}${action.records.length > 0 ? ":" : ""}`, ...action.records.map((one) => `    ${one}`)]
      : []),
  ];
  return [`${head}:`, ...rows.map((row) => `  ${row}`)].join("\n");
}
