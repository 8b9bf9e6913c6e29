// `postfix-relay inbox`: sends a message from each host now, and looks for it in the mailbox of its Relay.

import { z } from "zod";
import { type Acceptance, acceptanceOf, Run } from "../deliverability/acceptance.ts";
import type { Looks } from "../deliverability/dns.ts";
import { type Arrival, arrivalOf, TOKEN } from "../deliverability/inbox/arrival.ts";
import { IMAP } from "../deliverability/inbox/mailbox.ts";
import type { Question } from "../deliverability/inbox/prove.ts";
import { whereIn } from "../deliverability/inbox/where.ts";
import { type About, aboutOf, adviceOf, sentenceOf } from "../deliverability/inbox/words.ts";
import { atOnce } from "../host/at-once.ts";
import { quote } from "../host/quote.ts";
import { parse } from "../settings/parse.ts";
import type { Settings } from "../settings/settings.ts";
import { type Answer, askHost, type Call } from "./ask-host.ts";
import { failed } from "./host-answer.ts";
import { type Pulumi, stacksOf, stateOf } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import type { Scope } from "./request.ts";
import { type RelayInState, relaysIn } from "./state.ts";
import { worst } from "./states.ts";
import { rowsText } from "./table.ts";
import { requireKnown } from "./targets.ts";
import type { Verdict } from "./verbs.ts";

/** All that the command touches. */
export interface InboxWorld {
  readonly pulumi: Pulumi;
  readonly call: Call;
  readonly looks: Looks;
  /** Where a package lies. */
  readonly place: (name: string) => string | undefined;
  readonly prove: (question: Question) => Promise<Arrival>;
  readonly print: (text: string) => void;
  /** Shows how far it is; an empty text takes that away. */
  readonly progress: (text: string) => void;
  /** Columns of the terminal; Infinity where it is none. */
  readonly width: number;
  readonly color: boolean;
  /** Now, in milliseconds since 1970. */
  readonly now: () => number;
}

/** A host, what it has come to, and what was found in the mailbox. */
interface Proved extends Verdict {
  readonly stack: string;
  readonly host: string;
  /** What `postrelay test` reports; null where there is no report. */
  readonly delivery: unknown;
  readonly inbox: Arrival | null;
}

/** Hosts whose message is under way at the same time: they often share an account and a mailbox. */
const HOSTS = 8;

/** Runs the command; its exit code: 0 all in the inbox, 1 one is elsewhere, 2 else. */
export async function runInbox(scope: Scope, world: InboxWorld): Promise<number> {
  const { pulumi, place, progress, print } = world;
  if (place(IMAP.name) === undefined)
    throw new Refusal(`this needs the package ${IMAP.name}; run \`npm install ${IMAP.name}@${IMAP.range}\``);
  progress("asking pulumi for the hosts");
  const stacks = await stacksOf(pulumi, scope);
  const all = await Promise.all(
    stacks.map(async (stack) => relaysIn(await stateOf(pulumi, stack)).map((relay) => ({ stack, relay }))),
  );
  const wanted = picked(all.flat(), scope.hosts);
  progress(`waiting for messages from ${wanted.map(({ relay }) => relay.name).join(", ")}`);
  const inTurn = atOnce(HOSTS);
  const found = await Promise.all(
    wanted.map(({ stack, relay }) =>
      inTurn(async () => ({ stack, host: relay.name, ...(await proveHost(relay, world)) })),
    ),
  );
  progress("");
  print(scope.json ? jsonOf(found) : rowsText(found.map(rowOf), world));
  return worst(found.map(({ code }) => code));
}

interface Place {
  readonly stack: string;
  readonly relay: RelayInState;
}

/** The hosts that were named; without a name those that have a mailbox. */
function picked(all: readonly Place[], names: readonly string[]): readonly Place[] {
  requireKnown(names, [...new Set(all.map(({ relay }) => relay.name))]);
  const wanted = all.filter(({ relay }) => (names.length > 0 ? names.includes(relay.name) : hasMailbox(relay)));
  if (wanted.length === 0) throw new Refusal("no host has a mailbox: set `testDelivery.inbox`");
  return wanted;
}

const hasMailbox = ({ args }: RelayInState): boolean =>
  args.gone !== true && (args.testDelivery as { inbox?: unknown } | undefined)?.inbox !== undefined;

const rowOf = ({ state, ...one }: Proved) => ({ ...one, word: state.replaceAll("-", " ") });

const jsonOf = (found: readonly Proved[]): string => {
  const hosts = found.map(({ stack, host, state, details, delivery, inbox }) => ({
    ...{ stack, host, state, details, delivery, inbox },
  }));
  return `${JSON.stringify({ version: 1, command: "inbox", hosts }, null, 2)}\n`;
};

const sent = z.object({ token: z.string().regex(TOKEN) });

/** Sends a message from one host, and looks for it. */
async function proveHost(
  { name, args, login }: RelayInState,
  world: InboxWorld,
): Promise<Omit<Proved, "stack" | "host">> {
  const nothing = { delivery: null, inbox: null };
  const { settings, mailboxes } = parse(name, args);
  if (login === undefined) return { ...failed("not-created-yet", "`pulumi up` sets it up"), ...nothing };
  const where = settings && mailboxes && whereIn(settings.testDelivery, mailboxes);
  if (!where) return { ...failed("unknown", "no `testDelivery.inbox` was applied to it"), ...nothing };
  const { to, from } = settings.testDelivery;
  const at = new Date(world.now()).toISOString();
  const answer = await send(login, to, from, world.call);
  const { data } = sent.safeParse(answer.report);
  if (answer.code !== 0 || !data) return { ...withoutToken(answer), ...nothing, delivery: answer.report };
  const found = await world
    .prove({ ...where, sent: { token: data.token, at }, patience: "whole" })
    .catch(() => arrivalOf({ state: "unknown", why: "the mailbox could not be looked into" }));
  const about = aboutOf(settings, await acceptancesOf(settings, world.looks));
  return { ...verdictOf(found, about), delivery: answer.report, inbox: found };
}

/** With a sender and a recipient of its own, `postrelay test` sends what the proof of an update sends. */
async function send(login: NonNullable<RelayInState["login"]>, to: string, from: string, call: Call): Promise<Answer> {
  const more = ` --notify --from ${quote(from)}`;
  return await askHost(login, "test", to, (login, words, seconds) => call(login, `${words}${more}`, seconds));
}

/** A report without a token is that of an older tool. */
const withoutToken = ({ state, color, code, details }: Answer): Verdict =>
  code === 0
    ? failed("unknown", "its postrelay does not tell its message; `pulumi up` brings a newer one")
    : { state, color, code, details };

/** What the DNS says of its senders. */
async function acceptancesOf(settings: Settings, looks: Looks): Promise<Acceptance[]> {
  const asked = { ...settings, deliverability: { ...settings.deliverability, mode: "warn" as const } };
  const advised = await new Run(looks).judge(asked).catch(() => []);
  return advised.map(acceptanceOf);
}

function verdictOf(arrival: Arrival, about: About): Verdict {
  const advice = adviceOf(arrival, about);
  const details = [sentenceOf(arrival, about), ...(advice ? [`Do: ${advice}`] : [])];
  switch (arrival.state) {
    case "inbox":
      return { state: "in-the-inbox", color: "green", code: 0, details };
    case "unreadable":
    case "unknown":
      return { state: "unknown", color: "yellow", code: 2, details };
    default:
      return { state: STATES[arrival.state] ?? arrival.state, color: "red", code: 1, details };
  }
}

const STATES: Readonly<Record<string, string>> = {
  junk: "in-junk",
  elsewhere: "in-another-folder",
  missing: "not-seen",
  returned: "came-back",
};
