// Where the lab keeps what is expensive to make, outside the checkout. Safe to delete while nothing runs.
import { homedir } from "node:os";
import { join } from "node:path";

/** The lab's cache folder: `$POSTFIX_RELAY_LAB`, else `postfix-relay-lab` in the user's cache folder. */
export function cacheFolder(): string {
  const { POSTFIX_RELAY_LAB: own, XDG_CACHE_HOME: xdg } = process.env;
  return own || join(xdg || join(homedir(), ".cache"), "postfix-relay-lab");
}
