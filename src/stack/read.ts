// From the configuration in Pulumi.<stack>.yaml to the hosts of a fleet, checked. Knows nothing of Pulumi.

import { type ParsedHost, parseFleet } from "../settings/fleet.ts";
import { unknownKey } from "../settings/nearest.ts";
import { parse } from "../settings/parse.ts";
import { type Path, type Problem, uniqueProblems } from "../settings/problems.ts";
import { argumentNames } from "../settings/schema.ts";
import { openSecrets, withCommand } from "./secrets.ts";
import { has, isTree, merge, pick, type Tree } from "./tree.ts";

/** What the keys of a stack's configuration begin with. */
export const NAMESPACE = "postfix-relay:";

/** The hosts of a stack and the sizes of their waves, or what is wrong with the configuration. */
export type Read =
  | { readonly hosts: readonly ParsedHost[]; readonly waves?: string[]; readonly problems?: undefined }
  | { readonly hosts?: undefined; readonly waves?: undefined; readonly problems: Problem[] };

/**
 * Reads the configuration of a stack: the values as Pulumi gives them, and the keys that hold a secret. Values at the
 * top are those of all hosts; a value under a host takes precedence.
 */
export function readStack(config: Readonly<Record<string, string>>, secretKeys: readonly string[]): Read {
  const tree = ownPart(config);
  const { hosts: found, waves: sizes, tags, ...common } = tree;
  const listed = isListOfHosts(found);
  const hosts: readonly Tree[] = listed ? found : [{ name: "host" }];
  const merged = mergedHosts({ ...common, hosts }) ?? [];
  const { names, waves, problems: ofFleet } = parseFleet(merged, sizesAsTexts(sizes));
  const each = merged.map((host) => parse(String(host.name), pick(host, argumentNames)));

  const problems: Problem[] = [
    ...openSecrets(
      tree,
      secretKeys.map((key) => key.replace(NAMESPACE, "")),
    ),
    ...(listed ? [] : [{ path: ["hosts"], reason: "needs a list of hosts, each with `name` and `connection`" }]),
    ...ofFleet,
    ...tagProblems(tags),
    ...unknownKeys(common, [...argumentNames, "hosts", "waves", "tags"], []),
    ...hosts.flatMap((host, index) => unknownKeys(host, [...argumentNames, "name"], ["hosts", index])),
    ...each.flatMap(({ problems }, index) =>
      problems
        .filter(({ path }) => listed || path[0] !== "connection")
        .map(({ path, reason }) => withCommand({ path: pathInFile(path, common, hosts, index), reason })),
    ),
  ];
  if (problems.length > 0) return { problems: uniqueProblems(problems).map(withNamespace) };
  const checked = each.flatMap((parsed, index) =>
    parsed.input ? [{ args: { name: names[index] ?? "", ...parsed.input }, parsed }] : [],
  );
  return { hosts: checked, waves };
}

/** What is wrong with the tags, by which a rollout picks stacks. */
export function tagProblems(tags: unknown): Problem[] {
  if (tags === undefined || (Array.isArray(tags) && tags.every((tag) => typeof tag === "string" && TAG.test(tag))))
    return [];
  const reason = "needs a list of words of letters, digits, dots, dashes and underscores, such as [prod, canary]";
  return [{ path: ["tags"], reason }];
}

const TAG = /^[\w.-]+$/;

const isListOfHosts = (found: unknown): found is Tree[] =>
  Array.isArray(found) && found.length > 0 && found.every(isTree);

/** The values of each host, with those at the top for what it does not have. Undefined where no hosts are listed. */
export function mergedHosts({ hosts, waves, tags, ...common }: Tree): Tree[] | undefined {
  return isListOfHosts(hosts) ? hosts.map((host) => merge(common, host)) : undefined;
}

/** The values under our namespace. Lists and objects come as JSON; any other text stands for itself. */
export function ownPart(config: Readonly<Record<string, string>>): Tree {
  const entries = Object.entries(config).filter(([key]) => key.startsWith(NAMESPACE));
  return Object.fromEntries(entries.map(([key, text]) => [key.slice(NAMESPACE.length), parseValue(text)]));
}

/** A value as Pulumi hands it on: JSON, or else the text itself. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Sizes of waves, which YAML takes for numbers. */
const sizesAsTexts = (sizes: unknown) =>
  Array.isArray(sizes) ? sizes.map((size) => (typeof size === "number" ? `${size}` : size)) : sizes;

function unknownKeys(tree: Tree, allowed: readonly string[], at: Path): Problem[] {
  const keys = Object.keys(tree).filter((key) => !allowed.includes(key));
  return keys.map((key) => ({ path: [...at, key], reason: unknownKey(key, allowed) }));
}

/** The path that the user wrote the value at; a missing one belongs where the values beside it stand. */
function pathInFile(path: Path, common: Tree, hosts: readonly Tree[], index: number): Path {
  const beside = path.length > 1 && has(hosts[index], path.slice(0, -1));
  const missing = !has(common, path) && (beside || hosts.some((host) => has(host, path)));
  return has(hosts[index], path) || missing ? ["hosts", index, ...path] : path;
}

const withNamespace = ({ path: [key, ...rest], reason }: Problem): Problem => ({
  path: [`${NAMESPACE}${key}`, ...rest],
  reason,
});
