import type { Suffix } from "../../steps.ts";

export const etc = "/etc/postfix";
export const state = "/var/lib/postfix-relay";

/** One change. */
export interface Change {
  what: string;
  /** How the host is already when it is found in order. */
  first?: string;
  /** What is done on the host. */
  does: string;
  /** What the report says of it, and so the warning. */
  says: RegExp;
  /** The steps that repair it. A change with steps is tried with the engine too. */
  steps?: Suffix[];
  /** What follows the words, where no step repairs it. */
  mends?: string;
  /** A file of /etc/postfix that was edited: the repair keeps it. */
  kept?: string;
  /** Tried with the engine in `npm test` too. */
  always?: true;
}

/** Has the times of a file set back after a change of it. */
export const unseen = (file: string, does: string) =>
  `touch -r ${file} /root/times; ${does}; touch -r /root/times ${file}; rm /root/times`;
