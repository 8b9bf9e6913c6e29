import type { RelayArgs } from "../../src/index.ts";
import { parse, parseSettings } from "../../src/settings/parse.ts";
import type { Problem } from "../../src/settings/problems.ts";
import type { Settings } from "../../src/settings/settings.ts";

/** A host key that is none: right in form, for tests that connect to nothing. */
export const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";

/** The least that a Relay needs. */
export function relayArgs(more: Partial<RelayArgs> = {}): RelayArgs {
  return {
    connection: { host: "203.0.113.10", hostKey: HOST_KEY },
    domain: "example.com",
    relayHost: { host: "example.sakura.ne.jp" },
    credentials: { username: "sample_user@example.sakura.ne.jp", password: "correct horse" },
    testDelivery: { to: "ops@example.org" },
    ...more,
  };
}

type Tree = Record<string, unknown>;

/** The example with other values at the given paths, such as `{ "connection.port": 2222 }`; undefined takes one out. */
export function changed(values: Tree): Tree {
  const args = structuredClone(relayArgs()) as unknown as Tree;
  for (const [path, value] of Object.entries(values)) set(args, path.split("."), value);
  return args;
}

function set(tree: Tree, [key = "", ...rest]: string[], value: unknown): void {
  if (rest.length > 0) {
    tree[key] ??= {};
    set(tree[key] as Tree, rest, value);
  } else if (value === undefined) {
    delete tree[key];
  } else {
    tree[key] = structuredClone(value);
  }
}

/** What is wrong with the arguments of a Relay. */
export const problemsOf = (name: string, args: Tree): readonly Problem[] => parse(name, args).problems;

/** The checked settings of such arguments. */
export function settings(values: Tree = {}): Settings {
  const { connection, credentials, accounts, ...mail } = changed(values);
  const { value, problems } = parseSettings("web-1", mail);
  if (!value) throw new Error(JSON.stringify(problems));
  return value;
}
