// A Postfix that somebody has set up by hand, as its host tells of it: src/host/hand-made.sh prints that.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clean } from "../host/clean.ts";
import { here } from "../host/here.cjs";
import { quote } from "../host/quote.ts";

/** A row of a map. */
export interface MapRow {
  /** Type of the map, such as hash or regexp. */
  readonly type: string;
  readonly key: string;
  readonly value: string;
}

/** A user at a relay host, or for a sender. */
export interface HandMadeAccount {
  /** As the map has it: the text of relayhost, a host name, or a sender. */
  readonly key: string;
  /** Undefined where it is the same word as the password. */
  readonly user?: string;
}

/** What is set in main.cf, and in what it names. */
export interface HandMade {
  /** Parameters with their values. */
  readonly set: ReadonlyMap<string, string>;
  /** Further ones, of which only the names are known. */
  readonly named: readonly string[];
  readonly maps: ReadonlyMap<string, readonly MapRow[]>;
  /** Maps that have other rows, too. */
  readonly otherRows: readonly string[];
  readonly accounts: readonly HandMadeAccount[];
  /** What the host is called, and the domain that Postfix has from that. */
  readonly hostname: string;
  readonly domain: string;
  /** Who gets root's mail. */
  readonly root?: string;
}

const reasons = ["no-postfix", "no-root", "managed"] as const;

/** Why nothing was read; the words are those of the host. */
export interface Unread {
  readonly why: (typeof reasons)[number] | "silent";
  readonly words: string;
}

/** The command that prints it, for a login user. */
export const handMadeCommand = (user: string): string =>
  `${user === "root" ? "" : "sudo -n "}sh -c ${quote(readFileSync(join(here, "hand-made.sh"), "utf8"))} 2>&1`;

/** Reads its output, among whatever a login shell prints. */
export function parseHandMade(stdout: string): HandMade | Unread {
  const lines = stdout.split(/\r?\n/);
  const at = lines.findIndex((line) => line.startsWith("from "));
  const begun = lines[at]?.slice("from ".length);
  if (begun !== "begin") {
    const words = clean(lines.findLast((line) => line.trim() !== "") ?? "");
    const known = reasons.find((why) => why === begun);
    return { why: known ?? (/^sudo: /.test(words) ? "no-root" : "silent"), words };
  }
  const rows = lines.slice(at + 1).map((line) => line.split("\t").map((text) => clean(text).trim()));
  const of = (kind: string) => rows.filter(([first]) => first === kind).map(([, ...parts]) => parts);
  const maps = new Map<string, MapRow[]>();
  for (const [name = "", type = "", key = "", value = ""] of of("map"))
    maps.set(name, [...(maps.get(name) ?? []), { type, key, value }]);
  const [[hostname = "", domain = ""] = []] = of("name");
  const [[root] = []] = of("root");
  return {
    set: new Map(of("set").map(([name = "", value = ""]) => [name, value])),
    named: of("named").map(([name = ""]) => name),
    maps,
    otherRows: [...new Set(of("other-row").map(([name = ""]) => name))],
    accounts: of("account").map(([key = "", user]) => ({ key, ...(user && { user }) })),
    hostname,
    domain,
    ...(root && { root }),
  };
}
