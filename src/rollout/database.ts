// The database of a rollout: our own server, or one that is named.

import { connection } from "./peers.ts";
import { type Database, ownServer } from "./postgres.ts";
import { codes, Refused } from "./refused.ts";

/** Variables with the way to it. No child gets them. */
export const DATABASE = "POSTFIX_RELAY_DATABASE";
const SECRET = [DATABASE, "PGPASSWORD", "PGPASSFILE"];

/** The environment for children. */
export function forChildren(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.includes(name)));
}

/** The URL of the server that is named; undefined for our own. */
export function named(option: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const given = option ?? env[DATABASE];
  if (given === undefined || given === "") return undefined;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !["postgres:", "postgresql:"].includes(url.protocol))
    throw new Refused("--database needs a URL such as postgres://USER@HOST/NAME");
  if (option !== undefined && (url.password || url.searchParams.has("password")))
    throw new Refused(
      `--database has a password in it, which all users of this machine can see; leave it out, and give it in PGPASSFILE, PGPASSWORD or ${DATABASE}`,
    );
  if (url.pathname.length < 2) throw new Refused("--database names no database; write postgres://USER@HOST/NAME");
  return given;
}

/** Opens it. */
export async function openDatabase(url: string | undefined, state: string): Promise<Database> {
  if (url === undefined) return await ownServer(state);
  const client = connection(url);
  client.on("error", () => {});
  try {
    await client.connect();
    await client.end();
  } catch (error) {
    // Without a password it would wait for the server to lose its patience, which takes a minute.
    client.end().catch(() => {});
    throw new Refused(`the database at ${placeIn(url)} is not there: ${reasonOf(error)}`, codes.unavailable);
  }
  return { url, leave: async () => {}, revive: async () => {} };
}

/** Host and name, without who logs in. */
function placeIn(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${searchParams.get("host") ?? host}${pathname}`;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no such host",
  ENOENT: "there is no such socket",
  "28P01": "it refuses the password; give the right one in PGPASSFILE or PGPASSWORD",
  "28000": "it refuses the user",
  "3D000": "it has no database of that name; `createdb` makes one",
};

function reasonOf(error: unknown): string {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  return (
    reasons[code] ??
    (message.includes("password") ? "it asks for a password; give it in PGPASSFILE or PGPASSWORD" : code || "no answer")
  );
}
