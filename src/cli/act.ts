// A command that does something on the hosts that it names, from the stacks to the exit code.

import { type Answer, askHost } from "./ask-host.ts";
import { USAGE } from "./exit-codes.ts";
import { failed } from "./host-answer.ts";
import { Refusal } from "./refusal.ts";
import type { Action } from "./request.ts";
import { hostsFor, type World } from "./run.ts";
import { worst } from "./states.ts";
import { rowsText } from "./table.ts";
import type { Target } from "./targets.ts";
import { type Verb, verbs } from "./verbs.ts";

/** What such a command touches beside the World of a check. */
export interface Reach extends World {
  /** Asks the user; undefined where nobody can answer. */
  readonly ask: ((question: string) => Promise<boolean>) | undefined;
}

/** Runs it; its exit code. */
export async function act(action: Action, reach: Reach): Promise<number> {
  const { progress, print, say } = reach;
  const verb = verbs[action.command];
  const { wanted, unread } = await hostsFor(action, reach);
  progress("");
  for (const { stack, why } of unread) say(`stack ${stack}: ${why}`);
  if (!(await isAgreed(action, verb, wanted, reach))) {
    say("nothing was done");
    return 0;
  }
  progress(`waiting for ${wanted.map(({ host }) => host).join(", ")}`);
  const found = await Promise.all(wanted.map((target) => answerOf(target, action, reach)));
  progress("");
  const hosts = found.map((one, index) => ({ ...pick(wanted[index]), ...one }));
  print(action.json ? jsonOf(action, hosts, unread) : rowsText(hosts.map(toRow), reach));
  const code = worst(found.map(({ code }) => code));
  return code === 0 && unread.length > 0 ? 2 : code;
}

const pick = (target: Target | undefined) => ({ stack: target?.stack ?? "", host: target?.host ?? "" });
const toRow = <T extends { state: string }>(one: T) => ({ ...one, word: one.state.replaceAll("-", " ") });

/** Whether it may be done: before a change the user is asked. */
async function isAgreed({ yes }: Action, { question }: Verb, hosts: readonly Target[], { ask }: Reach) {
  if (!question || yes) return true;
  if (!ask) throw new Refusal("there is no terminal to ask on; add --yes to do it without a question", USAGE);
  return await ask(
    question(hosts.map(({ host, login }) => `${host} (${login?.host ?? "not created yet"})`).join(", ")),
  );
}

/** What one host has come to. */
async function answerOf({ login }: Target, { command, to }: Action, { call }: Reach): Promise<Answer> {
  if (login === undefined) return { ...failed("not-created-yet", "`pulumi up` sets it up"), report: null };
  return await askHost(login, command, to, call);
}

function jsonOf(
  { command }: Action,
  hosts: readonly (Answer & { stack: string; host: string })[],
  unread: readonly object[],
): string {
  const each = hosts.map(({ stack, host, state, details, report }) => ({ stack, host, state, details, report }));
  return `${JSON.stringify({ version: 2, command, hosts: each, unread }, null, 2)}\n`;
}
