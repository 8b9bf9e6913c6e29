// Who has which password: what hosts have answered to a nonce, beside what their configuration renders. Pure.

import { createHash } from "node:crypto";

/** What is known of a host. */
export interface HostAnswer {
  readonly stack: string;
  readonly host: string;
  /** The digest that it has answered; undefined where it has not. */
  readonly answer: string | undefined;
  /** That of what its configuration renders; undefined where the configuration does not have the host. */
  readonly wanted: string | undefined;
  /** Why it has not answered, or what else is to be known. */
  readonly details: readonly string[];
}

/** A host and its passwords. */
export interface Holder {
  readonly stack: string;
  readonly host: string;
  /** Current is what the configuration says. */
  readonly state: "current" | "other" | "unknown";
  /** A, B, …: hosts of one group have the same passwords, and not those of the configuration. */
  readonly group: string | null;
  readonly details: readonly string[];
}

/** The digest that a host with that sasl_passwd answers, as `postrelay credential` makes it. */
export const answerTo = (nonce: string, saslPasswd: string): string =>
  createHash("sha256").update(`${nonce}${saslPasswd}${nonce}`).digest("hex");

/** Sorts the hosts by what they have. */
export function holders(found: readonly HostAnswer[]): Holder[] {
  const isCurrent = ({ answer, wanted }: HostAnswer) => answer !== undefined && answer === wanted;
  const others = found.flatMap((one) => (one.answer === undefined || isCurrent(one) ? [] : [one.answer]));
  const groups = [...new Set(others)];
  return found.map((one) => {
    const { stack, host, answer, details } = one;
    if (answer === undefined) return { stack, host, state: "unknown", group: null, details };
    if (isCurrent(one)) return { stack, host, state: "current", group: null, details };
    const why = one.wanted === undefined ? NOT_CONFIGURED : NOT_APPLIED;
    return { stack, host, state: "other", group: letters(groups.indexOf(answer)), details: [...details, why] };
  });
}

const NOT_CONFIGURED = "the configuration of its stack does not have this host";
const NOT_APPLIED = "not what the configuration of its stack says; `pulumi up` brings that";

/** A to Z, then AA, AB and so on. */
export const letters = (index: number): string =>
  (index < 26 ? "" : letters(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

/** Whether each host has answered, and is current. `unread` are stacks of which nothing is known. */
export const isRevocable = (found: readonly Holder[], unread: readonly unknown[]): boolean =>
  found.length > 0 && unread.length === 0 && found.every(({ state }) => state === "current");

/** What may be done with the old password, in a sentence. */
export function verdictOn(found: readonly Holder[], unread: readonly unknown[]): string {
  if (isRevocable(found, unread))
    return "Every host has answered, and has what its stack's configuration says. The old one can be revoked.";
  const count = (state: Holder["state"]) => found.filter((one) => one.state === state).length;
  const [other, unknown] = [count("other"), count("unknown")];
  const parts = [
    ...(other > 0 ? [`another one is on ${other} of ${found.length} hosts`] : []),
    ...(unknown > 0 ? [`of ${unknown} it is not known`] : []),
    ...(unread.length > 0 ? [`stacks that cannot be read: ${unread.length}`] : []),
  ];
  return `Do not revoke the old one yet: ${parts.join(", ") || "there is no host"}.`;
}
