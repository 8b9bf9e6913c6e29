import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type SecureContext, TLSSocket } from "node:tls";
import { Lines } from "./lines.ts";
import { decoded, type Login, readLogin } from "./login.ts";
import { extensions, GOOGLE_CHALLENGE, type Place, refusal, type Script, usual } from "./replies.ts";

/** A message that was accepted, or refused after its data, or cut off. */
export interface Taken {
  /** What the replies of `like` name it by. */
  id: string;
  sender: string;
  /** Those that were accepted. */
  recipients: string[];
  text: string;
  /** Credentials that the client sent. */
  login: Login | undefined;
  tls: boolean;
  /** Whether it came to its final dot. Without that it is never accepted. */
  whole: boolean;
  accepted: boolean;
  /** Whether the connection was open when the reply to it was sent. Without that the client may send it again. */
  answered: boolean;
}

/** What a session has of its server. */
export interface Serving {
  readonly host: string;
  readonly script: Script;
  readonly mechanisms: readonly string[];
  readonly messages: Taken[];
  readonly reading: Set<Taken>;
  readonly commands: string[];
  /** The reply for the next time that a session reaches a place. */
  next(place: Place, otherwise?: string): { say: string; after: number };
}

/** How a session begins: with STARTTLS to come, or without; with a greeting, or after STARTTLS. */
export interface Beginning {
  startTls?: SecureContext;
  tls: boolean;
  greets: boolean;
}

let count = 0;

/** One SMTP session; after STARTTLS another one follows, inside TLS. It ends with the connection. */
export async function converse(server: Serving, socket: Socket, beginning: Beginning): Promise<void> {
  socket.on("error", () => {});
  await new Session(server, socket, beginning).run();
}

class Session {
  readonly #server: Serving;
  readonly #socket: Socket;
  readonly #lines: Lines;
  readonly #beginning: Beginning;
  #login: Login | undefined;
  #sender: string | undefined;
  #recipients: string[] = [];
  /** Whether the last reply went to a connection that was open. */
  #sent = false;

  constructor(server: Serving, socket: Socket, beginning: Beginning) {
    this.#server = server;
    this.#socket = socket;
    this.#beginning = beginning;
    this.#lines = new Lines(socket);
  }

  async run(): Promise<void> {
    if (this.#beginning.greets) await this.#reply("greeting");
    for (let line = await this.#lines.next(); line !== undefined; line = await this.#lines.next()) {
      const [verb = "", second = "", initial] = line.split(/[ :]/);
      const command = verb.toUpperCase();
      const mechanism = second.toUpperCase();
      this.#server.commands.push(command === "AUTH" ? `AUTH ${mechanism}` : command);
      if (command === "STARTTLS" && this.#beginning.startTls) {
        if ((await this.#reply("starttls")) === "2") return await this.#secure(this.#beginning.startTls);
      } else if (command === "AUTH") await this.#auth(mechanism, initial);
      else await this.#obey(command, line);
    }
  }

  async #obey(command: string, line: string): Promise<void> {
    if (command === "EHLO" || command === "HELO") await this.#reply("ehlo", this.#offers());
    else if (command === "MAIL") await this.#mail(address(line));
    else if (command === "RCPT") await this.#rcpt(address(line));
    else if (command === "DATA") await this.#data();
    else if (command === "QUIT") await this.#reply("quit");
    else this.#write(/^(RSET|NOOP)$/.test(command) ? "250 2.0.0 Ok" : "500 5.5.2 Error: command not recognized");
  }

  #offers(): string {
    const { host, mechanisms, script } = this.#server;
    const { startTls } = this.#beginning;
    const login = startTls || !mechanisms.length ? [] : [`AUTH ${mechanisms.join(" ")}`];
    const all = [host, ...(startTls ? ["STARTTLS"] : login), ...extensions(script)];
    return all.map((word, index) => `250${index < all.length - 1 ? "-" : " "}${word}`).join("\n");
  }

  async #secure(secureContext: SecureContext): Promise<void> {
    this.#lines.stop();
    const socket = new TLSSocket(this.#socket, { isServer: true, secureContext });
    await converse(this.#server, socket, { tls: true, greets: false });
  }

  async #auth(mechanism: string, initial: string | undefined): Promise<void> {
    const { script, mechanisms } = this.#server;
    if (!mechanisms.includes(mechanism)) return this.#write("504 5.7.4 Unrecognized authentication type");
    const login = await readLogin(mechanism, initial, (challenge) => this.#ask(challenge));
    if (!login) return;
    if (login === "unreadable") return this.#write("501 5.5.2 Cannot decode the response");
    const right = login.token === undefined || (script.tokens?.(login.token, login.username) ?? true);
    // Google says first what it does not like, and waits for an empty answer, or for one of ^A.
    if (!right && script.like === "google" && (await this.#ask(GOOGLE_CHALLENGE)) === undefined) return;
    const digit = await this.#reply("auth", right ? undefined : refusal(script));
    if (digit === "2") this.#login = login;
  }

  /** Asks for a part of a login. */
  async #ask(challenge?: string): Promise<string | undefined> {
    if (challenge !== undefined) this.#write(`334 ${Buffer.from(challenge).toString("base64")}`);
    else if ((await this.#reply("challenge")) !== "3") return undefined;
    const line = await this.#lines.next();
    if (line === "*") this.#write("501 5.7.0 Authentication cancelled");
    return line === undefined || line === "*" ? undefined : decoded(line);
  }

  async #mail(sender: string): Promise<void> {
    this.#sender = undefined;
    if (this.#server.script.tokens && !this.#login)
      return this.#write("530 5.7.57 Client not authenticated to send mail.");
    this.#recipients = [];
    this.#sender = (await this.#reply("mail")) === "2" ? sender : undefined;
  }

  async #rcpt(recipient: string): Promise<void> {
    if (this.#sender === undefined) return this.#write("503 5.5.1 Need a sender first");
    if ((await this.#reply("rcpt")) === "2") this.#recipients.push(recipient);
  }

  async #data(): Promise<void> {
    const { messages, reading, script } = this.#server;
    const [sender, recipients] = [this.#sender, this.#recipients];
    if (sender === undefined || !recipients.length) return this.#write("503 5.5.1 Need a recipient first");
    if ((await this.#reply("data")) !== "3") return;
    const { tls } = this.#beginning;
    const envelope = { id: `${++count}.${Date.now()}`, sender, recipients };
    const ends = { whole: false, accepted: false, answered: false };
    const message: Taken = { ...envelope, text: "", login: this.#login, tls, ...ends };
    this.#sender = undefined;
    reading.add(message);
    this.#lines.slow = script.slow ?? 0;
    message.whole = await this.#read(message);
    this.#lines.slow = 0;
    reading.delete(message);
    messages.push(message);
    if (message.whole) await this.#judge(message);
  }

  /** Reads the text of a message; false if it is cut off. */
  async #read(message: Taken): Promise<boolean> {
    for (let line = await this.#lines.next(); line !== undefined; line = await this.#lines.next()) {
      if (line === ".") return true;
      message.text += `${line.replace(/^\./, "")}\n`;
    }
    return false;
  }

  async #judge(message: Taken): Promise<void> {
    const otherwise = usual(this.#server.script, "end").replace("ID", message.id);
    message.accepted = (await this.#reply("end", otherwise)) === "2";
    message.answered = this.#sent;
  }

  #write(text: string): void {
    this.#sent = !this.#lines.ended && this.#socket.writable;
    if (this.#sent) this.#socket.write(`${text.replaceAll("\n", "\r\n")}\r\n`, "latin1");
  }

  /** Sends the reply for a place, and returns its first digit. */
  async #reply(place: Place, otherwise?: string): Promise<string> {
    const { say, after } = this.#server.next(place, otherwise);
    if (after) await pause(after * 1000, undefined, { ref: false });
    this.#sent = false;
    if (say) this.#write(say);
    if (!say || /^(221|421)/.test(say)) this.#socket.end();
    return say.slice(0, 1);
  }
}

const address = (line: string) => /<(.*?)>/.exec(line)?.[1] ?? "";
