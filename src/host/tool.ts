// The scripts that bring the host tool and run it: read from the package, or made from src/ where nothing is published.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { here } from "./here.cjs";
import { quote } from "./quote.ts";

type Pack = { packed(): Buffer; script(name: "bootstrap" | "brought"): string };

interface Parts {
  /** What unpacks the tool. */
  readonly bootstrap: string;
  /** What runs one that was brought. */
  readonly brought: string;
  /** The compressed tool. */
  readonly tool: Buffer;
  /** The line that says where on the host a tool of these bytes is brought to. */
  readonly place: string;
}

let loaded: Parts | undefined;

function parts(): Parts {
  if (!loaded) {
    const read = loadParts();
    const digest = createHash("sha256").update(read.tool).digest("hex").slice(0, 16);
    loaded = { ...read, place: `brought=/run/postrelay.tool-${digest}\n` };
  }
  return loaded;
}

function loadParts(): Omit<Parts, "place"> {
  const published = join(here, "postrelay.gz");
  if (existsSync(published)) {
    const text = (name: string) => readFileSync(join(here, name), "utf8");
    return { bootstrap: text("bootstrap.sh"), brought: text("brought.sh"), tool: readFileSync(published) };
  }
  // Nothing is published from a checkout: an edit takes effect at once there.
  const { packed, script } = createRequire(join(here, "tool.ts"))("./pack.ts") as Pack;
  return { bootstrap: script("bootstrap"), brought: script("brought"), tool: packed() };
}

/** The text of the tool, as it is on a host. */
export const toolText = (): string => gunzipSync(parts().tool).toString("utf8");

// In all of them the call stands last, so that no command can read the rest of the script as its input.
const CALL = 'main "$@"\n';

/**
 * The script that unpacks the tool on the host and runs it with `input` on its stdin; with `sh -s bring` it only puts
 * it where `broughtInstaller` finds it. The tool travels compressed, since it may have to be in the state.
 */
export function installer(input: string): string {
  const { bootstrap, tool, place } = parts();
  // The long line stands late, where a preview no longer shows it.
  return `${bootstrap}input=${quote(input)}\n${place}tool=${quote(tool.toString("base64"))}\n${CALL}`;
}

/** The script that runs a tool of this version, which was brought before, with `input` on its stdin. */
export function broughtInstaller(input: string): string {
  const { brought, place } = parts();
  return `${brought}input=${quote(input)}\n${place}${CALL}`;
}
