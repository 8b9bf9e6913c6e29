// Whether the mailbox is looked into again. Each look costs a login, and up to some minutes.

import type { Arrival, Recorded } from "./arrival.ts";

/** A test message that the relay host has taken. */
export interface Sent {
  /** The word in its subject. */
  readonly token: string;
  /** When that was, as the host tells; empty where it does not. */
  readonly at: string;
}

/** How long it is looked for: not at all, once, or until the time of `testDelivery.inbox` is over. */
export type Patience = "none" | "once" | "whole";

const DAY = 24 * 60 * 60 * 1000;

/**
 * How long it is looked for, given what was found before. What could not be read was not looked for; what was not
 * there may still come, for a day; and where the inbox is required, the user mends something and tries again.
 */
export function patienceFor(
  { token, at }: Sent,
  recorded: Recorded | undefined,
  required: boolean,
  now: number,
): Patience {
  if (recorded?.token !== token) return "whole";
  switch (recorded.arrival.state) {
    case "inbox":
      return "none";
    case "unreadable":
    case "unknown":
      return "whole";
    case "missing":
      return required || now - Date.parse(at) < DAY ? "once" : "none";
    default:
      return required ? "once" : "none";
  }
}

/**
 * What is known after a single look: what was known before, unless the message is seen in another place now. That it is
 * not there any more, or that the mailbox does not answer just now, is nothing new.
 */
export function newerOf(before: Arrival, now: Arrival): Arrival {
  const isSeen = now.folder !== "" || now.state === "returned";
  const isSame = now.state === before.state && now.folder === before.folder;
  return isSeen && !isSame ? now : before;
}
