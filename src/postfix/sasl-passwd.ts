import type { Credentials, Settings } from "../settings.ts";
import { nextHop } from "./next-hop.ts";

/** The text of sasl_passwd: taken literally by Postfix, so nothing in it is quoted. */
export function saslPasswd(settings: Settings, { username, password }: Credentials): string {
  return `${nextHop(settings.relayHost)} ${username}:${password}\n`;
}
