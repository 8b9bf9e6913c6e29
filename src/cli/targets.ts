// The hosts of a stack: from its state, and from its file for what was not applied yet.

import { didYouMean } from "../settings/nearest.ts";
import { type Problem, problemText } from "../settings/problems.ts";
import type { Login } from "../ssh/session.ts";
import { type FileHost, type FileHosts, hostsInFile } from "../stack/file.ts";
import { changesOf } from "./changes.ts";
import { USAGE } from "./exit-codes.ts";
import { shortName } from "./project.ts";
import { Refusal } from "./refusal.ts";
import type { RelayInState } from "./state.ts";

/** A host of a stack. */
export interface Target {
  readonly stack: string;
  readonly host: string;
  /** How to log in; undefined where no step was done on it yet. */
  readonly login?: Login & { proxy?: Login };
  /** Who may own it: PROJECT/STACK or PROJECT/STACK/NAME, its own name first. */
  readonly owners: readonly string[];
  /** What the stack file has that was not applied, in words. */
  readonly changes: readonly string[];
}

/** A stack that is not looked at, or not as a whole, and why. */
export interface LeftOut {
  readonly stack: string;
  readonly why: string;
}

/** The hosts of a stack. */
export interface Targets {
  readonly targets: readonly Target[];
  /** Those that are gone for good: nobody looks at them. */
  readonly gone: readonly string[];
  /** Why its file cannot be compared with what was applied. */
  readonly why?: string;
}

/** The hosts of a stack with these Relays and this file. */
export function targetsOf(stack: string, relays: readonly RelayInState[], file: string | undefined): Targets {
  const named = file === undefined ? undefined : hostsInFile(file);
  const hosts = named?.hosts ?? [];
  const isGone = (args: Readonly<Record<string, unknown>> | undefined) => args?.gone === true;
  const findings = relays.map((relay) => ({ relay, ...comparison(relay, named) }));
  const there = findings.filter(({ relay, inFile }) => !isGone(inFile?.args ?? relay.args));
  const known = new Set(relays.map(({ name }) => name));
  const fresh = hosts.filter(({ name, args }) => !known.has(name) && !isGone(args));
  const order = hosts.map(({ name }) => name);
  const problems = findings.flatMap(({ problems }) => problems);
  return {
    targets: [
      ...there.map(({ relay, words }) => ({
        stack,
        host: relay.name,
        login: relay.login,
        owners: relay.owners,
        changes: words,
      })),
      ...fresh.map(({ name }) => ({ stack, host: name, owners: [], changes: [] })),
    ].toSorted((a, b) => place(order, a.host) - place(order, b.host)),
    gone: [
      ...findings.filter(({ relay, inFile }) => isGone(inFile?.args ?? relay.args)).map(({ relay }) => relay.name),
      ...hosts.filter(({ name, args }) => !known.has(name) && isGone(args)).map(({ name }) => name),
    ],
    why: wrongFile(stack, named, problems),
  };
}

/** Where a host comes among those of the file; one that is not in it comes last. */
const place = (order: readonly string[], host: string) => order.indexOf(host) + 1 || order.length + 1;

interface Comparison {
  readonly inFile?: FileHost;
  readonly words: readonly string[];
  readonly problems: readonly Problem[];
}

/** A Relay beside its host in the file, if the file has hosts at all. */
function comparison(relay: RelayInState, named: FileHosts | undefined): Comparison {
  if (!named?.hosts || named.hosts.length === 0) return { words: [], problems: [] };
  const inFile = named.hosts.find(({ name }) => name === relay.name);
  if (!inFile) return { words: ["it is no longer in the stack file"], problems: [] };
  const { paths, problems } = changesOf(inFile, relay);
  return { inFile, words: paths.length > 0 ? [`changed in the stack file: ${paths.join(", ")}`] : [], problems };
}

function wrongFile(stack: string, named: FileHosts | undefined, problems: readonly Problem[]): string | undefined {
  const file = `Pulumi.${shortName(stack)}.yaml`;
  if (named?.wrong !== undefined) return `${file} ${named.wrong}`;
  return problems.length > 0 ? problemText(`${file} has mistakes`, problems) : undefined;
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
  if (complete) requireKnown(names, all);
  return targets.filter(({ host }) => names.includes(host));
}

/** Refuses names of hosts that are not known. */
export function requireKnown(names: readonly string[], known: readonly string[]): void {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const there = known.length > 0 ? `known here: ${known.join(", ")}` : "none is known here";
  const meant = unknown.length === 1 ? didYouMean(unknown[0] ?? "", known) : "";
  throw new Refusal(`there is no host ${unknown.join(", ")}; ${meant}${there}`, USAGE);
}
