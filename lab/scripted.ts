// A submission server with scripted replies, beside the real one of relay.ts (Postfix with Dovecot): for replies that a
// real server cannot be made to give. It runs in the test itself, and listens inside the lab's network only.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
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
      socket.on("close", () => this.#sockets.delete(socket));
      converse(this, socket, secureContext).catch(() => {}); // the client has cut the connection
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

/** One SMTP session; after STARTTLS another one follows, inside TLS. */
async function converse(server: Scripted, socket: Socket, secureContext?: SecureContext): Promise<void> {
  socket.on("error", () => {}).setEncoding("latin1");
  const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
  const input = lines[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => (await input.next()).value;
  const write = (text: string) => {
    if (!socket.destroyed) socket.write(`${text.replaceAll("\n", "\r\n")}\r\n`, "latin1");
  };
  /** Sends the reply for a place, and returns its first digit. */
  const reply = async (place: Place, otherwise?: string): Promise<string> => {
    const { say, after } = server.next(place, otherwise);
    if (after) await pause(after * 1000, undefined, { ref: false });
    if (say) write(say);
    if (!say || /^(221|421)/.test(say)) socket.end();
    return say.slice(0, 1);
  };
  let mail: Omit<Taken, "accepted"> = { sender: "", recipients: [], text: "", login: undefined, tls: !secureContext };

  if (secureContext) await reply("greeting");
  for (let line = await next(); line !== undefined; line = await next()) {
    const [verb = "", second = "", initial] = line.split(/[ :]/);
    const command = verb.toUpperCase();
    server.commands.push(command === "AUTH" ? `AUTH ${second.toUpperCase()}` : command);
    if (command === "EHLO" || command === "HELO") {
      const login = server.mechanisms.length ? `250-AUTH ${server.mechanisms.join(" ")}\n` : "";
      const more = secureContext ? "250-STARTTLS\n" : login;
      await reply("ehlo", `250-${server.host}\n${more}250-8BITMIME\n250 ENHANCEDSTATUSCODES`);
    } else if (command === "STARTTLS" && secureContext) {
      if ((await reply("starttls")) !== "2") continue;
      lines.close();
      return converse(server, new TLSSocket(socket, { isServer: true, secureContext }));
    } else if (command === "AUTH") {
      const decoded = (text = "") => Buffer.from(text, "base64").toString();
      const ask = async (question: string) => {
        write(`334 ${question}`);
        return decoded(await next());
      };
      let username = "";
      let password = "";
      if (second.toUpperCase() === "LOGIN") {
        username = initial === undefined ? await ask("VXNlcm5hbWU6") : decoded(initial);
        password = await ask("UGFzc3dvcmQ6");
      } else [, username = "", password = ""] = (initial === undefined ? await ask("") : decoded(initial)).split("\0");
      mail.login = { username, password };
      await reply("auth");
    } else if (command === "MAIL") {
      mail = { ...mail, sender: address(line), recipients: [], text: "" };
      await reply("mail");
    } else if (command === "RCPT") {
      mail.recipients.push(address(line));
      await reply("rcpt");
    } else if (command === "DATA") {
      if ((await reply("data")) !== "3") continue;
      for (let part = await next(); part !== undefined && part !== "."; part = await next())
        mail.text += `${part.replace(/^\./, "")}\n`;
      const message = { ...mail, accepted: false };
      server.messages.push(message);
      message.accepted = (await reply("end")) === "2";
    } else if (command === "QUIT") await reply("quit");
    else write(/^(RSET|NOOP)$/.test(command) ? "250 2.0.0 Ok" : "500 5.5.2 Error: command not recognized");
  }
}

const address = (line: string) => /<(.*?)>/.exec(line)?.[1] ?? "";
