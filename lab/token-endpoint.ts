// A token endpoint (OAuth 2.0) with the manners of Microsoft's and Google's, which can fail. It runs in the test
// itself, and listens inside the lab's network only.
import { generateKeyPair } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { certificateOf, type certificates } from "./certificates.ts";
import type { Lab } from "./lab.ts";
import { Accounts } from "./tokens/accounts.ts";
import { type Asking, Consents } from "./tokens/consents.ts";
import { type Desk, type Giving, grant } from "./tokens/grants.ts";
import { claimedId, type Form } from "./tokens/proof.ts";
import { asJson, Refusal, type Refused } from "./tokens/refusals.ts";

export type { Client, Refresh } from "./tokens/accounts.ts";
export { type Refused, refusals } from "./tokens/refusals.ts";

/**
 * A way to fail: a refusal; `down`: it accepts no connection; `503`: a page in HTML; `silent`: no answer; `cut`: the
 * connection ends in the middle of the answer, after the token was given out.
 */
export type Failure = Refused | "down" | "503" | "silent" | "cut";

/** How it behaves. */
export interface Manner extends Giving, Asking {
  fail?: Failure;
  /** Seconds that each answer is late. */
  slow?: number;
  /** JSON on many lines, as Google has it; else on one. */
  pretty?: boolean;
  /** The certificate that it shows. Defaults to the right one. */
  certificate?: (typeof certificates)[number];
}

/** A question that it has been asked, without secrets. */
export interface Asked {
  /** The kind of grant, or `devicecode` or `authorize`. */
  grant: string;
  /** The id of the application. */
  client: string;
  /** When, in milliseconds. */
  at: number;
  /** Whether it was answered as it wished; a `cut` answer counts. */
  ok: boolean;
  /** The error that it was answered with. */
  error?: string;
}

/** An answer of HTTP. */
interface Reply {
  status: number;
  type: string;
  body: string;
  location?: string;
  error?: string;
}

const UNAVAILABLE =
  "<!DOCTYPE html>\n<html><head><title>Service Unavailable</title></head>\n<body><h2>Service Unavailable</h2>\n" +
  "<hr><p>HTTP Error 503. The service is unavailable.</p></body></html>\n";

/** A token endpoint with a certificate of the lab and a name in its DNS. */
export class TokenEndpoint implements Desk {
  readonly host: string;
  readonly address: string;
  port = 0;
  readonly accounts: Accounts;
  readonly consents: Consents;
  /** The public key of its access tokens, as PEM. */
  readonly publicKey: string;
  readonly requests: Asked[] = [];
  readonly #server: Server;
  readonly #folder: string;
  #manner: Manner = {};

  private constructor(host: string, lab: Lab, pem: string, keys: { publicKey: string; privateKey: string }) {
    this.host = host;
    this.address = lab.record.net.gateway;
    this.#folder = lab.record.folder;
    this.accounts = new Accounts(`https://${host}/`, keys.privateKey);
    this.consents = new Consents(this.accounts);
    this.publicKey = keys.publicKey;
    this.#server = createServer({ key: pem, cert: pem }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy()); // the client has cut the connection
    });
  }

  /** Starts an endpoint, which clients reach at `host`, on any port that is free. */
  static async open(lab: Lab, name = "login"): Promise<TokenEndpoint> {
    const host = `${name}.example.test`;
    const keys = await promisify(generateKeyPair)("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { format: "pem", type: "spki" },
      privateKeyEncoding: { format: "pem", type: "pkcs8" },
    });
    const endpoint = new TokenEndpoint(host, lab, await certificateOf(lab.record.folder, host, "normal"), keys);
    await endpoint.#listen();
    await lab.dns.set(host, [endpoint.address]);
    return endpoint;
  }

  /** Where tokens are. */
  get url(): string {
    return `https://${this.host}:${this.port}/token`;
  }

  /** Where codes for devices are. */
  get deviceUrl(): string {
    return `https://${this.host}:${this.port}/devicecode`;
  }

  /** The page where a user gives the consent in the browser. */
  get authorizeUrl(): string {
    return `https://${this.host}:${this.port}/authorize`;
  }

  /** Sets how it behaves from now on; what is not named is as it was at first. Accounts and tokens stay. */
  async set(manner: Manner = {}): Promise<void> {
    this.#manner = manner;
    const pem = await certificateOf(this.#folder, this.host, manner.certificate ?? "normal");
    this.#server.setSecureContext({ key: pem, cert: pem });
    if (manner.fail === "down") await this.close();
    else if (!this.#server.listening) await this.#listen();
  }

  /** The user approves what a device shows, or all that wait. */
  approve(userCode?: string): void {
    this.consents.decide("approved", userCode);
  }

  /** The user declines what a device shows, or all that wait. */
  decline(userCode?: string): void {
    this.consents.decide("declined", userCode);
  }

  /** Whether an access token is from here, for this user, and valid now. For `tokens` of a scripted server. */
  get isValid(): (token: string, user: string) => boolean {
    return this.accounts.isValid;
  }

  /** Takes back an access or refresh token, or `all`. */
  revoke(token: string): void {
    this.accounts.revoke(token);
  }

  /** Refuses connections from now on, and cuts those that are open. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  async #listen(): Promise<void> {
    await once(this.#server.listen(this.port, this.address), "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { fail, slow } = this.#manner;
    const { pathname, searchParams } = new URL(request.url ?? "/", this.url);
    const form = request.method === "POST" ? new URLSearchParams(await text(request)) : searchParams;
    const kind = pathname === "/token" ? (form.get("grant_type") ?? "") : pathname.slice(1);
    const asked: Asked = { grant: kind, client: claimedId(form), at: Date.now(), ok: false };
    this.requests.push(asked);
    if (fail === "silent") return;
    if (slow) await pause(slow * 1000, undefined, { ref: false });
    const reply = this.#reply(`${request.method} ${pathname}`, request.headers["content-type"], form);
    asked.ok = reply.status < 400 && reply.error === undefined;
    if (reply.error !== undefined) asked.error = reply.error;
    send(response, reply, fail === "cut");
  }

  #reply(what: string, type: string | undefined, form: Form): Reply {
    const { fail } = this.#manner;
    if (fail === "503") return { status: 503, type: "text/html; charset=us-ascii", body: UNAVAILABLE, error: "503" };
    try {
      if (typeof fail === "object") throw new Refusal(fail.status, fail.error, fail.description);
      if (what === "GET /authorize") return this.#consent(form);
      if (!type?.startsWith("application/x-www-form-urlencoded"))
        throw new Refusal(400, "invalid_request", "AADSTS900561: The endpoint only accepts POST requests with a form.");
      if (what === "POST /devicecode")
        return this.#json(200, this.consents.begin(form, this.#manner, `https://${this.host}:${this.port}/device`));
      if (what === "POST /token") return this.#json(200, grant(form, this, this.#manner));
      throw new Refusal(404, "invalid_request", `There is no ${what}.`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { refused } = error;
      return { ...this.#json(refused.status, asJson(refused)), error: refused.error };
    }
  }

  #consent(query: Form): Reply {
    const location = this.consents.authorize(query, this.#manner);
    const error = new URL(location).searchParams.get("error") ?? undefined;
    return { status: 302, type: "text/html", body: "", location, error };
  }

  #json(status: number, value: unknown): Reply {
    const body = this.#manner.pretty ? `${JSON.stringify(value, null, 2)}\n` : JSON.stringify(value);
    return { status, type: "application/json; charset=utf-8", body };
  }
}

/** Sends an answer, or the first half of it. */
function send(response: ServerResponse, { status, type, body, location }: Reply, cut: boolean): void {
  const length = Buffer.byteLength(body);
  const more = { "Cache-Control": "no-store, no-cache", ...(location && { Location: location }) };
  response.writeHead(status, { "Content-Type": type, "Content-Length": length, ...more });
  if (cut) response.write(Buffer.from(body).subarray(0, length / 2), () => response.destroy());
  else response.end(body);
}
