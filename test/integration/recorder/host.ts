// A host that only records its commands, and stands for as many as are wanted: host.sh behind a real SSH server.

import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Sshd, startSshd } from "../../../lab/engine/sshd.ts";
import { quote } from "../../../src/host/quote.ts";

/** Starts it. `folder` is what host.sh calls FOLDER. */
export async function startRecordingHost(): Promise<{ sshd: Sshd; folder: string }> {
  const sshd = await startSshd({
    command: (folder) => `sh ${quote(`${folder}/host.sh`)} ${quote(`${folder}/hosts`)}`,
  });
  cpSync(join(import.meta.dirname, "host.sh"), join(sshd.folder, "host.sh"));
  const folder = join(sshd.folder, "hosts");
  mkdirSync(folder);
  return { sshd, folder };
}
