// The package as `npm pack` makes it, in a project that is not this one, with the packages of this checkout.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tarball } from "./tarball.ts";

const checkout = join(import.meta.dirname, "../..");

/** Makes the project, which its caller removes; `more` are packages beside those that ours depends on. */
export function installedProject(...more: string[]): { project: string; home: string } {
  const project = mkdtempSync(join(tmpdir(), "postfix-relay-package-"));
  const home = join(project, "node_modules/postfix-relay");
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", tarball(), "-C", home, "--strip-components=1"]);
  const { dependencies } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const packages = Object.keys(dependencies).map((name) => name.replace(/^(@\w+)\/.*/, "$1"));
  for (const name of new Set([...packages, ...more]))
    symlinkSync(join(checkout, "node_modules", name), join(project, "node_modules", name));
  return { project, home };
}
