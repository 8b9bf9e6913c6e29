// Warnings where nothing can log in, which SSH would give much later and less clearly.

import { connect } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../settings/settings.ts";

/** SSH says it much later, as "attempted methods [none]". A preview in a pipeline may do without a key. */
const KEYLESS =
  "there is no key to log in with: start an SSH agent (SSH_AUTH_SOCK is not set here), or set privateKey as a secret";

const socketOf = ({ agentSocketPath }: Pick<Connection, "agentSocketPath">) =>
  agentSocketPath ?? (process.env.SSH_AUTH_SOCK || undefined);

/** Whether there is nothing to log in with. */
export const isKeyless = (access: Connection) => !access.privateKey && !socketOf(access);

/** Warns when there is nothing to log in with, or when the steps will fail at an agent that has ended. */
export async function warnKeyless(name: string, access: Connection): Promise<void> {
  if (isKeyless(access)) pulumi.log.warn(`Relay ${name}: connection: ${KEYLESS}`);
  // In a unit test with mocks there is no engine, and nobody logs in.
  if (!pulumi.runtime.getEngine()) return;
  const sockets = new Set([access, ...(access.proxy ? [access.proxy] : [])].flatMap((login) => socketOf(login) ?? []));
  for (const socket of sockets) {
    const reason = await socketFailure(socket);
    // The provider asks the agent even for a login by privateKey.
    if (reason)
      pulumi.log.warn(
        `Relay ${name}: connection: the SSH agent at ${socket} does not answer (${reason}), and every step needs it, with ` +
          "privateKey too: log in again, or set SSH_AUTH_SOCK to the agent that runs, or unset it",
      );
  }
}

/** The reason why nobody takes a connection at a socket; undefined where somebody does. */
function socketFailure(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
