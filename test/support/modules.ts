// The modules of the host tool as scripts that only define functions.

import { modules, moduleText } from "../../src/host/pack.ts";

/** All modules but the last, which acts, or those up to one. */
export const definitions = (last?: string): string =>
  modules
    .slice(0, last ? modules.indexOf(last) + 1 : -1)
    .map(moduleText)
    .join("");

/** The modules up to packages and their removal, as the tool begins. */
export const packagesScript = (): string =>
  [
    "set -u",
    "umask 077",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C",
    "export PATH LC_ALL",
    definitions("packages/removal"),
  ].join("\n");
