// A submission server with scripted replies, beside the real one of relay.ts (Postfix with Dovecot): for replies that a
// real server cannot be made to give. It runs in the test itself, and listens inside the lab's network only.
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { certificateOf } from "./certificates.ts";
import type { Lab } from "./lab.ts";
import { type Place, type Script, scripted, usual } from "./scripted/replies.ts";
import { converse, type Serving, type Taken } from "./scripted/session.ts";

export type { Login } from "./scripted/login.ts";
export { type Answer, type Like, type Place, real, type Script } from "./scripted/replies.ts";
export type { Taken } from "./scripted/session.ts";

/** What cannot be changed while it runs. */
export interface Options {
  /** TLS from the first byte, as on port 465. */
  implicit?: boolean;
}

/** A submission server with a certificate of the lab and a name in its DNS. */
export class Scripted implements Serving {
  readonly host: string;
  address = "";
  port = 0;
  /** The messages whose data has ended, in one way or another, in that order. */
  readonly messages: Taken[] = [];
  /** Those whose data is coming in. */
  readonly reading = new Set<Taken>();
  /** The commands it has received, such as `AUTH PLAIN`, without arguments and credentials. */
  readonly commands: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #folder: string;
  readonly #contexts = new Map<string, Promise<SecureContext>>();
  #script: Script = {};
  #times = new Map<Place, number>();

  private constructor(host: string, folder: string, { implicit }: Options) {
    this.host = host;
    this.#folder = folder;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      this.#converse(socket, implicit).catch(() => {}); // the client has cut the connection
    });
  }

  /** Starts a server, which clients reach at `host`; without a port, at any that is free. */
  static async open(lab: Lab, name = "scripted", port = 0, options: Options = {}): Promise<Scripted> {
    const { folder, net } = lab.record;
    const server = new Scripted(`${name}.example.test`, folder, options);
    await server.#context("normal");
    server.port = port;
    server.address = net.gateway;
    await server.listen();
    await lab.dns.set(server.host, [net.gateway]);
    return server;
  }

  /** Accepts connections, again after `close`. */
  async listen(): Promise<void> {
    await once(this.#server.listen(this.port, this.address), "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  get script(): Script {
    return this.#script;
  }

  get mechanisms(): readonly string[] {
    const { mechanisms, tokens } = this.#script;
    return mechanisms ?? (tokens ? ["XOAUTH2", "OAUTHBEARER"] : ["PLAIN", "LOGIN"]);
  }

  /** Sets the replies from now on, and forgets commands and messages received so far. */
  set(script: Script = {}): void {
    this.#script = script;
    this.#times = new Map();
    this.messages.length = 0;
    this.commands.length = 0;
  }

  /** Changes some of the replies from now on, and forgets nothing. Lists of replies begin again. */
  change(script: Script): void {
    this.#script = { ...this.#script, ...script };
    this.#times = new Map();
  }

  /** The reply for the next time that a session reaches a place. */
  next(place: Place, otherwise = usual(this.#script, place)): { say: string; after: number } {
    const time = this.#times.get(place) ?? 0;
    this.#times.set(place, time + 1);
    return scripted(this.#script, place, time, otherwise);
  }

  /** Refuses connections from now on, and cuts those that are open. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #converse(socket: Socket, implicit = false): Promise<void> {
    socket.on("error", () => {});
    const { clear, certificate = "normal" } = this.#script;
    const secureContext = await this.#context(certificate);
    if (implicit)
      await converse(this, new TLSSocket(socket, { isServer: true, secureContext }), { tls: true, greets: true });
    else await converse(this, socket, { startTls: clear ? undefined : secureContext, tls: false, greets: true });
  }

  /** What TLS needs for a certificate, which is made when it is first shown. */
  #context(certificate: NonNullable<Script["certificate"]>): Promise<SecureContext> {
    const make = async () => {
      const pem = await certificateOf(this.#folder, this.host, certificate);
      return createSecureContext({ key: pem, cert: pem });
    };
    const context = this.#contexts.get(certificate) ?? make();
    this.#contexts.set(certificate, context);
    return context;
  }
}
