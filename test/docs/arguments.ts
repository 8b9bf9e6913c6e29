// The table of arguments in the README, from the descriptions in src/args: what other languages see, too.

import { readFileSync } from "node:fs";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";

interface Type {
  type?: string;
  $ref?: string;
  items?: Type;
  additionalProperties?: Type;
  description?: string;
  optional?: boolean;
}

const root = new URL("../..", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const { components, typeDefinitions } = new Analyzer(root, manifest.name, manifest, new Set(["Relay"])).analyze();

const definition = (type: Type | undefined) => typeDefinitions[type?.$ref?.split(":").at(-1) ?? ""];

/** The kind of a value in words. */
function kind(type: Type): string {
  if (type.items) return `list of ${many(type.items)}`;
  if (type.additionalProperties) return `map of ${many(type.additionalProperties)}`;
  const defined = definition(type);
  if (defined && "enum" in defined && defined.enum)
    return defined.enum.map(({ value }: { value: unknown }) => `\`${value}\``).join(", ");
  return { integer: "number" }[type.type ?? ""] ?? type.type ?? "object";
}

const many = (type: Type) => kind(type).replace(/^(list|map|\w+$)/, "$1s");

/** One row for an argument, and those of what is inside it. */
function rows(path: string, type: Type): string[] {
  const words = (type.description ?? "").replace(/\s+/g, " ").replaceAll("|", "\\|");
  const one = `| \`${path}\`${type.optional ? "" : " *"} | ${path === "provider" ? "name" : kind(type)} | ${words} |`;
  const inner = definition(type.items ?? type.additionalProperties ?? type);
  const mark = type.items ? "[]" : type.additionalProperties ? ".<key>" : "";
  const properties = Object.entries((inner?.properties ?? {}) as Record<string, Type>);
  return [one, ...properties.flatMap(([name, property]) => rows(`${path}${mark}.${name}`, property))];
}

/** The table as Markdown. */
export function argumentTable(): string {
  const inputs = Object.entries((components.Relay?.inputs ?? {}) as Record<string, Type>);
  return [
    "A star marks what is needed.",
    "",
    "| Argument | Value | Meaning |",
    "| --- | --- | --- |",
    ...inputs.flatMap(([name, type]) => rows(name, type)),
    "",
  ].join("\n");
}
