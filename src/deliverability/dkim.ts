// Published keys of DKIM (RFC 6376). That a relay host signs with them is not to be seen in the DNS.

import { createPublicKey } from "node:crypto";
import type { KeyNames } from "../providers/sender.ts";
import { type Looks, textsOf } from "./dns.ts";
import type { DkimEvidence } from "./evidence.ts";

type Answer = Pick<DkimEvidence, "state" | "found" | "tried" | "wrong">;

/** The keys of a domain under these names. `given` are names that the user knows, which are no guess. */
export async function dkimOf(
  looks: Looks,
  domain: string,
  { names, guess }: KeyNames,
  given: readonly string[] = [],
  emptyIsUnset = false,
): Promise<Answer> {
  const tried = given.length > 0 ? given : names;
  const keys = await Promise.all(tried.map((name) => keyOf(looks, `${name}._domainkey.${domain}`)));
  const found = tried.filter((_, at) => keys[at] === "key");
  const wrong = tried.flatMap((name, at) => {
    const key = keys[at];
    if (key === "empty") return [`${name} is ${emptyIsUnset ? "not set up yet" : "revoked"} (its p= is empty)`];
    return key === "weak" ? [`${name} is shorter than 1024 bits`] : key === "broken" ? [`${name} holds no key`] : [];
  });
  const facts = { found, tried, wrong };
  if (found.length > 0) return { ...facts, state: "key" };
  if (keys.includes("failed")) return { ...facts, state: "failed" };
  if (tried.length > 0 && (given.length > 0 || !guess)) return { ...facts, state: "none" };
  // A name without anything below it (RFC 8020): there is no key of any selector.
  const below = await looks.find(`_domainkey.${domain}`, "TXT");
  if (below.state === "failed") return { ...facts, state: "failed" };
  return { ...facts, state: below.state === "absent" ? "none" : "unknown" };
}

type Key = "key" | "none" | "empty" | "weak" | "broken" | "failed";

async function keyOf(looks: Looks, name: string): Promise<Key> {
  const found = await looks.find(name, "TXT");
  if (found.state === "failed") return "failed";
  const records = textsOf(found).filter((text) => /(^|;)\s*p\s*=/.test(text));
  if (records.length === 0) return "none";
  return judgeKey(records[0] as string);
}

/** The least size of an RSA key (RFC 8301). */
const LEAST_BITS = 1024;

/** What a record of a key is worth. */
export function judgeKey(record: string): Key {
  const tags = new Map(
    record.split(";").map((tag) => {
      const [name = "", ...value] = tag.split("=");
      return [name.trim(), value.join("=").replace(/\s/g, "")] as const;
    }),
  );
  const key = tags.get("p");
  if (key === undefined || (tags.get("v") ?? "DKIM1") !== "DKIM1") return "broken";
  if (key === "") return "empty";
  if ((tags.get("k") ?? "rsa") === "ed25519") return Buffer.from(key, "base64").length === 32 ? "key" : "broken";
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" });
    return (asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_BITS ? "weak" : "key";
  } catch {
    return "broken";
  }
}
