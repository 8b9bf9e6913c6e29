// A submission server with scripted replies, beside the real one of relay.ts (Postfix with Dovecot): for replies that a
// real server cannot be made to give. It runs in the test itself, and listens inside the lab's network only.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { certificate } from "./certificates.ts";
import type { Lab } from "./lab.ts";

/** Steps of an SMTP session whose reply can be scripted. `auth` is the final reply to a login, `end` to a message. */
export type Place = "greeting" | "ehlo" | "starttls" | "auth" | "mail" | "rcpt" | "data" | "end" | "quit";

/**
 * A reply: its text with the code, one line or several, possibly some seconds late; an empty one closes the connection.
 */
export type Answer = string | { say?: string; after: number };

/** Replies that differ from the usual ones. Several are given in turn, and the last one from then on. */
export interface Script extends Partial<Record<Place, Answer | readonly Answer[]>> {
  /** The SASL mechanisms it offers; it implements PLAIN and LOGIN. */
  mechanisms?: readonly string[];
}

/** A message that was accepted, or refused after its data. */
export interface Taken {
  sender: string;
  recipients: string[];
  text: string;
  /** Credentials that the client sent. */
  login: { username: string; password: string } | undefined;
  tls: boolean;
  accepted: boolean;
}

const usual: Record<Exclude<Place, "ehlo">, string> = {
  greeting: "220 scripted ESMTP",
  starttls: "220 2.0.0 Ready to start TLS",
  auth: "235 2.7.0 Authentication successful",
  mail: "250 2.1.0 Ok",
  rcpt: "250 2.1.5 Ok",
  data: "354 End data with <CR><LF>.<CR><LF>",
  end: "250 2.0.0 Ok: queued",
  quit: "221 2.0.0 Bye",
};

/** A submission server with a certificate of the lab and a name in its DNS. */
export class Scripted {
  readonly host: string;
  address = "";
  port = 0;
  readonly messages: Taken[] = [];
  /** The commands it has received, such as `AUTH PLAIN`, without arguments and credentials. */
  readonly commands: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #script: Script = {};
  #times = new Map<Place, number>();

  private constructor(host: string, pem: string) {
    this.host = host;
    const secureContext = createSecureContext({ key: pem, cert: pem });
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
      const conversation = new Conversation(this, socket, () => {
        const secured = new TLSSocket(socket, { isServer: true, secureContext });
        secured.on("error", () => {});
        new Conversation(this, secured);
      });
      void conversation.say("greeting");
    });
  }

  /** Starts a server, which clients reach at `host`; without a port, at any that is free. */
  static async open(lab: Lab, name = "scripted", port = 0): Promise<Scripted> {
    const host = `${name}.example.test`;
    const { folder, net } = lab.record;
    const server = new Scripted(host, await certificate(join(folder, "ca"), host));
    server.port = port;
    server.address = net.gateway;
    await server.listen();
    await lab.dns.set(host, [net.gateway]);
    return server;
  }

  /** Accepts connections, again after `close`. */
  async listen(): Promise<void> {
    await once(this.#server.listen(this.port, this.address), "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  get mechanisms(): readonly string[] {
    return this.#script.mechanisms ?? ["PLAIN", "LOGIN"];
  }

  /** Sets the replies from now on, and forgets commands and messages received so far. */
  set(script: Script = {}): void {
    this.#script = script;
    this.#times = new Map();
    this.messages.length = 0;
    this.commands.length = 0;
  }

  /** The reply for the next time that a session reaches a place. */
  next(place: Place, otherwise = usual[place as keyof typeof usual]): { say: string; after: number } {
    const time = this.#times.get(place) ?? 0;
    this.#times.set(place, time + 1);
    const given = this.#script[place];
    const answers = given === undefined ? [otherwise] : [given].flat();
    const answer = answers[Math.min(time, answers.length - 1)] as Answer;
    return typeof answer === "string" ? { say: answer, after: 0 } : { say: otherwise, ...answer };
  }

  /** Refuses connections from now on, and cuts those that are open. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One SMTP session; after STARTTLS a new one continues inside TLS. */
class Conversation {
  readonly #server: Scripted;
  readonly #socket: Socket;
  /** Continues inside TLS; undefined if this session already is. */
  readonly #secure: (() => void) | undefined;
  #input = "";
  #mail: Omit<Taken, "accepted">;
  /** Handler of the next line, unless that is a command. */
  #takes: ((line: string) => void) | undefined;

  constructor(server: Scripted, socket: Socket, secure?: () => void) {
    this.#server = server;
    this.#socket = socket;
    this.#secure = secure;
    this.#mail = { sender: "", recipients: [], text: "", login: undefined, tls: !secure };
    socket.on("data", (chunk: Buffer) => {
      this.#input += chunk.toString("latin1");
      for (let end = this.#input.indexOf("\r\n"); end >= 0; end = this.#input.indexOf("\r\n")) {
        const line = this.#input.slice(0, end);
        this.#input = this.#input.slice(end + 2);
        if (this.#takes) this.#takes(line);
        else this.#command(line);
      }
    });
  }

  /** Sends the reply for a place, and returns its first digit. */
  async say(place: Place, otherwise?: string): Promise<string> {
    const { say, after } = this.#server.next(place, otherwise);
    if (after) await new Promise((resolve) => setTimeout(resolve, after * 1000).unref());
    if (say) this.#write(say);
    if (!say || /^(221|421)/.test(say)) this.#socket.end();
    return say.slice(0, 1);
  }

  #write(text: string): void {
    if (!this.#socket.destroyed) this.#socket.write(`${text.replaceAll("\n", "\r\n")}\r\n`, "latin1");
  }

  #command(line: string): void {
    const [verb = "", second = ""] = line.toUpperCase().split(/[ :]/);
    this.#server.commands.push(verb === "AUTH" ? `AUTH ${second}` : verb);
    if (verb === "EHLO" || verb === "HELO") void this.say("ehlo", this.#ehlo());
    else if (verb === "STARTTLS" && this.#secure) void this.#starttls(this.#secure);
    else if (verb === "AUTH") this.#auth(second, line.split(" ")[2]);
    else if (verb === "MAIL") {
      this.#mail = { ...this.#mail, sender: address(line), recipients: [], text: "" };
      void this.say("mail");
    } else if (verb === "RCPT") {
      this.#mail.recipients.push(address(line));
      void this.say("rcpt");
    } else if (verb === "DATA") void this.#data();
    else if (verb === "QUIT") void this.say("quit");
    else this.#write(/^(RSET|NOOP)$/.test(verb) ? "250 2.0.0 Ok" : "500 5.5.2 Error: command not recognized");
  }

  #ehlo(): string {
    const mechanisms = this.#server.mechanisms.join(" ");
    const more = this.#secure ? "STARTTLS" : mechanisms && `AUTH ${mechanisms}`;
    return [
      `250-${this.#server.host}`,
      ...(more ? [`250-${more}`] : []),
      "250-8BITMIME",
      "250 ENHANCEDSTATUSCODES",
    ].join("\n");
  }

  async #starttls(secure: () => void): Promise<void> {
    if ((await this.say("starttls")) !== "2") return;
    this.#socket.removeAllListeners("data");
    secure();
  }

  #auth(mechanism: string, initial: string | undefined): void {
    const answers: string[] = [];
    const questions = mechanism === "LOGIN" ? ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"] : [""];
    const step = (line: string | undefined) => {
      if (line !== undefined) answers.push(Buffer.from(line, "base64").toString());
      const question = questions[answers.length];
      this.#takes = question === undefined ? undefined : step;
      if (question !== undefined) return this.#write(`334 ${question}`);
      const [username = "", password = ""] = mechanism === "LOGIN" ? answers : (answers[0] ?? "").split("\0").slice(1);
      this.#mail.login = { username, password };
      void this.say("auth");
    };
    step(initial);
  }

  async #data(): Promise<void> {
    if ((await this.say("data")) !== "3") return;
    this.#takes = (line) => {
      if (line !== ".") {
        this.#mail.text += `${line.replace(/^\./, "")}\n`;
        return;
      }
      this.#takes = undefined;
      const message = { ...this.#mail, accepted: false };
      this.#server.messages.push(message);
      void this.say("end").then((digit) => {
        message.accepted = digit === "2";
      });
    };
  }
}

const address = (line: string) => /<(.*?)>/.exec(line)?.[1] ?? "";
