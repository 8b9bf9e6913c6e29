// From the configuration in Pulumi.<stack>.yaml to the arguments of a fleet. Knows nothing of Pulumi.

import type { FleetHostArgs, RelayFleetArgs } from "../args/fleet.ts";
import { withParsed } from "../component/parsed.ts";
import { parseFleet } from "../component/waves.ts";
import { parse } from "../settings/parse.ts";
import type { Path, Problem } from "../settings/problems.ts";
import { argumentNames } from "../settings/schema.ts";
import { openSecrets, withCommand } from "./secrets.ts";
import { has, isTree, merge, pick, type Tree } from "./tree.ts";

const NAMESPACE = "postfix-relay:";

/** The arguments of a fleet, or what is wrong with the configuration. */
export type Read =
  | { readonly args: RelayFleetArgs; readonly problems?: undefined }
  | { readonly args?: undefined; readonly problems: Problem[] };

/**
 * Reads the configuration of a stack: the values as Pulumi gives them, and the keys that hold a secret. Values at the
 * top are those of all hosts; a value under a host takes precedence.
 */
export function readStack(config: Readonly<Record<string, string>>, secretKeys: readonly string[]): Read {
  const tree = ours(config);
  const { hosts: found, waves: sizes, ...common } = tree;
  const listed = Array.isArray(found) && found.length > 0 && found.every(isTree);
  const hosts: Tree[] = listed ? found : [{ name: "host" }];
  const merged = hosts.map((host) => merge(common, host));
  const { names, waves, problems: ofFleet } = parseFleet(merged, texts(sizes));
  const each = merged.map((host) => parse(String(host.name), pick(host, argumentNames)));

  const problems: Problem[] = [
    ...openSecrets(
      tree,
      secretKeys.map((key) => key.replace(NAMESPACE, "")),
    ),
    ...(listed ? [] : [{ path: ["hosts"], reason: "needs a list of hosts, each with `name` and `connection`" }]),
    ...ofFleet,
    ...unknown(common, [...argumentNames, "hosts", "waves"], []),
    ...hosts.flatMap((host, index) => unknown(host, [...argumentNames, "name"], ["hosts", index])),
    ...each.flatMap(({ problems }, index) =>
      problems
        .filter(({ path }) => listed || path[0] !== "connection")
        .map(({ path, reason }) => withCommand({ path: place(path, common, hosts, index), reason })),
    ),
  ];
  if (problems.length > 0) return { problems: unique(problems).map(named) };
  const known = each.flatMap((parsed, index): FleetHostArgs[] =>
    parsed.input ? [withParsed({ name: names[index] ?? "", ...parsed.input }, parsed)] : [],
  );
  return { args: { hosts: known, waves } };
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

/** Sizes of waves, which YAML takes for numbers. */
const texts = (sizes: unknown) =>
  Array.isArray(sizes) ? sizes.map((size) => (typeof size === "number" ? `${size}` : size)) : sizes;

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

/** Each problem once: one at the top is found for every host. */
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

const named = ({ path: [key, ...rest], reason }: Problem): Problem => ({
  path: [`${NAMESPACE}${key}`, ...rest],
  reason,
});
