// The documentation of the arguments names the defaults that the code has.

import { expect, test } from "vitest";
import { z } from "zod";
import { DIAL_ERRORS, postfixLimits, SUBMISSION_PORT, WAVES } from "../../src/settings/defaults.ts";
import { relay } from "../../src/settings/schema.ts";
import { argumentTable } from "../docs/arguments.ts";

/** What each argument's description says after "Defaults to", where that is a number, a quoted word or a boolean. */
const documented = new Map(
  [...argumentTable().matchAll(/^\| `([^`]+)`(?: \*)? \| .*\bDefaults to ("[^"]+"|\d+|true|false)/gm)].map(
    ([, path = "", value = ""]): [string, unknown] => [path, JSON.parse(value)],
  ),
);

/** The defaults in a schema, by the paths that the documentation has. Empty lists and maps are left out. */
function defaults(schema: z.ZodType, path = ""): [path: string, value: unknown][] {
  if (schema instanceof z.ZodOptional) return defaults(schema.unwrap() as z.ZodType, path);
  if (schema instanceof z.ZodDefault) {
    const value = schema.def.defaultValue;
    const inner = defaults(schema.unwrap() as z.ZodType, path);
    return typeof value === "object" ? inner : [[path, value], ...inner];
  }
  if (schema instanceof z.ZodArray) return defaults(schema.element as z.ZodType, `${path}[]`);
  if (schema instanceof z.ZodRecord) return defaults(schema.valueType as z.ZodType, `${path}.<key>`);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(schema.shape).flatMap(([key, inner]) =>
    defaults(inner, path ? `${path}.${key}` : key),
  );
}

/** Defaults that depend on other arguments, or that are Postfix's own. */
const elsewhere: Record<string, unknown> = {
  "connection.dialErrorLimit": DIAL_ERRORS.first,
  "relayHost.port": SUBMISSION_PORT,
  "tls.level": "secure",
  ...Object.fromEntries(Object.entries(postfixLimits).map(([limit, value]) => [`limits.${limit}`, value])),
};

test("every default is documented, and nothing else is documented as one", () => {
  const expected = { ...Object.fromEntries(defaults(relay)), ...elsewhere };
  expect(Object.keys(expected).length).toBeGreaterThan(20);
  expect(Object.fromEntries(documented)).toEqual(expected);
});

test("defaults in words", () => {
  const table = argumentTable();
  expect(table).toContain(`Defaults to ${DIAL_ERRORS.first} for the first step on a direct connection`);
  expect(table).toContain(`to ${DIAL_ERRORS.others} for all later steps`);
  expect(WAVES).toEqual(["1", "100%"]);
});
