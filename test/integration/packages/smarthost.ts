import { createServer, type Server, type Socket } from "node:net";

/** A server on this machine that takes all mail without TLS or a password, as mail systems of old are used to. */
export class Smarthost {
  /** Recipients of all messages it has taken. */
  readonly recipients: string[] = [];
  readonly address: string;
  readonly port = 2525;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(address: string) {
    this.address = address;
  }

  async start(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    await new Promise<void>((done) => server.listen(this.port, this.address, done));
    this.#server = server;
  }

  /** From now on connections are refused. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise((done) => server.close(done));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    let text = "";
    let message = false;
    let recipients: string[] = [];
    const answer = (line: string) => {
      if (message) {
        if (line !== ".") return "";
        message = false;
        this.recipients.push(...recipients.splice(0));
        return "250 taken";
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === "RCPT") recipients.push(/<(.*?)>/.exec(line)?.[1] ?? "");
      if (verb === "RSET") recipients = [];
      if (verb === "DATA") message = true;
      if (verb === "QUIT") return "221 bye";
      return message ? "354 go on" : "250 smarthost.example.test";
    };
    socket.write("220 smarthost.example.test ESMTP\r\n");
    socket.on("data", (bytes) => {
      const lines = `${text}${bytes}`.split(/\r?\n/);
      text = lines.pop() ?? "";
      for (const line of lines) {
        const said = answer(line);
        if (said) socket.write(`${said}\r\n`);
        if (said.startsWith("221")) socket.end();
      }
    });
  }
}
