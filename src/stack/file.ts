// Pulumi.<stack>.yaml as it lies on the disk: the hosts that the next `pulumi up` is given, with secrets as they are
// there. Nobody has to ask Pulumi for that, or to open a secret.

import { JSON_SCHEMA, loadAll } from "js-yaml";
import { mergedHosts, NAMESPACE, parseValue } from "./read.ts";
import { isTree, type Tree } from "./tree.ts";

/** Stands for a value that is encrypted in the file. */
export const SEALED = Symbol("sealed");

/** A host in the file, with the arguments of its Relay. */
export interface FileHost {
  readonly name: string;
  readonly args: Tree;
}

/** The hosts in a file, or why they are not known. Without `postfix-relay:hosts` it has none. */
export type FileHosts =
  | { readonly hosts: readonly FileHost[]; readonly wrong?: undefined }
  | { readonly hosts?: undefined; readonly wrong: string };

const NONE: FileHosts = { hosts: [] };

/** Reads the text of the file. What an ESC environment adds to it is not in it, so such a file has no hosts here. */
export function hostsInFile(text: string): FileHosts {
  const file = yaml(text);
  if (file instanceof Error) return { wrong: `is not YAML: ${file.message}` };
  if (!isTree(file) || !isTree(file.config) || file.environment !== undefined) return NONE;
  const entries = Object.entries(file.config).filter(([key]) => key.startsWith(NAMESPACE));
  const tree = Object.fromEntries(entries.map(([key, value]) => [key.slice(NAMESPACE.length), opened(value)]));
  const merged = mergedHosts(tree) ?? [];
  return { hosts: merged.map(({ name, ...args }) => ({ name: String(name), args })) };
}

/** What a rollout needs to know of a file beside its hosts. */
export interface FileLabels {
  /** As they stand there, under `postfix-relay:tags`. */
  readonly tags: unknown;
  /** Whether its secrets are sealed with a passphrase. */
  readonly passphrase: boolean;
}

/** Reads them; of a text that is no YAML there are none. */
export function labelsInFile(text: string): FileLabels {
  const file = yaml(text);
  const { config, encryptionsalt } = isTree(file) ? file : {};
  const tags = isTree(config) ? config[`${NAMESPACE}tags`] : undefined;
  return { tags: typeof tags === "string" ? parseValue(tags) : tags, passphrase: encryptionsalt !== undefined };
}

/** The value at the top of a file as Pulumi hands it on: a text may be JSON. */
const opened = (value: unknown) => (typeof value === "string" ? parseValue(value) : sealed(value));

/** The value, with a mark in the place of each secret. */
function sealed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sealed);
  if (!isTree(value)) return value;
  if (Object.keys(value).join() === "secure") return SEALED;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, sealed(entry)]));
}

/** Parses YAML. The parser's own message quotes the text. */
function yaml(text: string): unknown {
  try {
    return loadAll(text, { schema: JSON_SCHEMA })[0];
  } catch (error) {
    const { reason, mark } = error as { reason?: string; mark?: { line: number } };
    return new Error(mark ? `line ${mark.line + 1}: ${reason}` : "it cannot be read");
  }
}
