import { existsSync } from "node:fs";
import { join } from "node:path";
import { startInGroup } from "./cgroup.ts";
import type { Lab } from "./lab.ts";
import { must } from "./shell.ts";
import { until } from "./until.ts";

/** The SSH agent that holds the key of a lab and ends with it. Returns its socket: what SSH_AUTH_SOCK is set to. */
export async function openAgent({ record, key }: Lab): Promise<string> {
  const [socket, log] = ["agent", "agent.log"].map((name) => join(record.folder, name)) as [string, string];
  if (existsSync(socket)) return socket;
  startInGroup(join(record.group, "agent"), "ssh-agent", ["-D", "-a", socket], log);
  await until("the SSH agent listens", () => existsSync(socket), { log });
  await must("ssh-add", ["-q", key.path], { env: { SSH_AUTH_SOCK: socket } });
  return socket;
}
