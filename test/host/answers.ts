// Replies of relay hosts, and the kind of advice that fits each.

import { readFileSync } from "node:fs";

/** Part of the advice of each kind. */
export const kinds = {
  password: /refuses the user name or password/,
  "app password": /application-specific password/,
  browser: /log in with a browser first/,
  "no passwords": /lets nobody log in to this account by password/,
  "address at login": /no login from this host's address/,
  mechanism: /does not take the mechanism/,
  "no login here": /did not understand the login/,
  "too many logins": /refuses logins for a while/,
  "logins later": /rate limit or an outage/,
  "login deferred": /defers the login/,
  "other refusal of the login": /refuses the login, and not for the password/,
  credit: /quota or credit with the provider/,
  locked: /has locked this account/,
  connections: /too many connections/,
  helo: /name in this host's HELO/,
  reverse: /finds no name for this host's address/,
  blocklist: /is on a blocklist/,
  address: /does not know this host's address/,
  door: /refuses the connection:/,
  starttls: /wants STARTTLS first/,
  authentication: /wants authentication/,
  greylisting: /\(greylisting\)/,
  size: /larger than the relay accepts/,
  full: /mailbox of testDelivery.to is full/,
  "recipient busy": /gets too much mail at the moment/,
  tests: /still in test mode/,
  identities: /is not verified with the provider, in this region/,
  spf: /fails SPF, DKIM or DMARC/,
  "sender's domain": /sender's domain does not exist in DNS/,
  bounces: /refuses the empty sender/,
  sender: /does not let this account send as/,
  "no relay": /it is no relay/,
  relaying: /does not accept this recipient or sender/,
  recipient: /refuses the recipient: the address does not exist/,
  limit: /limit with the provider is reached/,
  later: /defers the message[.:]/,
  content: /refuses the content of the message/,
  protocol: /did not understand a command/,
  "any sender": /^\S+ The relay refuses the sender/,
  "any recipient": /refuses the recipient, or this sender/,
  "any message": /refuses the message after it has seen it/,
  loop: /runs in a loop/,
} as const;

/** A kind of advice. */
export type Kind = keyof typeof kinds;

/** What was replied to: AUTH, a connection or HELO, the sender, the recipient, the message. */
export type To = "login" | "door" | "from" | "to" | "data";

/** A reply of a relay host. */
export interface Answer {
  to: To;
  kind: Kind;
  /** A service of src/providers, or the program that stands behind many of them. */
  who: string;
  /** As its documentation and its users report it, or of that form; addresses are replaced. */
  text: string;
  /** The reason that Postfix logs for it. */
  reason: string;
}

const server = "relay-1.example.test[192.0.2.1]";
const commands = { from: "MAIL FROM", to: "RCPT TO", data: "end of DATA" };

function reason(to: To, text: string): string {
  if (to === "login") return `SASL authentication failed; server ${server} said: ${text}`;
  if (to === "door") return `host ${server} refused to talk to me: ${text}`;
  return `host ${server} said: ${text} (in reply to ${commands[to]} command)`;
}

/** The answers of a file: to what, kind, who, text, and the page that has it. */
const read = (name: string): (Answer & { source: string })[] =>
  readFileSync(new URL(name, import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [to, kind, who = "", text = "", source = ""] = line.split("\t") as [To, Kind, string, string, string];
      return { to, kind, who, text, source, reason: reason(to, text) };
    });

/** The answers that providers and their users have published, each with the page. */
export const published = read("published.txt");

/** All answers. */
export const answers: readonly Answer[] = [...read("answers.txt"), ...published];
