import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A message as a relay accepted it. */
export interface Message {
  /** Queue id at the relay. */
  id: string;
  /** User who submitted it, with the mechanism used; empty without authentication. */
  saslUser: string;
  saslMethod: string;
  /** Envelope. */
  sender: string;
  recipients: string[];
  /** Address of the client, and TLS protocol (such as `TLSv1.3`; undefined: in clear). */
  client: string;
  tls: string | undefined;
  /** Header fields by lower-case name, unfolded, in order. */
  headers: Record<string, string[]>;
  body: string;
  raw: string;
}

/** The messages a relay has put in its spool, oldest first. */
export function readMessages(spool: string): Message[] {
  const files = readdirSync(spool, { withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(spool, entry.name));
  const ages = new Map(paths.map((path) => [path, statSync(path).mtimeMs]));
  const byId = new Map<string, Message>();
  for (const path of paths.sort((a, b) => (ages.get(a) ?? 0) - (ages.get(b) ?? 0))) {
    const message = parse(readFileSync(path, "utf8"));
    const known = byId.get(message.id);
    // A message with very many recipients is handed over in several parts.
    if (known) known.recipients.push(...message.recipients);
    else byId.set(message.id, message);
  }
  return [...byId.values()];
}

function parse(text: string): Message {
  const end = text.indexOf("\n\n");
  const envelope = text
    .slice(0, end)
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]);
  const field = (name: string) => envelope.find(([key]) => key === name)?.[1] ?? "";
  const raw = text.slice(end + 2);
  const split = raw.indexOf("\n\n");
  const headers: Record<string, string[]> = {};
  for (const line of raw
    .slice(0, split)
    .replace(/\n[ \t]+/g, " ")
    .split("\n")) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()];
  }
  return {
    id: field("id"),
    saslUser: field("sasl-user"),
    saslMethod: field("sasl-method"),
    sender: field("sender"),
    recipients: envelope.filter(([key]) => key === "recipient").map(([, address]) => address as string),
    client: field("client"),
    tls: /\(using (\S+) with cipher/.exec(headers.received?.[0] ?? "")?.[1],
    headers,
    body: raw.slice(split + 2),
    raw,
  };
}
