import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../settings/settings.ts";

/** What SSH says much later as "attempted methods [none]". A preview in a pipeline may do without a key. */
const KEYLESS =
  "there is no key to log in with: start an SSH agent (SSH_AUTH_SOCK is not set here), or set privateKey as a secret";

/** Whether there is nothing to log in with. */
export const isKeyless = ({ privateKey, agentSocketPath }: Connection) =>
  !privateKey && !agentSocketPath && !process.env.SSH_AUTH_SOCK;

/** Warns when there is nothing to log in with. */
export function warnKeyless(name: string, access: Connection): void {
  if (isKeyless(access)) pulumi.log.warn(`Relay ${name}: connection: ${KEYLESS}`);
}
