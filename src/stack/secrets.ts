// Passwords and keys in the configuration of a stack: none may be readable in the file.

import { quote } from "../host/quote.ts";
import { type Path, type Problem, pathText } from "../settings/problems.ts";
import { fleet } from "../settings/schema.ts";
import { isSecretAt, secretPaths } from "../settings/secrets.ts";
import type { Tree } from "./tree.ts";

/** Secrets under keys that hold none. Pulumi says only for a key as a whole whether there is a secret in it. */
export function openSecrets(tree: Tree, secretKeys: readonly string[]): Problem[] {
  const open = Object.fromEntries(Object.entries(tree).filter(([key]) => !secretKeys.includes(key)));
  return secretPaths(fleet, open).map((path) => ({ path, reason: `is in plain text in the file; ${setSecret(path)}` }));
}

/** Adds the command that sets it, if a secret is missing. */
export function withCommand({ path, reason }: Problem): Problem {
  if (!isSecretAt(fleet, path) || !reason.startsWith("missing")) return { path, reason };
  // Of tokens there are several secrets, and the reason says which one is meant.
  const what = path.includes("oauth2") ? `${reason}; to set it` : "missing;";
  return { path, reason: `${what} ${setSecret(path)}` };
}

/** The command that puts a secret into the file. It asks for the value, or takes it from stdin. */
function setSecret(path: Path): string {
  const file = path.at(-1) === "privateKey" ? " < FILE" : "";
  return `run \`pulumi config set --secret --path ${quote(`postfix-relay:${pathText(path)}`)}${file}\``;
}
