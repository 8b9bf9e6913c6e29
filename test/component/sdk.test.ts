// What Pulumi does not document is reached from one file, where a new version of the SDK can be tried.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../../src");

/** Hidden fields (not __proto__), those of an Output, files of the SDK, and what the engine hands on by environment. */
const INTERNALS =
  /\b__(?!dirname\b|proto__)\w+|\.isKnown\b|\.promise\(|["']@pulumi\/pulumi\/|\bPULUMI_CONFIG_SECRET_KEYS\b/;

test("the internals of the SDK have one file", () => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) => /\.c?[tj]s$/.test(name));
  const users = files.filter((name) => INTERNALS.test(readFileSync(join(src, name), "utf8")));
  expect(users).toEqual(["component/sdk.ts"]);
});
