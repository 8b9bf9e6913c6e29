// One command of the tool on one host: what it has come to.

import { failedLook } from "../drift/look.ts";
import type { Output } from "../ssh/session.ts";
import { failed, verdictOf } from "./host-answer.ts";
import type { Target } from "./targets.ts";
import { type Verdict, verbs } from "./verbs.ts";

/** Runs words of `postrelay` on a host, within that many seconds. */
export type Call = (login: NonNullable<Target["login"]>, words: string, seconds: number) => Promise<Output>;

/** What a host has come to, and what it says of that. */
export type Answer = Verdict & { readonly report: unknown };

/** Asks a host. It never fails: what is in the way is part of the answer. `to` is a recipient, if it has one. */
export async function askHost(
  login: NonNullable<Target["login"]>,
  command: keyof typeof verbs,
  to: string | undefined,
  call: Call,
): Promise<Answer> {
  const verb = verbs[command];
  try {
    return verdictOf(command, verb, await call(login, verb.words(to), verb.seconds));
  } catch (error) {
    const seen = failedLook(error, login);
    const reason = "reason" in seen ? seen.reason : "no answer";
    return { ...failed(seen.kind === "wrong key" ? "wrong-key" : "no-answer", reason), report: null };
  }
}
