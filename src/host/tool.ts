import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { quote } from "./quote.ts";

const read = (name: string) => readFileSync(new URL(name, import.meta.url));

/**
 * The script that puts the tool on the host. The tool travels compressed, because Pulumi keeps each stdin twice in its
 * state.
 */
export function installer(owner: string): string {
  const tool = gzipSync(read("postfix-relay.sh"), { level: 9 });
  tool[9] = 255; // the operating system that compressed it, which would differ from one operator to the next
  // The call stands last, so that no command in it can read the rest of the script as its input; and the long line stands
  // late, where a preview no longer shows it.
  return `${read("bootstrap.sh")}owner=${quote(owner)}\ntool=${quote(tool.toString("base64"))}\nmain "$@"\n`;
}
