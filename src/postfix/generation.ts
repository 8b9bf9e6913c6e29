import { createHash } from "node:crypto";
import type { Credentials, Settings } from "../settings/parse.ts";
import { mainCf } from "./main-cf.ts";
import { maps } from "./maps.ts";
import { saslPasswd } from "./sasl-passwd.ts";
import { masterEdits } from "./transports.ts";

/** Files in /etc/postfix by name. Each text ends with a newline. */
export type Files = Readonly<Record<string, string>>;

/** The files that anybody may read. */
export function publicFiles(owner: string, settings: Settings): Files {
  // A file made on Windows has carriage returns, which no file on a host shall have.
  const ca = settings.caCertificate?.replaceAll("\r", "");
  const files = {
    "main.cf": mainCf(owner, settings),
    ...maps(settings),
    master_edits: masterEdits(settings),
    "relay_ca.pem": ca && (ca.endsWith("\n") ? ca : `${ca}\n`),
  };
  return Object.fromEntries(Object.entries(files).filter((file): file is [string, string] => file[1] !== undefined));
}

/** The files that only root may read. */
export function secretFiles(settings: Settings, credentials: Credentials): Files {
  return { sasl_passwd: saslPasswd(settings, credentials) };
}

/** The name of a generation. On the host: `LC_ALL=C; sha256sum * | sha256sum`. */
export function digest(files: Files): string {
  const names = Object.keys(files).sort();
  return sha256(names.map((name) => `${sha256(files[name] ?? "")}  ${name}\n`).join(""));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A line for the tool on the host. Some names stand on several lines. */
export type Field = readonly [name: string, value: string | number];

/** What the tool on the host reads from stdin: marked lines with fields, then files. */
export function envelope(fields: readonly Field[], files: Files = {}): string {
  return [
    ...fields.map(([name, value]) => `#% ${name} ${value}\n`),
    ...Object.entries(files).map(([name, text]) => `#% file ${name}\n${text}`),
  ].join("");
}
