// The page of arguments, from the descriptions in src/args: what other languages see, too.

import { components, typeDefinitions } from "./schema.ts";

interface Type {
  type?: string;
  $ref?: string;
  items?: Type;
  additionalProperties?: Type;
  description?: string;
  optional?: boolean;
}

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

const table = (inputs: object | undefined) =>
  ["| Argument | Value | Meaning |", "| --- | --- | --- |"]
    .concat(Object.entries((inputs ?? {}) as Record<string, Type>).flatMap(([name, type]) => rows(name, type)))
    .join("\n");

/** The arguments of a Relay as a table. */
export const argumentTable = () => table(components.Relay?.inputs);

/** Of a fleet, what a Relay has too is left out. */
const fleet = () => {
  const { hosts, ...others } = (components.RelayFleet?.inputs ?? {}) as Record<string, Type>;
  return table({ ...others, hosts: { ...hosts, items: { type: "host" } } });
};

/** The page as Markdown. */
export function argumentsPage(): string {
  return `# Arguments

Made by \`npm run docs\` from the sources. A star marks those without a default. Programs in Python write the names with
underscores: \`relay_host\`, \`test_delivery\`.

## Relay

${argumentTable()}

## RelayFleet

A host has the arguments of a \`Relay\`, and its \`name\`.

${fleet()}
`;
}
