import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { here } from "./here.cjs";
import { quote } from "./quote.ts";

type Pack = { packed(): Buffer; bootstrap(): string };

/** The compressed tool and what unpacks it. */
function loadTool(): { bootstrap: string; tool: Buffer } {
  const published = join(here, "postrelay.gz");
  if (existsSync(published))
    return { bootstrap: readFileSync(join(here, "bootstrap.sh"), "utf8"), tool: readFileSync(published) };
  // Nothing is published from a checkout: an edit takes effect at once there.
  const { packed, bootstrap } = createRequire(join(here, "tool.ts"))("./pack.ts") as Pack;
  return { bootstrap: bootstrap(), tool: packed() };
}

/** The text of the tool, as it is on a host. */
export const toolText = (): string => gunzipSync(loadTool().tool).toString("utf8");

let script: string[] | undefined;

/**
 * The script that puts the tool on the host and runs it with `input` on its stdin. The tool travels compressed, because
 * Pulumi keeps each stdin twice in its state.
 */
export function installer(input: string): string {
  if (!script) {
    const { bootstrap, tool } = loadTool();
    script = [bootstrap, `tool=${quote(tool.toString("base64"))}\nmain "$@"\n`];
  }
  // The call stands last, so that no command in it can read the rest of the script as its input; and the long line
  // stands late, where a preview no longer shows it.
  return script.join(`input=${quote(input)}\n`);
}
