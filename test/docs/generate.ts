// Writes what is made from the sources: pages in docs, and the schema for other languages. `npm run docs`

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { advicePage } from "./advice.ts";
import { argumentsPage } from "./arguments.ts";
import { checkSchema } from "./check-schema.ts";
import { deliverabilityPage } from "./deliverability.ts";
import { mainCfPage } from "./main-cf.ts";
import { performancePage } from "./performance.ts";
import { postrelayPage } from "./postrelay.ts";
import { providersPage } from "./providers.ts";
import { schemaText } from "./schema.ts";
import { takingOverPage } from "./taking-over.ts";

const path = (name: string) => new URL(`../../${name}`, import.meta.url);
const read = (name: string) => (existsSync(path(name)) ? readFileSync(path(name), "utf8") : "");

/** The text of each file as it should be. */
export function documents(): Record<string, string> {
  return {
    "docs/advice.md": advicePage(),
    "docs/arguments.md": argumentsPage(),
    "docs/check.schema.json": checkSchema(),
    "docs/deliverability.md": deliverabilityPage(),
    "docs/providers.md": providersPage(),
    "docs/main-cf.md": mainCfPage(),
    "docs/performance.md": performancePage(),
    "docs/postrelay.md": postrelayPage(),
    "docs/taking-over.md": takingOverPage(),
    "src/plugin/schema.json": schemaText(),
  };
}

/** The text of a file as it is. */
export const written = read;

if (import.meta.main) {
  mkdirSync(path("docs"), { recursive: true });
  for (const [name, text] of Object.entries(documents())) writeFileSync(path(name), text);
}
