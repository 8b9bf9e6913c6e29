// The mailboxes in which the test message of a host is looked for.

import type { Mailboxes, Settings } from "../../settings/settings.ts";
import type { Login } from "./mailbox.ts";

/** Where a message is looked for. */
export interface Where {
  /** The recipient. */
  readonly to: string;
  readonly inbox: Login & { readonly timeoutSeconds: number };
  /** The mailbox of the sender, if it is looked into. */
  readonly bounces?: Login;
}

/** Where the test message of a host is looked for; undefined where it has no mailbox. */
export function whereIn({ to, inbox, bounces }: Settings["testDelivery"], passwords: Mailboxes): Where | undefined {
  if (!inbox || !passwords.inbox) return undefined;
  const sender = bounces && passwords.bounces && { ...bounces, ...passwords.bounces };
  return { to, inbox: { ...inbox, ...passwords.inbox }, bounces: sender };
}
