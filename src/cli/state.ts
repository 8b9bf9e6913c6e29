// The Relays in the state of a stack, as `pulumi stack export --show-secrets` prints it: what was applied, and how to
// log in. Secrets are in it, and stay in memory.

import { z } from "zod";
import { stepNames } from "../host/command.ts";
import { ownerOf, ownerText } from "../host/owner.ts";
import { fieldIn } from "../host/payload.ts";
import { LOGIN_USER, SSH_PORT } from "../settings/defaults.ts";
import type { Login } from "../ssh/session.ts";
import { isTree, type Tree } from "../stack/tree.ts";
import { fromJson } from "./json.ts";

/** A Relay that `pulumi up` has made, or has begun to make. */
export interface RelayInState {
  readonly name: string;
  /** PROJECT/STACK/NAME, its own first, then earlier ones. */
  readonly owners: readonly string[];
  /** The arguments that were applied, with their secrets. */
  readonly args: Tree;
  /** How its first step logs in; undefined where that was never done. */
  readonly login: (Login & { proxy?: Login }) | undefined;
}

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  parent: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  /** An earlier one that is still to be deleted. */
  delete: z.boolean().default(false),
});
const state = z.object({ deployment: z.object({ resources: z.array(resource).default([]) }) });

const login = z.object({
  host: z.string(),
  port: z.number().default(SSH_PORT),
  user: z.string().default(LOGIN_USER),
  hostKey: z.string(),
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  agentSocketPath: z.string().optional(),
});
const connection = login.extend({ proxy: login.optional() });

const RELAY = "postfix-relay:index:Relay";
const COMMAND = "command:remote:Command";

/** The Relays in an exported state. */
export function relaysIn(text: string): RelayInState[] {
  const { data } = state.safeParse(fromJson(text));
  const resources = data?.deployment.resources.filter((one) => !one.delete) ?? [];
  return resources
    .filter(({ type }) => type === RELAY)
    .flatMap(({ urn, inputs }) => {
      const own = ownerOf(urn)[0];
      if (!own) return [];
      const first = resources.find(
        ({ type, parent, urn: other }) =>
          type === COMMAND && parent === urn && other.endsWith(`::${own.name}-${stepNames[0]}`),
      );
      const stdin = String(opened(first?.inputs.stdin) ?? "");
      return [
        {
          name: own.name,
          owners: [ownerText(own), ...fieldIn(stdin, "owner"), ...fieldIn(stdin, "formerly")],
          args: opened(inputs) as Tree,
          login: connection.safeParse(opened(first?.inputs.connection)).data,
        },
      ];
    });
}

/** The key and the value by which Pulumi marks a secret in its state. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The value with its secrets in the place of what Pulumi puts round them. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (!isTree(value)) return value;
  if (value[SIGNATURE] === SECRET)
    return typeof value.plaintext === "string" ? opened(fromJson(value.plaintext)) : undefined;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, opened(entry)]));
}
