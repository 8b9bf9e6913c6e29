import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import PostalMime from "postal-mime";

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
  /** Header fields by lower-case name, unfolded and with single spaces, in order. */
  headers: Record<string, string[]>;
  /** The text of the message. */
  body: string;
  raw: string;
}

/** The messages in a relay's spool, oldest first. */
export async function readMessages(spool: string): Promise<Message[]> {
  const files = readdirSync(spool, { withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(spool, entry.name));
  const ages = new Map(paths.map((path) => [path, statSync(path).mtimeMs]));
  const byId = new Map<string, Message>();
  for (const path of paths.sort((a, b) => (ages.get(a) ?? 0) - (ages.get(b) ?? 0))) {
    const message = await parse(readFileSync(path, "utf8"));
    const known = byId.get(message.id);
    // A message with very many recipients is delivered in several parts.
    if (known) known.recipients.push(...message.recipients);
    else byId.set(message.id, message);
  }
  return [...byId.values()];
}

/** Parses a file of keep.sh: the envelope, one fact per line, then the message. */
async function parse(file: string): Promise<Message> {
  const [envelope = "", raw = ""] = file.split(/\n\n([\s\S]*)/);
  const field = (name: string) => envelope.match(new RegExp(`(?<=^${name} ).*`, "gm")) ?? [];
  const one = (name: string) => field(name)[0] ?? "";
  const message = await PostalMime.parse(raw);
  const headers: Record<string, string[]> = {};
  for (const { key, value } of message.headers) headers[key] = [...(headers[key] ?? []), value.replace(/\s+/g, " ")];
  return {
    id: one("id"),
    saslUser: one("sasl-user"),
    saslMethod: one("sasl-method"),
    sender: one("sender"),
    recipients: [...field("recipient")],
    client: one("client"),
    tls: /\(using (\S+) with cipher/.exec(headers.received?.[0] ?? "")?.[1],
    headers,
    body: message.text ?? "",
    raw,
  };
}
