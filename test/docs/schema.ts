// The schema that other languages see, from the documented arguments in src/args.

import { readFileSync } from "node:fs";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema.js";
import type { z } from "zod";
import { relay } from "../../src/settings/schema.ts";
import { below, isSecret } from "../../src/settings/secrets.ts";

const root = new URL("../..", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

/** What Pulumi infers from the sources: components, and the types of their arguments. */
export const { components, typeDefinitions, dependencies } = new Analyzer(
  root,
  manifest.name,
  manifest,
  new Set(["Relay", "RelayFleet"]),
).analyze();

/**
 * The schema as Pulumi has it: what is optional is not in `required`, without a mark of its own. And `hosts` is no
 * plain list, since a Go program gives one with Outputs in it. Python and Go name the SDK after the place where the
 * plugin comes from, `postfix_relay_postfix_relay` for GitHub, where the schema does not.
 */
function refined(schema: string): string {
  const all = JSON.parse(schema, (key, value) => (key === "optional" && value === true ? undefined : value));
  const { hosts } = all.resources["postfix-relay:index:RelayFleet"].inputProperties;
  delete hosts.plain;
  delete hosts.items.plain;
  markSecrets(all, all.resources["postfix-relay:index:Relay"].inputProperties, relay);
  all.repository = manifest.homepage.replace(/#.*/, "");
  all.language.python.packageName = "pulumi_postfix_relay";
  return `${JSON.stringify(all, null, 2)}\n`;
}

interface Property {
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
  secret?: true;
}
interface Schema {
  readonly types: Record<string, { properties?: Record<string, Property> }>;
}

/** Marks the secrets in these properties, and in the types that they lead to, as our own schema does. */
function markSecrets(all: Schema, properties: Record<string, Property>, own: z.ZodType): void {
  for (const [name, property] of Object.entries(properties)) {
    const inner = below(own, name);
    if (inner && isSecret(inner)) property.secret = true;
    else if (inner) markInside(all, property, inner);
  }
}

function markInside(all: Schema, { $ref, items, additionalProperties }: Property, own: z.ZodType): void {
  const entry = items ?? additionalProperties;
  const inner = entry && below(own, 0);
  if (inner) markInside(all, entry, inner);
  const type = all.types[$ref?.replace("#/types/", "") ?? ""];
  if (type?.properties) markSecrets(all, type.properties, own);
}

/** The schema as JSON. The generators append `Args` to the types of inputs: ours must not end with it. */
export function schemaText(): string {
  const { name, version, description } = manifest;
  const schema = generateSchema(name, version, description, components, typeDefinitions, dependencies, undefined);
  const text = JSON.stringify(schema).replace(/(postfix-relay:index:\w+?)Args\b/g, "$1");
  return refined(text);
}
