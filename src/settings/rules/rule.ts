import type { Path } from "../problems.ts";
import type { Credentials, RelayHost, Settings } from "../settings.ts";

/** Values that are valid by themselves and cannot work together. */
export interface Rule<T extends unknown[] = [Settings]> {
  readonly id: string;
  /** The arguments that break the rule, and that one would change first. */
  readonly finds: (...given: T) => readonly Path[];
  /** The fault, in words that follow the path of the argument. */
  readonly message: string;
  /** The change that mends it. */
  readonly change: string;
  /** The page that documents it. */
  readonly source: string;
}

/** A rule about the accounts, which are secrets. */
export type AccountRule = Rule<[Settings, Credentials]>;

/** The path, if the condition holds. */
export const at = (condition: boolean | undefined, ...path: Path): Path[] => (condition ? [path] : []);

/** All relay hosts, with their paths. */
export const relayHosts = ({ relayHost, fallback, senderDependent }: Settings): { server: RelayHost; path: Path }[] => [
  { server: relayHost, path: ["relayHost"] },
  ...fallback.map((server, index) => ({ server, path: ["fallback", index] })),
  ...Object.entries(senderDependent).map(([sender, server]) => ({ server, path: ["senderDependent", sender] })),
];

/** The paths of relay hosts with which something is wrong. */
export const relayHostsWhere = (settings: Settings, key: string, wrong: (server: RelayHost) => boolean): Path[] =>
  relayHosts(settings).flatMap(({ server, path }) => at(wrong(server), ...path, key));
