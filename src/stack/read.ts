// From the configuration in Pulumi.<stack>.yaml to the arguments of a fleet. Knows nothing of Pulumi.

import type { RelayFleetArgs } from "../args/relay.ts";
import { fleetProblems } from "../component/waves.ts";
import { problemsOf } from "../settings/parse.ts";
import type { Problem } from "../settings/problems.ts";
import { argumentNames } from "../settings/schema.ts";
import { openSecrets, withCommand } from "./secrets.ts";
import { has, isTree, merge, type Path, pick, type Tree } from "./tree.ts";

const NAMESPACE = "postfix-relay:";

/**
 * Reads the configuration of a stack: the values as Pulumi gives them, and the keys that have a secret in them. What
 * stands at the top counts for all hosts; what stands under a host wins.
 */
export function readStack(
  config: Readonly<Record<string, string>>,
  secretKeys: readonly string[],
): { args: RelayFleetArgs; problems: Problem[] } {
  const tree = ours(config);
  const { hosts: found, waves: sizes, ...common } = tree;
  const listed = Array.isArray(found) && found.length > 0 && found.every(isTree);
  const hosts: Tree[] = listed ? found : [{ name: "host" }];
  const waves = Array.isArray(sizes) ? sizes.map((size) => (typeof size === "number" ? `${size}` : size)) : sizes;
  const args = { hosts: hosts.map((host) => merge(common, host)), waves };

  const problems: Problem[] = [
    ...openSecrets(
      tree,
      secretKeys.map((key) => key.replace(NAMESPACE, "")),
    ),
    ...(listed ? [] : [{ path: ["hosts"], reason: "needs a list of hosts, each with `name` and `connection`" }]),
    ...fleetProblems(args.hosts, waves),
    ...unknown(common, [...argumentNames, "hosts", "waves"], []),
    ...hosts.flatMap((host, index) => unknown(host, [...argumentNames, "name"], ["hosts", index])),
    ...args.hosts.flatMap((merged, index) =>
      problemsOf(String(merged.name), pick(merged, argumentNames))
        .filter(({ path }) => listed || path[0] !== "connection")
        .map(({ path, reason }) => withCommand({ path: place(path, common, hosts, index), reason })),
    ),
  ];
  return { args: args as unknown as RelayFleetArgs, problems: unique(problems).map(named) };
}

/** Our part of the configuration. Lists and objects come as JSON; any other text stands for itself. */
function ours(config: Readonly<Record<string, string>>): Tree {
  const entries = Object.entries(config).filter(([key]) => key.startsWith(NAMESPACE));
  return Object.fromEntries(entries.map(([key, text]) => [key.slice(NAMESPACE.length), parsed(text)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function unknown(tree: Tree, known: readonly string[], at: Path): Problem[] {
  const keys = Object.keys(tree).filter((key) => !known.includes(key));
  return keys.map((key) => ({ path: [...at, key], reason: `unknown; known here: ${known.join(", ")}` }));
}

/** Where the user wrote the value; a missing one belongs where the values beside it stand. */
function place(path: Path, common: Tree, hosts: readonly Tree[], index: number): Path {
  const beside = path.length > 1 && has(hosts[index], path.slice(0, -1));
  const missing = !has(common, path) && (beside || hosts.some((host) => has(host, path)));
  return has(hosts[index], path) || missing ? ["hosts", index, ...path] : path;
}

/** A mistake at the top is one, however many hosts have it. */
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

const named = ({ path: [key, ...rest], reason }: Problem): Problem => ({
  path: [`${NAMESPACE}${key}`, ...rest],
  reason,
});
