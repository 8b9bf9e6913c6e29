// The stand-ins as programs that the engine can start: one small shell script each, in the lab's PULUMI_HOME.
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { quote } from "../../src/host/quote.ts";

const MARK = "Stand-in of the postfix-relay lab";

/** Selects the checkout whose stand-ins a run uses, whichever checkout wrote the launchers last. */
export const CHECKOUT_VARIABLE = "POSTFIX_RELAY_CHECKOUT";

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
}

/** True for one of our launchers, false for a real program, undefined for a missing file. */
export function isLauncher(file: string): boolean | undefined {
  return readIfThere(file)?.slice(0, 400).includes(MARK);
}

/** Writes the launcher of a stand-in, or points it to this checkout, atomically. */
export function writeLauncher(file: string, name: string, checkout: string): void {
  const text = `#!/bin/sh
# ${MARK} (lab/engine/stand-in/${name}.ts), used only where the official program is missing.
checkout=\${${CHECKOUT_VARIABLE}:-${quote(checkout)}}
node=$checkout/node_modules/.bin/node
[ -x "$node" ] || node=node
exec "$node" "$checkout/lab/engine/stand-in/${name}.ts" "$@"
`;
  if (readIfThere(file) === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.new-${process.pid}`;
  writeFileSync(partial, text);
  chmodSync(partial, 0o755);
  renameSync(partial, file);
}
