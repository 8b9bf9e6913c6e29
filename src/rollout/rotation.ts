// A new password, or another secret, for an account of many stacks: what speaks against it, before anything is
// written. Pure.

import { inWaves } from "../settings/fleet.ts";
import { type Path, type Problem, pathText } from "../settings/problems.ts";
import {
  type AccountSecret,
  accountSecrets,
  type Configuration,
  elsewhere,
  hasAccount,
  type NewAccount,
  rendered,
  secretPath,
  withAccount,
} from "../stack/account.ts";
import { readStack } from "../stack/read.ts";
import { Refused } from "./refused.ts";

/** A stack with its configuration. */
export interface Configured extends Configuration {
  readonly stack: string;
}

/** What is to be changed. */
export interface Rotation {
  /** Where the account stands, such as `credentials` or `accounts["shop@example.com"]`. */
  readonly path: Path;
  /** Which of its secrets is a new one. */
  readonly secret: AccountSecret;
  readonly username: string | undefined;
}

/** A stack with its new password. */
export interface Rotated {
  readonly stack: string;
  /** The configuration that it is to have. */
  readonly wanted: Configuration;
  /** Whether it has that already. */
  readonly same: boolean;
}

/** Stands for a secret that is not known yet. */
const SOME = "Xk7-any-password-Qw2";

/** A line for each reason, with all stacks that have it. */
function perReason(found: readonly (readonly [stack: string, reason: string])[]): string[] {
  const stacks = new Map<string, string[]>();
  for (const [stack, reason] of found) stacks.set(reason, [...(stacks.get(reason) ?? []), stack]);
  const named = (names: readonly string[]) => `stack${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
  return [...stacks].map(([reason, names]) => `${named(names)}: ${reason}`);
}

function refuse(found: readonly (readonly [stack: string, reason: string])[]): void {
  if (found.length > 0) throw new Refused([...perReason(found), "nothing was written"].join("\n"));
}

const inLines = (problems: readonly Problem[]) =>
  problems.map(({ path, reason }) => `${pathText(path)}: ${reason}`).join("; ");

/**
 * Refuses what is wrong with the stacks, and with the password where it is known already; what the operator has to know
 * beside that, in lines.
 */
export function lookBefore(
  stacks: readonly Configured[],
  rotation: Rotation,
  waves: number,
  password?: string,
): string[] {
  const { path, username, secret: name } = rotation;
  const where = `postfix-relay:${pathText(secretPath(path, name).slice(0, -1))}`;
  const word = accountSecrets[name];
  const found = stacks.map((one) => {
    const wanted = withAccount(one, path, { secret: SOME, name, username });
    return { one, wanted, ...rendered(wanted) };
  });
  const wrong = found.flatMap(({ one, wanted, files, problems }): [string, string][] => {
    const has = hasAccount(one, path);
    if (!has || problems) return [[one.stack, has && problems ? inLines(problems) : `it has no ${where}`]];
    if (![...files.values()].some((text) => text.includes(SOME)))
      return [[one.stack, `no host takes its ${word} from ${where}: each has one of its own; name it with --path`]];
    const more =
      password === undefined
        ? undefined
        : rendered(withAccount(one, path, { secret: password, name, username })).problems;
    return [
      ...(more ? [[one.stack, inLines(more)] as [string, string]] : []),
      ...againstWaves(wanted, one.stack, waves),
    ];
  });
  refuse(wrong);
  const told: [string, string][] = [];
  for (const { one, files } of found) {
    const own = [...(files ?? [])].filter(([, text]) => !text.includes(SOME)).map(([name]) => name);
    if (own.length > 0) told.push([one.stack, `not changed, with ${word}s of their own: ${own.join(", ")}`]);
    for (const other of elsewhere(one, path, name))
      told.push([one.stack, `the old ${word} stands at postfix-relay:${pathText(other)}, too, and stays there`]);
  }
  return perReason(told);
}

/** Where the old password dies when the new one is made, no host may wait for the next wave. */
function againstWaves({ config, secretKeys }: Configuration, stack: string, waves: number): [string, string][] {
  const { hosts = [], waves: sizes } = readStack(config, secretKeys);
  const settings = hosts.flatMap(({ parsed }) => parsed.settings ?? []);
  if (!settings.some(({ rotation, gone }) => rotation === "cutover" && !gone)) return [];
  const why = "it has `rotation: cutover`, so all hosts have to change in one wave";
  if (waves > 1) return [[stack, `${why}; add \`--wave 100%\``]];
  const own = inWaves(
    hosts.map(({ args: { name }, parsed }) => ({ name, gone: parsed.settings?.gone })),
    sizes,
  );
  return own.length > 1 ? [[stack, `${why}; set \`postfix-relay:waves\` to ["100%"] in its file`]] : [];
}

/** The stacks with the new password; refused where it breaks a rule. No reason shows it. */
export function rotate(stacks: readonly Configured[], rotation: Rotation, secret: string): Rotated[] {
  const { path, username, secret: name } = rotation;
  const account: NewAccount = { secret, name, username };
  const all = stacks.map((one) => {
    const wanted = withAccount(one, path, account);
    return { one, wanted, ...rendered(wanted) };
  });
  refuse(all.flatMap(({ one, problems }) => (problems ? [[one.stack, inLines(problems)] as const] : [])));
  return all.map(({ one, wanted }) => ({ stack: one.stack, wanted, same: isSame(one, wanted) }));
}

/** Whether two configurations put the same passwords on the same hosts. */
export function isSame(one: Configuration, other: Configuration): boolean {
  const [before, after] = [rendered(one).files, rendered(other).files];
  if (!before || !after || before.size !== after.size) return false;
  return [...after].every(([name, text]) => before.get(name) === text);
}
