import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The lab's folder outside the checkout; safe to delete while no lab is open. */
export const cache =
  process.env.POSTFIX_RELAY_LAB ?? join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "postfix-relay-lab");

/** Root file systems, kept from run to run. */
export const images = join(cache, "images");

/** One folder per open lab. */
export const live = join(cache, "run");

/** Lock files. */
export const locks = join(cache, "locks");

/** Makes the folders above. */
export function makeFolders(): void {
  for (const folder of [images, live, locks]) mkdirSync(folder, { recursive: true });
}
