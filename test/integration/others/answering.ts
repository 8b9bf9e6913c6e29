import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { certificate } from "../../lab/certificates.ts";
import type { World } from "../world.ts";

/** What a client has submitted. */
export interface Taken {
  recipients: string[];
  text: string;
}

/**
 * A submission server of the lab that answers a message with words of our choice: STARTTLS, any account, and all that it
 * takes is kept. It listens at the lab's side of the network.
 */
export class Answering {
  readonly host: string;
  readonly port = 2525;
  readonly taken: Taken[] = [];
  /** What it says after the message, without the end of the line. */
  answer = "250 2.0.0 Ok";
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(host: string, pem: string) {
    this.host = host;
    const secureContext = createSecureContext({ key: pem, cert: pem });
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
      socket.write(`220 ${host} ESMTP\r\n`);
      this.#talk(socket, () => {
        const tls = new TLSSocket(socket, { isServer: true, secureContext });
        tls.on("error", () => {});
        this.#talk(tls);
      });
    });
  }

  static async open(world: World, name = "answering"): Promise<Answering> {
    const { folder, net } = world.lab.record;
    const host = `${name}.example.test`;
    const server = new Answering(host, await certificate(join(folder, "ca"), host));
    await world.lab.dns.set(host, [net.gateway]);
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject).listen(server.port, net.gateway, resolve);
    });
    return server;
  }

  /** Hears lines and answers them; `starttls` goes on with the socket, where there is no TLS yet. */
  #talk(socket: Socket, starttls?: () => void): void {
    let heard = "";
    let message: Taken = { recipients: [], text: "" };
    let isData = false;
    const say = (line: string) => socket.write(`${line}\r\n`, "latin1"); // an answer may be any bytes
    const command = (line: string) => {
      if (/^EHLO /i.test(line))
        say(`250-${this.host}\r\n250-${starttls ? "STARTTLS" : "AUTH PLAIN LOGIN"}\r\n250 8BITMIME`);
      else if (starttls && /^STARTTLS/i.test(line)) {
        socket.removeAllListeners("data");
        say("220 2.0.0 Ready");
        starttls();
      } else if (starttls) say("530 5.7.0 Must issue a STARTTLS command first");
      else if (/^AUTH PLAIN .+/i.test(line)) say("235 2.7.0 Ok");
      else if (/^RCPT TO:/i.test(line)) {
        message.recipients.push(/<(.*?)>/.exec(line)?.[1] ?? "");
        say("250 2.1.5 Ok");
      } else if (/^DATA/i.test(line)) {
        isData = true;
        say("354 End data with <CR><LF>.<CR><LF>");
      } else if (/^QUIT/i.test(line)) {
        say("221 2.0.0 Bye");
        socket.end();
      } else say("250 2.0.0 Ok");
    };
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      for (let end = heard.indexOf("\r\n"); end >= 0; end = heard.indexOf("\r\n")) {
        const line = heard.slice(0, end);
        heard = heard.slice(end + 2);
        if (!isData) command(line);
        else if (line === ".") {
          isData = false;
          this.taken.push(message);
          message = { recipients: [], text: "" };
          say(this.answer);
        } else message.text += `${line}\n`;
      }
    });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
