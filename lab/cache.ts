// The lab's folder outside the checkout: what is expensive to make, and the labs that are open. Safe to delete while no
// lab is open. Functions, so that a test can have a cache of its own.
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The cache folder: `$POSTFIX_RELAY_LAB`, else `postfix-relay-lab` in the user's cache folder. */
export function cache(): string {
  const { POSTFIX_RELAY_LAB: own, XDG_CACHE_HOME: xdg } = process.env;
  return own || join(xdg || join(homedir(), ".cache"), "postfix-relay-lab");
}

/** A folder in the cache, made if it is missing. */
function folder(name: string): string {
  const path = join(cache(), name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Root file systems, kept from run to run. */
export const images = () => folder("images");

/** One folder per open lab. */
export const live = () => folder("run");

/** Lock files. */
export const locks = () => folder("locks");

/** What the reapers of all labs have printed: nothing, if all went well. */
export const reaperLog = () => join(cache(), "reaper.log");
