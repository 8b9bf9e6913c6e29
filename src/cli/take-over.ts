// From a Postfix that was set up by hand to the arguments of a Relay, and a line for each setting that has no place
// among them.

import { providers } from "../providers/providers.ts";
import type { HandMade, MapRow } from "./hand-made.ts";
import type { Answers } from "./init-files.ts";
import { hopOf, keysOf, type NextHop, relayArguments } from "./next-hop-text.ts";
import { namedLines } from "./no-place.ts";
import {
  fallbackOf,
  limits,
  others,
  type Part,
  reception,
  rowsOf,
  senders,
  tls,
  unlessEmpty,
  valuesOf,
} from "./take-over-mail.ts";

/** What is taken over. */
export interface TakenOver {
  /** Answers to the questions of `init`. */
  readonly answers: Partial<Answers>;
  /** Further arguments of the Relay. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** What has no place, a line each. */
  readonly lines: readonly string[];
}

/** Takes all of it over. `name` is that of the Relay, if it was given. */
export function takeOver(made: HandMade, name?: string): TakenOver {
  const relayhost = made.set.get("relayhost") ?? "";
  const hop = hopOf(relayhost);
  const parts = [
    names(made, name),
    relay(relayhost, hop),
    tls(made),
    accounts(made, relayhost, hop),
    senders(made),
    others(made),
    limits(made),
    reception(made),
    { lines: namedLines(made) },
  ];
  return {
    answers: Object.assign({}, ...parts.map(({ answers }: Part) => answers)),
    extra: Object.assign({}, ...parts.map(({ extra }: Part) => extra)),
    lines: [...new Set(parts.flatMap(({ lines }: Part) => lines ?? []))],
  };
}

/** The names of the host, its domain, and who may get the test message. */
function names({ hostname, domain, root, set }: HandMade, given?: string): Part {
  const [label = ""] = hostname.split(".");
  // Without a domain in main.cf Postfix takes what is behind the first dot, were it only "com".
  const known = domain.includes(".") ? domain : hostname;
  const name = given ?? (hostname === known || !/^[a-z][\w-]*$/i.test(label) ? undefined : label);
  const isFull = hostname.includes(".") && !hostname.endsWith(".localdomain");
  const origin = set.get("myorigin");
  const bare = origin !== undefined && ![hostname, "/etc/mailname"].includes(origin);
  return {
    answers: { ...(name && { name }), ...(known.includes(".") && { domain: known }), ...(root && { to: root }) },
    extra: isFull && hostname !== `${name}.${known}` ? { hostname } : {},
    lines: bare
      ? [`myorigin = ${origin}: root leaves as root@ the host's name from now on; \`senders\` gives it another address`]
      : [],
  };
}

function relay(relayhost: string, hop: NextHop | undefined): Part {
  if (relayhost === "") return { lines: ["relayhost is empty: this host delivers its mail by itself"] };
  if (!hop) return { lines: [`relayhost = ${relayhost}: not taken over; give a name in --relay`] };
  const { relay, extra } = relayArguments(hop);
  const mx = "lookupMx" in ((extra.relayHost as object | undefined) ?? {});
  return {
    answers: { relay },
    extra,
    lines: mx
      ? [
          `relayhost = ${relayhost}: without brackets its MX records count; if it is a server itself, leave lookupMx out`,
        ]
      : [],
  };
}

/** The users, never their passwords. */
function accounts({ set, accounts, maps }: HandMade, relayhost: string, hop: NextHop | undefined): Part {
  const keys = hop ? keysOf(relayhost, hop) : [];
  const own = keys.flatMap((key) => accounts.find((one) => one.key.toLowerCase() === key) ?? [])[0];
  const bySender = set.get("smtp_sender_dependent_authentication") === "yes";
  const hosts = new Set([...fallbackOf(set), ...rowsOf(maps, "sender_dependent_relayhost_maps")].map(hostOf));
  const more: Record<string, { username: string }> = {};
  const lines: string[] = [];
  for (const one of accounts.filter(({ key }) => key !== own?.key && !keys.includes(key.toLowerCase()))) {
    const key = one.key.includes("@") ? one.key : (hopOf(one.key)?.host ?? one.key);
    const isUsed = one.key.includes("@") ? bySender : hosts.has(key);
    if (isUsed && one.user) more[key] = { username: one.user };
    else lines.push(`smtp_sasl_password_maps: the account of ${one.key} is ${isUsed ? "not told" : "not used"}`);
  }
  const preset = hop && providers[relayArguments(hop).relay as keyof typeof providers];
  if (hop && set.get("smtp_sasl_auth_enable") !== "yes")
    lines.push("smtp_sasl_auth_enable is not yes: this host has sent without a login, and a Relay needs one");
  else if (own && !own.user && preset?.username !== "password")
    lines.push("smtp_sasl_password_maps: the user name is the same word as the password, and is not told");
  const filter = valuesOf(set.get("smtp_sasl_mechanism_filter"));
  const isPlain = filter.every((one) => /^[\w-]+$/.test(one));
  if (!isPlain) lines.push("smtp_sasl_mechanism_filter: it is more than names; use `mechanisms`");
  return {
    answers: own?.user ? { username: own.user } : {},
    extra: {
      ...unlessEmpty("accounts", more),
      ...(isPlain && filter.length > 0 && { mechanisms: filter.map((one) => one.toUpperCase()) }),
    },
    lines,
  };
}

const hostOf = (text: string | MapRow): string => hopOf(typeof text === "string" ? text : text.value)?.host ?? "";
