import { noun, nouns } from "../../src/host/pack.ts";

const environment = [
  "set -u",
  "umask 077",
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C",
  "export PATH LC_ALL",
];

/** The nouns of the host tool up to packages and their removal, as one script that only defines them. */
export function packagesScript(): string {
  const known = nouns.slice(0, nouns.indexOf("removal") + 1).map(noun);
  return [...environment, ...known, ""].join("\n");
}
