// From the configuration of a stack to the hosts that are looked at.

import { problemText } from "../settings/problems.ts";
import type { Login } from "../ssh/session.ts";
import { readStack } from "../stack/read.ts";
import { USAGE } from "./arguments.ts";
import type { StackConfig } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";

/** A host, and how to log in to it. */
export interface Target {
  readonly stack: string;
  readonly host: string;
  readonly login: Login & { proxy?: Login };
  /** Earlier owners: PROJECT/STACK or PROJECT/STACK/NAME. */
  readonly formerly: readonly string[];
}

/** A stack that is not looked at, and why. */
export interface LeftOut {
  readonly stack: string;
  readonly why: string;
}

/** The hosts of a stack, or why they are not known. */
export type Targets =
  | { readonly targets: readonly Target[]; readonly gone: readonly string[] }
  /** The stack has a program of its own, which may have no Relay at all. */
  | { readonly foreign: string }
  | { readonly wrong: string };

const FOREIGN =
  "its configuration has no `postfix-relay:hosts`: only its own program knows its hosts; look with `pulumi preview`, or " +
  "with `sudo postrelay check` on a host";

/** Reads the hosts out of the configuration. Those that are gone are not there to be looked at. */
export function targetsOf(stack: string, { config, secretKeys }: StackConfig): Targets {
  if (!Object.hasOwn(config, "postfix-relay:hosts")) return { foreign: FOREIGN };
  const { hosts, problems } = readStack(config, secretKeys);
  if (problems) return { wrong: problemText("its configuration has mistakes", problems) };
  return {
    targets: hosts.flatMap(({ args: { name: host, gone }, parsed: { connection: login, settings } }) =>
      gone || !login ? [] : [{ stack, host, login, formerly: settings?.formerly ?? [] }],
    ),
    gone: hosts.flatMap(({ args: { name, gone } }) => (gone ? [name] : [])),
  };
}

/** The hosts that were asked for by name. With all stacks read (`complete`), an unknown name is an error of usage. */
export function pickHosts(
  targets: readonly Target[],
  gone: readonly string[],
  names: readonly string[],
  complete: boolean,
): readonly Target[] {
  if (names.length === 0) return targets;
  const all = [...new Set([...targets.map(({ host }) => host), ...gone])];
  const unknown = names.filter((name) => !all.includes(name));
  if (complete && unknown.length > 0) {
    const there = all.length > 0 ? `known here: ${all.join(", ")}` : "none is known here";
    throw new Refusal(`there is no host ${unknown.join(", ")}; ${there}`, USAGE);
  }
  return targets.filter(({ host }) => names.includes(host));
}
