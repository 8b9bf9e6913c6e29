// Secrets with marks, which go the whole way and are searched for afterwards.

import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "../../lab/index.ts";
import { must, type Ran } from "../../lab/shell.ts";
import type { PulumiResult } from "./stack.ts";

/**
 * A secret with characters that are special to shells, JSON, Go and Postfix. Encodings change those, so the search is
 * for the marks at its two ends.
 */
export const odd = (mark: string) => `${mark}-a "q" \\b $HOME $(id)  秘密é ${mark}-z`;
/** The marks. */
export const ends = (mark: string) => [`${mark}-a`, `${mark}-z`];

/** What a command has printed, as a result of `pulumi`. */
export const printed = ({ code, stdout, stderr }: Ran): PulumiResult => ({
  code,
  text: stdout + stderr,
});

/** A new key that opens a host, and that only this passphrase opens. */
export async function markedKey(of: LabHost, folder: string, passphrase: string): Promise<string> {
  const key = join(folder, `marked-key-${of.name}`);
  await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "marked", "-f", key]);
  appendFileSync(join(of.root, "root/.ssh/authorized_keys"), readFileSync(`${key}.pub`));
  return readFileSync(key, "utf8");
}
