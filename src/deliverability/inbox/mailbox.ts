// A mailbox over IMAP. It is read only: messages stay unread and where they are.

import { createRequire } from "node:module";
import type { ImapFlow, ListResponse } from "imapflow";
import { atOnce } from "../../host/at-once.ts";
import { placeOf } from "../../host/peer.ts";
import { IMAP_PORT } from "../../settings/defaults.ts";

/** The login at a mailbox. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** The package that speaks IMAP, which only those have who look into a mailbox. */
export const IMAP = { name: "imapflow", range: "^2.10.2" };

/** A message that was found. */
export interface Found {
  readonly folder: string;
  readonly kind: "inbox" | "junk" | "elsewhere";
  readonly source: Buffer;
}

/** What is looked for. */
export interface Search {
  /** A word, in the subject of a message or anywhere in one. */
  readonly token: string;
  readonly where: "subject" | "text";
  /** No message is older. */
  readonly since: Date;
  /** Whether all folders are looked into, and not only the inbox and Junk. */
  readonly deep: boolean;
}

/** A mailbox that is open, or opens with the first search. */
export interface Mailbox {
  /** The messages with that word, those in the inbox first. An error when the mailbox cannot be read. */
  find(search: Search): Promise<Found[]>;
  /** Ends the use; the last one who leaves closes it. */
  leave(): void;
}

/** Milliseconds for a connection, for the greeting of the server, and for silence afterwards. */
const LIMITS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** Bytes of an answer of the server, and of a message. */
const SIZES = { maxLineLength: 2 ** 22, maxLiteralSize: 2 ** 22, maxResponseSize: 2 ** 23 };
const LARGEST = 2 ** 19;

/** Folders besides the inbox and Junk that are looked into. */
const MOST = 30;

/** Folders with what was written here, and not received. */
const OWN = ["\\Sent", "\\Drafts", "\\Flagged", "\\Important"];

/** Further options of TLS, such as a certificate authority; for tests. */
export type Tls = Readonly<Record<string, unknown>>;

/** One session, in which one search runs at a time. */
class Session {
  users = 0;
  readonly #login: Login;
  readonly #tls: Tls | undefined;
  readonly #inTurn = atOnce(1);
  /** The one that is open or opens; a login that was refused is not tried again. */
  #client: Promise<ImapFlow> | undefined;
  #folders: Promise<Folder[]> | undefined;
  /** The same as soon as it begins to connect. */
  #connecting: ImapFlow | undefined;
  #wasOpen = false;

  constructor(login: Login, tls?: Tls) {
    this.#login = login;
    this.#tls = tls;
  }

  find(search: Search): Promise<Found[]> {
    return this.#inTurn(async () => {
      const before = this.#wasOpen;
      try {
        return await this.#search(search);
      } catch (error) {
        if (!before) throw error;
        // A connection that was cut off later is made once more.
        this.close();
        this.#client = this.#folders = undefined;
        return await this.#search(search);
      }
    });
  }

  async #search(search: Search): Promise<Found[]> {
    this.#client ??= this.#open();
    const client = await this.#client;
    this.#wasOpen = true;
    this.#folders ??= client.list().then(ordered);
    const folders = (await this.#folders).filter(({ kind }) => search.deep || kind !== "elsewhere");
    const found: Found[] = [];
    for (const folder of folders) found.push(...(await searchIn(client, folder, search)));
    return found;
  }

  /** Ends it, whatever it is waiting for. */
  close(): void {
    this.#connecting?.close();
  }

  async #open(): Promise<ImapFlow> {
    const { host, port, user, password } = this.#login;
    const place = placeOf(IMAP.name);
    if (place === undefined) throw new Error(`the package ${IMAP.name} is not installed`);
    const library = createRequire(place)(place) as typeof import("imapflow");
    const client = new library.ImapFlow({
      ...{ host, port, auth: { user, pass: password }, logger: false, disableAutoIdle: true, ...LIMITS, ...SIZES },
      // Without it a server, or somebody on the way, who offers no STARTTLS would get the password in clear.
      ...(port === IMAP_PORT ? { secure: true } : { secure: false, doSTARTTLS: true }),
      ...(this.#tls && { tls: this.#tls }),
    });
    // Of an error that nobody listens to the process would end. Whoever waits for an answer gets it as well.
    client.on("error", () => {});
    this.#connecting = client;
    try {
      await client.connect();
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }
}

/** A folder of a mailbox. */
type Folder = Pick<Found, "folder" | "kind">;

/** The folders: the inbox, Junk, and those that may have a message that was received; all mail of Gmail first. */
function ordered(list: readonly ListResponse[]): Folder[] {
  const usable = list.filter(({ flags }) => !flags.has("\\Noselect") && !flags.has("\\NonExistent"));
  const kindOf = ({ path, specialUse }: ListResponse): Found["kind"] => {
    if (path.toUpperCase() === "INBOX" || specialUse === "\\Inbox") return "inbox";
    return specialUse === "\\Junk" ? "junk" : "elsewhere";
  };
  const rank = (one: ListResponse) =>
    ["inbox", "junk"].indexOf(kindOf(one)) + 1 || (one.specialUse === "\\All" ? 3 : 4);
  return usable
    .filter(({ specialUse = "" }) => !OWN.includes(specialUse))
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, MOST)
    .map((one) => ({ folder: one.path, kind: kindOf(one) }));
}

async function searchIn(client: ImapFlow, at: Folder, { token, where, since }: Search): Promise<Found[]> {
  const lock = await client.getMailboxLock(at.folder, { readOnly: true });
  try {
    // Gmail tells of nothing new without it.
    await client.noop();
    const gmail = client.capabilities.has("X-GM-EXT-1");
    const words = gmail ? { gmraw: where === "subject" ? `subject:${token}` : token } : { [where]: token };
    const found = await client.search({ ...words, since }, { uid: true });
    // It does not fail where the connection was lost before.
    if (!found) throw new Error(`the folder ${at.folder} cannot be searched`);
    const messages: Found[] = [];
    for (const uid of found.slice(-3)) {
      const message = await client.fetchOne(String(uid), { source: { start: 0, maxLength: LARGEST } }, { uid: true });
      const { source } = message || {};
      if (source) messages.push({ ...at, source });
    }
    return messages;
  } finally {
    lock.release();
  }
}

/** The sessions that somebody uses. Servers limit their number for each user: a wave of hosts shares one. */
const sessions = new Map<string, Session>();

/** A mailbox, of which this process has one session at a time. */
export function openMailbox({ host, port, user, password }: Login, tls?: Tls): Mailbox {
  const login = { host, port, user, password };
  const name = JSON.stringify([login, tls]);
  const session = sessions.get(name) ?? new Session(login, tls);
  sessions.set(name, session);
  session.users++;
  let isLeft = false;
  return {
    find: (search) => session.find(search),
    leave: () => {
      if (isLeft) return;
      isLeft = true;
      session.users--;
      if (session.users > 0) return;
      if (sessions.get(name) === session) sessions.delete(name);
      session.close();
    },
  };
}

/** An error of IMAP or of the way there, as far as it is known. */
interface Failure {
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  readonly responseText?: string;
  readonly tlsFailed?: boolean;
  readonly message?: string;
}

/** Why a mailbox cannot be read, in words. What the server says of itself is only a text; no password is in it. */
export function reasonFor(error: unknown, { host, port }: Pick<Login, "host" | "port">): string {
  const { code = "", authenticationFailed, responseText, tlsFailed, message = "" } = (error ?? {}) as Failure;
  const said = responseText ? ` (${responseText})` : "";
  if (authenticationFailed) return `${host} refuses the user name or password${said}`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `the name ${host} is not found`;
  if (code === "ECONNREFUSED") return `nothing listens at port ${port} of ${host}`;
  if (code === "CONNECT_TIMEOUT" || code === "ETIMEDOUT") return `${host} does not answer at port ${port}`;
  if (code === "GREETING_TIMEOUT") return `port ${port} of ${host} is silent, or speaks another protocol than IMAP`;
  if (code === "EPROTO" || /WRONG_VERSION/.test(code)) return `port ${port} of ${host} speaks no TLS`;
  if (/CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO/.test(code)) return `the certificate of ${host} is not valid (${code})`;
  if (tlsFailed || /STARTTLS/.test(message)) return `${host} offers no TLS at port ${port}, so no password was sent`;
  return `${host}: ${responseText || code || message || "no reason is known"}`;
}
