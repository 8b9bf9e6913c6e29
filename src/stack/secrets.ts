// Passwords and keys in the configuration of a stack: none may be readable in the file.

import { quote } from "../host/quote.ts";
import { type Problem, pathText } from "../settings/problems.ts";
import { isSecret } from "../settings/secrets.ts";
import { isTree, type Path, type Tree } from "./tree.ts";

/** Secrets under keys that hold none. Pulumi tells only of a key as a whole whether there is a secret in it. */
export function openSecrets(tree: Tree, secretKeys: readonly string[]): Problem[] {
  const open = Object.entries(tree).filter(([key]) => !secretKeys.includes(key));
  return open.flatMap(([key, value]) =>
    secretPaths(value, [key]).map((path) => ({ path, reason: `is readable in the file; ${setSecret(path)}` })),
  );
}

/** Tells the command that sets it, if a secret is missing. */
export function withCommand({ path, reason }: Problem): Problem {
  const missing = isSecret(path.at(-1)) && reason.startsWith("missing");
  return { path, reason: missing ? `missing; ${setSecret(path)}` : reason };
}

function secretPaths(value: unknown, path: Path): Path[] {
  if (isSecret(path.at(-1))) return [path];
  if (Array.isArray(value)) return value.flatMap((entry, index) => secretPaths(entry, [...path, index]));
  return isTree(value) ? Object.entries(value).flatMap(([key, entry]) => secretPaths(entry, [...path, key])) : [];
}

/** The command that puts a secret into the file. It asks for the value, or takes it from stdin. */
function setSecret(path: Path): string {
  const file = path.at(-1) === "privateKey" ? " < FILE" : "";
  return `run \`pulumi config set --secret --path ${quote(`postfix-relay:${pathText(path)}`)}${file}\``;
}
