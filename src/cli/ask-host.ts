// One command of the tool on one host: what it has come to.

import { failedLook } from "../drift/look.ts";
import type { Output } from "../ssh/session.ts";
import { failed, verdictOf } from "./host-answer.ts";
import type { Target } from "./targets.ts";
import { type Verb, type Verdict, verbs } from "./verbs.ts";

type Login = NonNullable<Target["login"]>;

/** Runs words of `postrelay` on a host, within that many seconds and with that on its stdin. */
export type Call = (login: Login, words: string, seconds: number, stdin?: string) => Promise<Output>;

/** What a host has come to, and what it says of that. */
export type Answer = Verdict & { readonly report: unknown };

/** Asks a host. It never fails: what is in the way is part of the answer. `to` is a recipient, if it has one. */
export function askHost(
  login: Login,
  command: keyof typeof verbs,
  to: string | undefined,
  call: Call,
): Promise<Answer> {
  const verb = verbs[command];
  return answerOf(command, verb, login, call(login, verb.words(to), verb.seconds));
}

/** What a host that was asked has come to. */
export async function answerOf(
  command: string,
  verb: Pick<Verb, "read">,
  login: Login,
  output: Promise<Output>,
): Promise<Answer> {
  try {
    return verdictOf(command, verb, await output);
  } catch (error) {
    const seen = failedLook(error, login);
    const reason = "reason" in seen ? seen.reason : "no answer";
    return { ...failed(seen.kind === "wrong key" ? "wrong-key" : "no-answer", reason), report: null };
  }
}
