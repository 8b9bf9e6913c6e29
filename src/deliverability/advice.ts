// What to do about a verdict: one action. It is evaluated before it is shown, so that nobody publishes in vain.

import { providers } from "../providers/providers.ts";
import type { Looks } from "./dns.ts";
import { textsOf } from "./dns.ts";
import type { Evidence } from "./evidence.ts";
import { evidenceOf, type Habits, type Judged, judge, rowOf } from "./judge.ts";
import { merge, txtLine } from "./spf-record.ts";
import { decide } from "./verdict.ts";

/** One action: words, and the records to publish. */
export interface Action {
  readonly text: string;
  readonly records: readonly string[];
}

/** What an action may name beside the sender. */
export interface Surroundings {
  readonly habits: Habits;
  /** The mail domain to use instead of the name of a host. */
  readonly mailDomain: string;
  /** An address that the relay host surely takes and somebody reads: the user name, where it is one. */
  readonly account?: string;
}

const say = (text: string, ...records: string[]): Action => ({ text, records });

/** The action for a verdict; undefined where there is nothing to do, or nothing is known. */
export async function adviceFor(looks: Looks, judged: Judged, around: Surroundings): Promise<Action | undefined> {
  const { identity, verdict, evidence } = judged;
  if (verdict === "accepted" || verdict === "unknown") return undefined;
  const { domain } = identity;
  if (identity.hostName) return await otherSender(looks, judged, around);
  if (rowOf(identity).fixedSender)
    return say(`set \`sender\` to the address of the account${accountOf(around)}: it is the sender that leaves`);
  if (isFreemail(domain))
    return say(
      `set \`sender\` to an address of a domain of your own, or use the provider of that mailbox as relay host`,
    );
  if (evidence.name.state === "nullMx")
    return say(`set \`sender\` to an address of another domain: the MX record of ${domain} says that it has no mail`);
  if (evidence.name.state === "none")
    return say(`give ${domain} an MX record, so that answers and bounces arrive, or set \`sender\` to another domain`);
  return (await recordAdvice(looks, judged, around)) ?? keyAdvice(judged);
}

const accountOf = ({ account }: Surroundings) => (account ? `, such as ${account}` : "");

/** Never records for names of hosts: each new host would need some. */
async function otherSender(looks: Looks, { identity }: Judged, around: Surroundings): Promise<Action> {
  const domain = around.account?.split("@").at(-1)?.toLowerCase() ?? around.mailDomain;
  const address = around.account ?? `postmaster@${domain}`;
  const example = around.account ? `${around.account}, which the relay host surely takes` : `an address of ${domain}`;
  const text = `set \`sender\` to ${example}`;
  const other = await judge(looks, { ...identity, domain, address, hostName: false }, around.habits);
  const next = await adviceFor(looks, other, around);
  return next ? say(`${text}; then ${next.text}`, ...next.records) : say(text);
}

/** Records that make the verdict `accepted`, or what keeps them from it. */
async function recordAdvice(looks: Looks, judged: Judged, { habits }: Surroundings): Promise<Action | undefined> {
  const { identity, evidence } = judged;
  const row = rowOf(identity);
  const known = identity.main ? habits : {};
  const tried = async (texts: Record<string, string[]>) => await evidenceOf(looks.as(texts), identity, known);
  const helps = (found: Evidence) => decide(found).verdict === "accepted";
  if (row.envelope === "own") {
    const keys = await keyRecords(looks, judged);
    if (keys && helps(await tried(keys.texts)))
      return say(`set up ${identity.domain} at ${titleOf(judged)}, and publish`, ...keys.lines);
    const { aligned } = row;
    if (!aligned || habits.returnPath) return undefined;
    const path = `${aligned.name}.${identity.domain}`;
    const texts = aligned.type === "TXT" ? [aligned.value] : textsOf(await looks.find(aligned.value, "TXT"));
    if (!helps(await tried({ [path]: texts }))) return undefined;
    const line = aligned.type === "TXT" ? txtLine(path, aligned.value) : `${path}. CNAME ${aligned.value}.`;
    return say(`set up ${identity.domain} at ${titleOf(judged)}, and publish`, line);
  }
  const { spf } = evidence;
  const merged = merge(spf.texts, spf.terms);
  if (merged.slips.length > 0)
    return say(`mend the SPF record of ${spf.domain} first: ${merged.slips.join(", ")} is no term of SPF`);
  const record = merged.record as string;
  const found = await tried({ [spf.domain]: [record] });
  if (helps(found)) return say(instruction(judged), txtLine(spf.domain, record));
  const culprit = culpritOf(found);
  return culprit ? say(`mend the SPF record of ${spf.domain} first: ${culprit}`) : undefined;
}

function instruction({ evidence: { spf } }: Judged): string {
  if (spf.state === "none") return "publish";
  if (spf.state === "several") return `publish one SPF record in place of those at ${spf.domain}`;
  return `change the SPF record of ${spf.domain} to`;
}

/** What keeps even the merged record from being right. */
function culpritOf({ spf }: Evidence): string | undefined {
  if (spf.state === "overLookups")
    return `it would need ${spf.lookups} look-ups, and receivers stop after ten; take out an \`include\` that is no longer used, or send from a subdomain with a record of its own`;
  if (spf.state === "voids") return "more than two of its names do not exist; take them out";
  if (spf.state === "broken") return `receivers stop at it (${spf.why})`;
  if (spf.state === "failed") return `a name in it cannot be looked up (${spf.why})`;
  if (spf.state === "part" || spf.state === "fail") return "a term of it refuses an address that the mail comes from";
  return undefined;
}

const titleOf = ({ identity }: Judged) =>
  identity.provider ? providers[identity.provider].title : identity.relayHost.host;

/** The keys that a provider has ready for each customer at a name that is known. */
async function keyRecords(looks: Looks, { identity, evidence }: Judged) {
  const { names, target } = rowOf(identity).dkim;
  if (!target || names.length === 0) return undefined;
  const { domain } = evidence.dkim;
  const texts: Record<string, string[]> = {};
  const lines: string[] = [];
  for (const selector of names) {
    const leadsTo = target
      .replace("{selector}", selector)
      .replace("{n}", selector.replace(/\D/g, ""))
      .replace("{domain}", domain)
      .replace("{dashed}", domain.replaceAll(".", "-"));
    const name = `${selector}._domainkey.${domain}`;
    texts[name] = textsOf(await looks.find(leadsTo, "TXT"));
    lines.push(`${name}. CNAME ${leadsTo}.`);
  }
  return { texts, lines };
}

/** Where only the provider knows the records. */
function keyAdvice(judged: Judged): Action {
  const { evidence, identity } = judged;
  const title = titleOf(judged);
  if (evidence.dkim.state === "unknown")
    return say(
      `name the selectors of DKIM that ${title} shows for ${evidence.dkim.domain}, in \`deliverability.selectors\`, ` +
        "so that the keys can be looked up",
    );
  if (evidence.spf.assumed && rowOf(identity).envelope === "kept")
    return say("name the addresses that the relay host sends from, in `deliverability.sentFrom`");
  return say(`set up ${identity.domain} at ${title}, and publish the DKIM records that are shown there`);
}

/** Domains of mailboxes that anybody can have: their owners alone publish records there. */
const FREEMAIL =
  /^((gmail|googlemail|outlook|hotmail|live|msn|aol|icloud|me|mac|yandex|zohomail|qq|163|126)\.com|(yahoo|ymail|hotmail|live|outlook)\.[a-z.]+|gmx\.[a-z.]+|web\.de|t-online\.de|freenet\.de|proton(mail)?\.(com|me)|mail\.(ru|com)|orange\.fr|free\.fr|laposte\.net|libero\.it)$/i;

/** Whether anybody can have a mailbox there. */
export const isFreemail = (domain: string): boolean => FREEMAIL.test(domain);
