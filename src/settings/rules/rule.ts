import type { Credentials, RelayHost, Settings } from "../parse.ts";
import type { Problem } from "../problems.ts";

/** Where something stands. */
export type Path = Problem["path"];

/** Values that are valid, each by itself, and cannot work together. */
export interface Rule<T extends unknown[] = [Settings]> {
  readonly id: string;
  /** Where the rule is broken: the arguments to change first. */
  readonly finds: (...given: T) => readonly Path[];
  /** What goes wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly change: string;
  /** Where this is known from. */
  readonly source: string;
}

/** A rule about the accounts, which are secrets. */
export type AccountRule = Rule<[Settings, Credentials]>;

/** The path, if the condition holds. */
export const at = (condition: boolean | undefined, ...path: Path): Path[] => (condition ? [path] : []);

/** All relay hosts, with their places. */
export const hops = ({ relayHost, fallback, senderDependent }: Settings): { hop: RelayHost; path: Path }[] => [
  { hop: relayHost, path: ["relayHost"] },
  ...fallback.map((hop, index) => ({ hop, path: ["fallback", index] })),
  ...Object.entries(senderDependent).map(([sender, hop]) => ({ hop, path: ["senderDependent", sender] })),
];

/** The places of relay hosts that something is wrong with. */
export const hopsWhere = (settings: Settings, key: string, wrong: (hop: RelayHost) => boolean): Path[] =>
  hops(settings).flatMap(({ hop, path }) => at(wrong(hop), ...path, key));

/** Whether two names are the same to DNS. */
export const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** The part of an address after the @. */
export const domainOf = (address: string) => address.slice(address.lastIndexOf("@") + 1);

/** Domains whose mail ends on this host. */
export const localDomains = ({ hostname, domain, ownDomainMail }: Settings) => [
  hostname,
  `localhost.${domain}`,
  "localhost.localdomain",
  ...(ownDomainMail === "local" ? [domain] : []),
];
