// Which of a host's programs belong to which command of root over SSH: each begins with a path of its own.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "./host.ts";

const list = "var/lib/lab-commands";

// The shell that sshd starts notes the command under its process ID, and then becomes the shell of the command.
const forced = `printf '%s %s\\n' $$ "\${SSH_ORIGINAL_COMMAND%%$'\\n'*}" >>/${list}
exec -a bash /proc/$$/root/bin/bash -c "$SSH_ORIGINAL_COMMAND"`.replace("\n", "; ");

/** From now on the host notes each command that root gives over SSH. */
export function noteCommands(host: LabHost): void {
  const keys = readFileSync(`${host.record.key}.pub`, "utf8");
  const option = `command="${forced.replaceAll('"', '\\"')}"`;
  writeFileSync(join(host.root, "root/.ssh/authorized_keys"), `${option} ${keys}`);
}

/** The first line of the command that began with this path; undefined if none did. */
export function commandOf(host: LabHost, path: string): string | undefined {
  const [, pid] = /^\/proc\/(\d+)\/root\/bin\/bash$/.exec(path) ?? [];
  const file = join(host.root, list);
  if (!pid || !existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.findLast((line) => line.startsWith(`${pid} `))?.slice(pid.length + 1);
}
