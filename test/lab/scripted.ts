// A submission server whose answers are set line by line, beside the real one of relay.ts (Postfix with Dovecot). It is
// for what a real server cannot be brought to say, runs in the test itself and listens inside the lab's network alone.
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { certificate } from "./certificates.ts";
import type { Lab } from "./lab.ts";

/** Where in a conversation it may answer in another way. `auth` is its last word on a login, `end` that on a message. */
export type Place = "greeting" | "ehlo" | "starttls" | "auth" | "mail" | "rcpt" | "data" | "end" | "quit";

/** What it says: a text with its code, of one line or several; some seconds late; an empty one ends the connection. */
export type Answer = string | { say?: string; after: number };

/** Its answers where they are not the usual ones. Of several the first is for the first time; the last one stays. */
export interface Script extends Partial<Record<Place, Answer | readonly Answer[]>> {
  /** The SASL mechanisms it offers; PLAIN and LOGIN it can speak. */
  mechanisms?: readonly string[];
}

/** A message that it has taken, or would not take at the end of it. */
export interface Taken {
  sender: string;
  recipients: string[];
  text: string;
  /** What a client has logged in with. */
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
  readonly messages: Taken[] = [];
  /** The first words of all lines it has heard, such as `AUTH PLAIN`; not what a client has said to log in. */
  readonly heard: string[] = [];
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

  /** Opens one: a client reaches it at `host` and `port`. */
  static async open(lab: Lab, name = "scripted"): Promise<Scripted> {
    const host = `${name}.example.test`;
    const { folder, net } = lab.record;
    const server = new Scripted(host, await certificate(join(folder, "ca"), host));
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject).listen(0, net.gateway, resolve);
    });
    await lab.dns.set(host, [net.gateway]);
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get mechanisms(): readonly string[] {
    return this.#script.mechanisms ?? ["PLAIN", "LOGIN"];
  }

  /** Gives it other answers than the usual ones from now on, and forgets what it has heard and taken. */
  set(script: Script = {}): void {
    this.#script = script;
    this.#times = new Map();
    this.messages.length = 0;
    this.heard.length = 0;
  }

  /** What it answers the next time that a conversation comes to a place. */
  next(place: Place, otherwise = usual[place as keyof typeof usual]): { say: string; after: number } {
    const time = this.#times.get(place) ?? 0;
    this.#times.set(place, time + 1);
    const given = this.#script[place];
    const answers = given === undefined ? [otherwise] : [given].flat();
    const answer = answers[Math.min(time, answers.length - 1)] as Answer;
    return typeof answer === "string" ? { say: answer, after: 0 } : { say: otherwise, ...answer };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** One connection, or what goes on of it inside TLS. */
class Conversation {
  readonly #server: Scripted;
  readonly #socket: Socket;
  /** Goes on inside TLS; undefined where this is inside. */
  readonly #secure: (() => void) | undefined;
  #heard = "";
  #mail: Omit<Taken, "accepted">;
  /** What takes the next line, if it is no command. */
  #takes: ((line: string) => void) | undefined;

  constructor(server: Scripted, socket: Socket, secure?: () => void) {
    this.#server = server;
    this.#socket = socket;
    this.#secure = secure;
    this.#mail = { sender: "", recipients: [], text: "", login: undefined, tls: !secure };
    socket.on("data", (chunk: Buffer) => {
      this.#heard += chunk.toString("latin1");
      for (let end = this.#heard.indexOf("\r\n"); end >= 0; end = this.#heard.indexOf("\r\n")) {
        const line = this.#heard.slice(0, end);
        this.#heard = this.#heard.slice(end + 2);
        if (this.#takes) this.#takes(line);
        else this.#command(line);
      }
    });
  }

  /** Answers at a place, and gives the first digit of its answer. */
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
    this.#server.heard.push(verb === "AUTH" ? `AUTH ${second}` : verb);
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
    const asked: string[] = [];
    const questions = mechanism === "LOGIN" ? ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"] : [""];
    const step = (line: string | undefined) => {
      if (line !== undefined) asked.push(Buffer.from(line, "base64").toString());
      const question = questions[asked.length];
      this.#takes = question === undefined ? undefined : step;
      if (question !== undefined) return this.#write(`334 ${question}`);
      const [username = "", password = ""] = mechanism === "LOGIN" ? asked : (asked[0] ?? "").split("\0").slice(1);
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
