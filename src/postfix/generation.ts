import { createHash } from "node:crypto";
import type { Credentials, Settings } from "../settings/settings.ts";
import { names } from "./files.ts";
import { mainCf } from "./main-cf.ts";
import { maps } from "./maps.ts";
import { saslPasswd } from "./sasl-passwd.ts";
import { saslTokens } from "./sasl-tokens.ts";
import { masterEdits } from "./transports.ts";

/** Files in /etc/postfix by name. Each text ends with a newline. */
export type Files = Readonly<Record<string, string>>;

/** The files that anybody may read. */
export function publicFiles(owner: string, settings: Settings): Files {
  // A file made on Windows has carriage returns, which no file on a host should have.
  const ca = settings.caCertificate?.replaceAll("\r", "");
  const files = {
    [names.mainCf]: mainCf(owner, settings),
    ...maps(settings),
    [names.masterEdits]: masterEdits(settings),
    [names.ca]: ca && (ca.endsWith("\n") ? ca : `${ca}\n`),
  };
  return Object.fromEntries(Object.entries(files).filter((file): file is [string, string] => file[1] !== undefined));
}

/** The files that only root may read. */
export function secretFiles(settings: Settings, credentials: Credentials): Files {
  const tokens = saslTokens(settings, credentials);
  return {
    [names.saslPasswd]: saslPasswd(settings, credentials),
    ...(tokens && { [names.saslTokens]: tokens.open, [names.saslSecrets]: tokens.secret }),
  };
}

/** The name of a generation. On the host: `LC_ALL=C; sha256sum * | sha256sum`. */
export function digest(files: Files): string {
  const sorted = Object.keys(files).sort();
  return sha256(sorted.map((name) => `${sha256(files[name] ?? "")}  ${name}\n`).join(""));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
