import { join } from "node:path";
import type { Lab } from "./lab.ts";
import { must } from "./shell.ts";

/** An SSH agent that runs until it is closed. */
export interface Agent {
  /** What SSH_AUTH_SOCK is set to. */
  readonly socket: string;
  close(): Promise<unknown>;
}

/** Starts an agent that holds the key of a lab. */
export async function openAgent(lab: Lab): Promise<Agent> {
  const socket = join(lab.record.folder, "agent");
  const pid = /SSH_AGENT_PID=(\d+)/.exec(await must("ssh-agent", ["-s", "-a", socket]))?.[1] ?? "";
  await must("ssh-add", ["-q", lab.key.path], { env: { SSH_AUTH_SOCK: socket } });
  return { socket, close: () => must("kill", [pid]) };
}
