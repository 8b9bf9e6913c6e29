// From the text in Pulumi.<stack>.yaml to the arguments of a fleet. Knows nothing of Pulumi.

import type { RelayFleetArgs } from "./args.ts";
import { quote } from "./host/quote.ts";
import { type Problem, pathText } from "./problems.ts";
import { isSecret } from "./secrets.ts";
import { argumentNames, problemsOf } from "./settings.ts";
import { fleetProblems } from "./waves.ts";

const NAMESPACE = "postfix-relay:";

type Tree = Record<string, unknown>;
type Path = Problem["path"];

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Reads the configuration of a stack: the values as Pulumi gives them, and the keys that have a secret in them. What
 * stands at the top counts for all hosts; what stands under a host wins.
 */
export function readStack(config: Record<string, string>, secretKeys: readonly string[]) {
  const own = Object.entries(config).filter(([key]) => key.startsWith(NAMESPACE));
  const tree: Tree = Object.fromEntries(own.map(([key, text]) => [key.slice(NAMESPACE.length), parsed(text)]));
  const { hosts: found, waves, ...common } = tree;

  const listed = Array.isArray(found) && found.length > 0 && found.every(isTree);
  const hosts: Tree[] = listed ? found : [{ name: "host" }];
  const sizes = Array.isArray(waves) ? waves.map((size) => (typeof size === "number" ? String(size) : size)) : waves;
  const merged = hosts.map((host) => merge(common, host));

  const problems: Problem[] = [
    ...(listed ? [] : [{ path: ["hosts"], reason: "needs a list of hosts, each with `name` and `connection`" }]),
    ...fleetProblems(hosts, sizes),
    ...unknown(common, [...argumentNames, "hosts", "waves"], []),
    ...hosts.flatMap((host, index) => unknown(host, [...argumentNames, "name"], ["hosts", index])),
    ...merged.flatMap(({ name, ...args }, index) =>
      problemsOf(String(name), pick(args, argumentNames))
        .filter(({ path }) => listed || path[0] !== "connection")
        .map(({ path, reason }) => ({ path: place(path, common, hosts, index), reason })),
    ),
  ];
  return {
    args: { hosts: merged, waves: sizes } as unknown as RelayFleetArgs,
    problems: [...openSecrets(tree, secretKeys), ...unique(problems).map(withCommand)].map(
      ({ path: [key, ...rest], reason }) => ({
        path: [`${NAMESPACE}${key}`, ...rest],
        reason,
      }),
    ),
  };
}

/** Lists and objects come as JSON; any other text stands for itself. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function merge(common: Tree, host: Tree): Tree {
  const both = { ...common, ...host };
  for (const [key, value] of Object.entries(host)) {
    const beside = common[key];
    if (isTree(value) && isTree(beside)) both[key] = merge(beside, value);
  }
  return both;
}

function pick(tree: Tree, keys: readonly string[]): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([key]) => keys.includes(key)));
}

function unknown(tree: Tree, known: readonly string[], at: Path): Problem[] {
  const keys = Object.keys(tree).filter((key) => !known.includes(key));
  return keys.map((key) => ({ path: [...at, key], reason: `unknown; known here: ${known.join(", ")}` }));
}

/** Where the user wrote the value; a missing one, where the values beside it stand. */
function place(path: Path, common: Tree, hosts: readonly Tree[], index: number): Path {
  const host = hosts[index] ?? {};
  const beside = path.length > 1 && has(host, path.slice(0, -1));
  const missing = !has(common, path) && (beside || hosts.some((other) => has(other, path)));
  return has(host, path) || missing ? ["hosts", index, ...path] : path;
}

function has(value: unknown, [key, ...rest]: Path): boolean {
  if (key === undefined) return true;
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) && has((value as Tree)[key], rest);
}

const unique = (problems: Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values(),
];

/** Passwords and keys that can be read in the file. Pulumi tells only of a whole key whether a secret is in it. */
function openSecrets(tree: Tree, secretKeys: readonly string[]): Problem[] {
  const open = Object.entries(tree).filter(([key]) => !secretKeys.includes(NAMESPACE + key));
  return open.flatMap(([key, value]) =>
    secretPaths(value, [key]).map((path) => ({ path, reason: `is readable in the file; ${setSecret(path)}` })),
  );
}

function secretPaths(value: unknown, path: Path): Path[] {
  if (isSecret(path.at(-1) ?? "")) return [path];
  if (Array.isArray(value)) return value.flatMap((entry, index) => secretPaths(entry, [...path, index]));
  return isTree(value) ? Object.entries(value).flatMap(([key, entry]) => secretPaths(entry, [...path, key])) : [];
}

/** The command that puts a secret into the file; it asks for the value, or takes it from stdin. */
function setSecret(path: Path): string {
  const file = path.at(-1) === "privateKey" ? " < FILE" : "";
  return `run \`pulumi config set --secret --path ${quote(NAMESPACE + pathText(path))}${file}\``;
}

const withCommand = ({ path, reason }: Problem): Problem =>
  isSecret(path.at(-1) ?? "") && reason.startsWith("missing")
    ? { path, reason: `missing; ${setSecret(path)}` }
    : { path, reason };
