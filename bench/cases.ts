// What is measured: one row for each case.

import type { Release } from "../lab/index.ts";
import type { Wanted } from "./contestants/contestant.ts";

/** Something that is done again and again, by all contestants in turn. */
export interface Case {
  readonly name: string;
  /** What is wanted next, after what is there; the same for nothing to do. */
  readonly next: (now: Wanted, turn: number) => Wanted;
  readonly hosts: number;
  readonly runs: number;
  /** On a host that nobody has touched yet, for each run anew. */
  readonly fresh?: Release;
  /**
   * Without a look at the host for drift: what Pulumi itself takes. Only this package has one, so nobody else does it.
   */
  readonly drift?: "off";
  /** Whether a short run does it too, and how often. */
  readonly quick?: number;
}

/** What every host has at first. */
export const first: Wanted = { port: 587, ownDomainMail: "relay", username: "bench", password: "password-0" };

const same = (now: Wanted): Wanted => now;
const otherPort = (now: Wanted): Wanted => ({ ...now, port: now.port === 587 ? 465 : 587 });
const otherDomain = (now: Wanted): Wanted => ({
  ...now,
  ownDomainMail: now.ownDomainMail === "relay" ? "local" : "relay",
});
const newPassword = (now: Wanted, turn: number): Wanted => ({ ...now, password: `password-${turn}` });

const install = (release: Release, quick?: number): Case => ({
  name: `first install, ${release}`,
  next: same,
  hosts: 1,
  runs: 3,
  fresh: release,
  ...(quick && { quick }),
});

/** All cases. A release that is not to be had here is left out. */
export const cases: readonly Case[] = [
  install("bookworm", 1),
  { name: "changed port", next: otherPort, hosts: 1, runs: 5, quick: 1 },
  { name: "changed ownDomainMail", next: otherDomain, hosts: 1, runs: 5 },
  { name: "new password", next: newPassword, hosts: 1, runs: 5 },
  { name: "no change", next: same, hosts: 1, runs: 5, quick: 2 },
  { name: "floor", next: same, hosts: 1, runs: 5, drift: "off", quick: 2 },
  { name: "changed port, 8 hosts", next: otherPort, hosts: 8, runs: 3 },
  { name: "no change, 8 hosts", next: same, hosts: 8, runs: 5 },
  { name: "floor, 8 hosts", next: same, hosts: 8, runs: 5, drift: "off" },
  ...(["bullseye", "trixie", "sid"] as const).map((release) => install(release)),
];

/** The cases of a run: a short one, or those whose name has one of the words. */
export function chosen(all: readonly Case[], { quick, words = [] }: { quick: boolean; words?: string[] }): Case[] {
  const whole = new Set(all.map(({ name }) => name));
  const named = (name: string) => words.some((word) => (whole.has(word) ? name === word : name.includes(word)));
  return all
    .filter(({ name, quick: short }) => (words.length > 0 ? named(name) : !quick || short !== undefined))
    .map((one) => ({ ...one, runs: quick ? (one.quick ?? 1) : one.runs }));
}

/** The ways in the order of a turn: each turn another one begins. */
export const inTurn = <T>(ways: readonly T[], turn: number): T[] =>
  ways.map((_, index) => ways[(index + turn) % ways.length] as T);
