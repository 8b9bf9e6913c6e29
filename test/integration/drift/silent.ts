import type { LabHost } from "../../../lab/index.ts";
import { processesOf } from "../faults/breakpoint.ts";

/**
 * Stops a host's SSH server in its tracks: it still takes connections, as the kernel does that. Returns what resumes
 * it.
 */
export function silence(host: LabHost): () => void {
  const named = processesOf(host).filter(({ name, cmdline }) => name === "sshd" && cmdline.includes("listener"));
  // What it has just forked for a connection still has its name.
  const servers = named.filter(({ parent }) => !named.some(({ pid }) => pid === parent));
  if (servers.length !== 1) throw new Error(`${host.name} has ${servers.length} SSH servers, not one`);
  for (const { pid } of servers) process.kill(pid, "SIGSTOP");
  return () => {
    for (const { pid } of servers) process.kill(pid, "SIGCONT");
  };
}
