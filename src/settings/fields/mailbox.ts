// The login at a mailbox, over IMAP.

import { secretText, text } from "./kinds.ts";

/** The user name. */
export const imapUser = text(
  { allowed: "give the user name of the mailbox, mostly its address" },
  [/^\s|\s$/u, "which begins or ends with a space"],
  [/^.{321}/u, "which is longer than 320 characters"],
);

/** The password. */
export const imapPassword = secretText(
  { allowed: "give the password of the mailbox, or its app password, as one line" },
  [/^\s|\s$/u, "which begins or ends with a space"],
  [/^.{1025}/u, "which is longer than 1024 characters"],
);
