// The proof in the inbox: looks for the test message until it is there, comes back, or the time is over.

import { setTimeout as pause } from "node:timers/promises";
import { domainOf } from "../../settings/domains.ts";
import { DEADLINE, Looks } from "../dns.ts";
import { mailServers } from "../spf.ts";
import { type Arrival, arrivalOf } from "./arrival.ts";
import { returnedIn } from "./bounce.ts";
import type { Patience, Sent } from "./due.ts";
import { fieldsOf, judgementIn, valueIn } from "./header.ts";
import { type Found, type Login, type Mailbox, openMailbox, reasonFor } from "./mailbox.ts";
import { openReader, verify } from "./reader.ts";
import type { Where } from "./where.ts";

/** What is looked for, and where. */
export interface Question extends Where {
  readonly sent: Sent;
  readonly patience: Exclude<Patience, "none">;
}

/** What a proof touches. */
export interface Surroundings {
  readonly open: (login: Login) => Mailbox;
  readonly looks: Looks;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

const own = (): Surroundings => ({
  open: openMailbox,
  looks: new Looks(),
  now: () => performance.now(),
  pause: (milliseconds, signal) => pause(milliseconds, undefined, { signal }),
});

/** Milliseconds that a single look may take, and a whole one beyond its time. */
const ONCE = 5000;
const BEYOND = 10_000;

/** Clocks of hosts and of mailboxes differ. */
const TWO_DAYS = 2 * 24 * 60 * 60 * 1000;

/** Milliseconds to the next search: most messages are there within seconds, one that was put off takes minutes. */
const stepAfter = (elapsed: number) => (elapsed < 10_000 ? 1000 : elapsed < 60_000 ? 3000 : 10_000);

/** Looks for the message. It does not fail: what is in the way is part of the result. */
export async function prove(question: Question, around: Partial<Surroundings> = {}): Promise<Arrival> {
  const world = { ...own(), ...around };
  const { patience, inbox, bounces } = question;
  const limit = patience === "once" ? ONCE : inbox.timeoutSeconds * 1000 + BEYOND;
  const end = new AbortController();
  const mailboxes = { inbox: world.open(inbox), bounces: bounces && world.open(bounces) };
  try {
    const looking = lookFor(question, mailboxes, world, end.signal);
    // When the time is over nobody waits for it any more.
    looking.catch(() => {});
    const late = world.pause(limit, end.signal).then(() => {
      throw new Error(`no answer within ${limit / 1000} s`);
    });
    late.catch(() => {});
    return await Promise.race([looking, late]);
  } catch (error) {
    return arrivalOf({ state: "unreadable", why: reasonFor(error, inbox) });
  } finally {
    end.abort();
    mailboxes.inbox.leave();
    mailboxes.bounces?.leave();
  }
}

interface Opened {
  readonly inbox: Mailbox;
  readonly bounces: Mailbox | undefined;
}

async function lookFor(
  { sent, to, patience, inbox: { timeoutSeconds }, bounces: sender }: Question,
  { inbox, bounces }: Opened,
  world: Surroundings,
  signal: AbortSignal,
): Promise<Arrival> {
  const { token } = sent;
  const time = patience === "once" ? 0 : timeoutSeconds * 1000;
  const since = new Date(Math.min(Date.parse(sent.at) || Infinity, Date.now()) - TWO_DAYS);
  const begin = world.now();
  const elapsed = () => world.now() - begin;
  for (let round = 0; ; round++) {
    const isLast = elapsed() >= time;
    const deep = isLast || round % 4 === 3;
    const found = await inbox.find({ token, where: "subject", since, deep });
    const message = found.find(isMessage);
    if (message) return await arrived(message, to, Math.round(elapsed() / 100) / 10, world.looks);
    const report = bounces && (await returned(bounces, { token, since, deep }));
    const why = report?.why ?? reasonIn(found, token);
    if (why !== undefined) return arrivalOf({ state: "returned", why });
    if (isLast) {
      const fault = report?.error === undefined ? "" : `; ${mailboxWords(report.error, sender)}`;
      return arrivalOf({ state: "missing", why: `not within ${timeoutSeconds} s${fault}` });
    }
    await world.pause(Math.max(0, Math.min(stepAfter(elapsed()), time - elapsed())), signal);
  }
}

/** Whether it is the message, and not a report about it or an answer, which may have its subject. */
function isMessage({ source }: Found): boolean {
  const fields = fieldsOf(source.toString("utf8"));
  const [type, submitted] = [valueIn(fields, "content-type"), valueIn(fields, "auto-submitted")];
  return !/^multipart\/report\b/i.test(type) && !/^auto-replied\b/i.test(submitted);
}

/** The reason with which it came back, if there is a report of that. */
const reasonIn = (found: readonly Found[], token: string): string | undefined =>
  found.flatMap(({ source }) => returnedIn(source.toString("utf8"), token) ?? [])[0];

const mailboxWords = (error: unknown, sender: Login | undefined) =>
  `the mailbox in \`bounces\` cannot be read: ${sender ? reasonFor(error, sender) : ""}`;

/** The reason with which the message came back; what is in the way of that look does not end the other one. */
async function returned(
  mailbox: Mailbox,
  search: { readonly token: string; readonly since: Date; readonly deep: boolean },
): Promise<{ why?: string; error?: unknown }> {
  try {
    return { why: reasonIn(await mailbox.find({ ...search, where: "text" }), search.token) };
  } catch (error) {
    return { error };
  }
}

/** What the receiver says of a message that is there. */
async function arrived({ folder, kind, source }: Found, to: string, seconds: number, all: Looks): Promise<Arrival> {
  const seen = { state: kind, folder, seconds };
  try {
    const text = source.toString("utf8");
    const [reader, servers] = await Promise.all([openReader(), mailServers(all.within(DEADLINE), domainOf(to))]);
    const judgement = judgementIn(text, servers, reader);
    const { written, helo, ...told } = judgement;
    if (written) return arrivalOf({ ...seen, ...told });
    const returnPath = valueIn(fieldsOf(text), "return-path");
    const verified = await verify(source, { sentFrom: told.sentFrom, helo }, returnPath, all);
    return arrivalOf({ ...seen, ...told, ...verified, verifiedHere: true });
  } catch {
    return arrivalOf({ ...seen, why: "its header cannot be read" });
  }
}
