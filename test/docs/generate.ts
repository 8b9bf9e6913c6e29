// Writes what is made from the sources: pages in docs, and the schema for other languages. `npm run docs`

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { advicePage } from "./advice.ts";
import { argumentsPage } from "./arguments.ts";
import { checkSchema } from "./check-schema.ts";
import { deliverabilityPage } from "./deliverability.ts";
import { mainCfPage } from "./main-cf.ts";
import { performancePage, performancePicture } from "./performance.ts";
import { postrelayPage } from "./postrelay.ts";
import { providersPage } from "./providers.ts";
import { schemaText } from "./schema.ts";
import { takingOverPage } from "./taking-over.ts";
import { terminal } from "./terminal.ts";

const path = (name: string) => new URL(`../../${name}`, import.meta.url);
const read = (name: string) => (existsSync(path(name)) ? readFileSync(path(name), "utf8") : "");

/** What the runs in docs/pictures show, which `npm run pictures` has recorded. */
const runs = {
  green: "A green run: pulumi up creates the five steps of a host, and the relay accepts the test message",
  red: "A red run: the relay refuses the password, and the live configuration was not changed",
  drift: "Drift: a preview says what was edited on the host, and plans its repair",
};

const pictures = () =>
  Object.fromEntries(
    Object.entries(runs).map(([name, title]) => [
      `docs/pictures/${name}.svg`,
      terminal(read(`docs/pictures/${name}.ansi`), title),
    ]),
  );

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
    "docs/pictures/performance.svg": performancePicture(),
    "docs/postrelay.md": postrelayPage(),
    "docs/taking-over.md": takingOverPage(),
    "src/plugin/schema.json": schemaText(),
    ...pictures(),
  };
}

/** The text of a file as it is. */
export const written = read;

if (import.meta.main) {
  mkdirSync(path("docs"), { recursive: true });
  for (const [name, text] of Object.entries(documents())) writeFileSync(path(name), text);
}
