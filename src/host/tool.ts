import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { here } from "./here.cjs";
import { quote } from "./quote.ts";

/** The compressed tool as the build has made it. A checkout has none: an edit takes effect at once there. */
const published = join(here, "postrelay.gz");

function compressed(): Buffer {
  if (existsSync(published)) return readFileSync(published);
  const { packed } = createRequire(join(here, "tool.ts"))("./pack.ts") as { packed(): Buffer };
  return packed();
}

let encoded: string | undefined;

/**
 * The script that puts the tool on the host and runs it with `input` on its stdin. The tool travels compressed, because
 * Pulumi keeps each stdin twice in its state.
 */
export function installer(input: string): string {
  encoded ??= compressed().toString("base64");
  const bootstrap = readFileSync(join(here, "bootstrap.sh"), "utf8").replaceAll("\r", "");
  // The call stands last, so that no command in it can read the rest of the script as its input; and the long line stands
  // late, where a preview no longer shows it.
  return `${bootstrap}input=${quote(input)}\ntool=${quote(encoded)}\nmain "$@"\n`;
}
