// The verdicts about all senders of a host, as output and as findings of a preview.

import type { Finding } from "../settings/problems.ts";
import type { Settings } from "../settings/settings.ts";
import { type Action, adviceFor, type Surroundings } from "./advice.ts";
import { DEADLINE, type Looks } from "./dns.ts";
import { type Identity, identities } from "./identities.ts";
import { type Judged, judge } from "./judge.ts";
import { libraries } from "./libraries.ts";
import { linesOf, textOf } from "./words.ts";

/** Whether receivers will accept mail of one sender, as the DNS shows it. */
export interface Acceptance {
  /**
   * The domain of the sender.
   */
  domain: string;
  /**
   * The relay host that the mail leaves by.
   */
  relayHost: string;
  /**
   * "accepted", "doubtful" or "refused"; "unknown" where too little could be looked up.
   */
  verdict: string;
  /**
   * What passes and counts for the sender: "spf", "dkim".
   */
  by: string[];
  /**
   * Whether the domain is found, in words.
   */
  name: string;
  /**
   * The sending addresses beside the domain's SPF record, in words.
   */
  spf: string;
  /**
   * The published keys, in words.
   */
  dkim: string;
  /**
   * What the domain asks receivers to do with mail that does not pass, in words.
   */
  dmarc: string;
  /**
   * What to do; empty where there is nothing to do.
   */
  action: string;
  /**
   * The DNS records to publish for that, as a zone file has them.
   */
  records: string[];
}

/** A verdict with its action. */
export interface Advised {
  readonly judged: Judged;
  readonly action: Action | undefined;
}

/** The answers of one run, and what was judged in it: several hosts may have one sender. */
export class Run {
  readonly looks: Looks;
  readonly #judged = new Map<string, Promise<Advised>>();
  readonly #shown = new Set<string>();
  #hostNames = 0;

  constructor(looks: Looks) {
    this.looks = looks;
  }

  /** The verdicts about all senders of a host. `account` is the user name at the relay host, where it is an address. */
  async judge(settings: Settings, account?: string): Promise<Advised[]> {
    const { deliverability, domain } = settings;
    if (deliverability.mode === "off") return [];
    await libraries();
    const looks = this.looks.within(DEADLINE);
    const around: Surroundings = { habits: deliverability, mailDomain: domain, account };
    const one = (identity: Identity): Promise<Advised>[] => {
      const key = JSON.stringify([identity.domain, identity.relayHost.host, identity.provider, deliverability, domain]);
      const known = this.#judged.get(key);
      if (known) return [known];
      // Each name of a host costs six questions and more, and the advice is the same.
      if (identity.hostName && this.#hostNames >= HOST_NAMES) return [];
      if (identity.hostName) this.#hostNames += 1;
      const advised = adviseOn(looks, identity, around);
      this.#judged.set(key, advised);
      return [advised];
    };
    return await Promise.all(identities(settings).flatMap(one));
  }

  /** The findings that no other host of this run has had already. */
  findings(advised: readonly Advised[], { deliverability, hostname }: Settings): Finding[] {
    return advised.flatMap(({ judged, action }): Finding[] => {
      const { verdict, identity } = judged;
      if (verdict === "accepted") return [];
      const text = textOf(judged, action);
      const isError = verdict === "refused" && deliverability.mode === "error";
      const severity = isError ? "error" : verdict === "unknown" ? "note" : "warning";
      // What is said of one name of a host is said of the next in the same words.
      const key = identity.hostName ? text.replaceAll(hostname, "") : text;
      const isNew = this.isNew(key);
      return isNew || isError ? [{ severity, path: ["deliverability"], reason: text }] : [];
    });
  }

  /** Whether nothing of that was shown in this run so far; from now on it was. */
  isNew(what: string): boolean {
    const isNew = !this.#shown.has(what);
    this.#shown.add(what);
    return isNew;
  }

  /** A sentence if there are more names of hosts than are judged; once in a run. */
  rest(advised: readonly Advised[], settings: Settings): Finding[] {
    const isJudged = advised.length > 0 && advised.length >= identities(settings).length;
    if (settings.deliverability.mode === "off" || isJudged || this.#shown.has(REST)) return [];
    this.#shown.add(REST);
    return [{ severity: "note", path: ["deliverability"], reason: REST }];
  }
}

/** Names of hosts that are judged in one run. */
export const HOST_NAMES = 20;

const REST =
  `the names of ${HOST_NAMES} hosts were judged as senders; what was said of them holds for the names of all further ` +
  "hosts, each of which would need records of its own: set `sender`";

/** Judges one sender, and finds out what to do. */
export async function adviseOn(looks: Looks, identity: Identity, around: Surroundings): Promise<Advised> {
  const judged = await judge(looks, identity, around.habits);
  return { judged, action: await adviceFor(looks, judged, around) };
}

/** A verdict as an output: without counts and times, so that it changes only with the zone. */
export function acceptanceOf({ judged, action }: Advised): Acceptance {
  const { identity, verdict, by, blind } = judged;
  return {
    domain: identity.domain,
    relayHost: identity.relayHost.host,
    verdict,
    by: [...by],
    ...linesOf(judged),
    ...(blind && { name: blind }),
    action: action?.text ?? "",
    records: [...(action?.records ?? [])],
  };
}

/** Each of them once: hosts may have one sender. */
export const distinctAcceptances = (all: readonly Acceptance[]): Acceptance[] => [
  ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
];
