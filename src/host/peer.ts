// Packages that only some need, and that are installed only for them: where they lie.

import { createRequire } from "node:module";
import { join } from "node:path";
import { here } from "./here.cjs";

/** From this package itself, then from the project that uses it. */
const from = [join(here, "x.js"), join(process.cwd(), "x.js")].map((file) => createRequire(file));

/** The file that a package is loaded from; undefined where it is not installed. */
export function placeOf(name: string): string | undefined {
  for (const require of from) {
    try {
      return require.resolve(name);
    } catch {
      // Perhaps from the next one.
    }
  }
  return undefined;
}
