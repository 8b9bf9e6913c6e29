// An authorization server for tests, over HTTPS on the loopback: device codes, codes with PKCE, and the ways in which
// an endpoint can be in the way. Its tokens and codes begin with "poison": none may be shown.

import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { authority, certificate } from "../../lab/certificates.ts";

/** What an endpoint answers. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object as JSON, or a text as it is. */
  readonly body: unknown;
}

/** The connection ends without an answer. */
export const CUT = Symbol("cut");

/** What was asked of the server. */
export interface Asked {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}

/** The server. */
export interface OauthServer {
  /** Such as https://localhost:1234 */
  readonly origin: string;
  readonly asked: Asked[];
  /** Answers of the token endpoint and of the device endpoint, each used once; then those of a server that agrees. */
  readonly token: (Answer | typeof CUT)[];
  readonly device: (Answer | typeof CUT)[];
  /** The file with the certificate of its authority. */
  readonly ca: string;
  close(): void;
}

/** An error as RFC 6749 has it. */
export const refusal = (error: string, description?: string, status = 400): Answer => ({
  status,
  body: { error, ...(description !== undefined && { error_description: description }) },
});

/** What a server that agrees gives. */
export const GRANTED = {
  token_type: "Bearer",
  access_token: "poison-access",
  refresh_token: "poison-refresh",
  expires_in: 3600,
};

const DEVICE = {
  device_code: "poison-device",
  user_code: "ABCD-EFGH",
  verification_uri: "https://login.example.net/device",
  expires_in: 900,
  interval: 5,
};

/** An ID token that names somebody; nobody has signed it. */
export const idToken = (claims: object) =>
  ["{}", JSON.stringify(claims), "x"].map((part) => Buffer.from(part).toString("base64url")).join(".");

/** A device code like those of the server, with other values. */
export const device = (more: object): Answer => ({ body: { ...DEVICE, ...more } });

/** Opens it at a free port, and trusts its authority in this process. */
export async function openOauthServer(): Promise<OauthServer> {
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-oauth-"));
  const ca = await authority(folder, "Test CA");
  const pem = await certificate(folder, "localhost");
  const trusted = getCACertificates("default");
  setDefaultCACertificates([...trusted, readFileSync(ca, "utf8")]);
  /** Codes that a browser has got, with what has to come with each. */
  const codes = new Map<string, { challenge: string; redirect: string; client: string }>();
  const server = createServer({ key: pem, cert: pem }, (request, response) => void serve(request, response));
  server.listen(0, "localhost");
  await once(server, "listening");
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const queues = { token: [] as (Answer | typeof CUT)[], device: [] as (Answer | typeof CUT)[] };
  const asked: Asked[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", origin);
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    if (request.method === "GET") return authorize(searchParams, response);
    asked.push({ path: pathname, form });
    const isToken = pathname.endsWith("/token");
    const queue = isToken ? queues.token : queues.device;
    const answer = queue.shift() ?? (isToken ? tokenFor(form) : { body: DEVICE });
    if (answer === CUT) return void request.socket.destroy();
    const { status = 200, headers, body } = answer;
    const type = { "content-type": typeof body === "string" ? "text/html" : "application/json; charset=utf-8" };
    response.writeHead(status, { ...type, ...headers }).end(typeof body === "string" ? body : JSON.stringify(body));
  }

  /** Somebody agrees at once, and the browser is sent back. */
  function authorize(query: URLSearchParams, response: ServerResponse): void {
    const code = `poison-code-${randomBytes(6).toString("hex")}`;
    const [challenge, redirect, client] = ["code_challenge", "redirect_uri", "client_id"].map((key) => query.get(key));
    codes.set(code, { challenge: challenge ?? "", redirect: redirect ?? "", client: client ?? "" });
    const to = new URL(redirect ?? "");
    for (const [key, value] of [
      ["state", query.get("state") ?? ""],
      ["code", code],
      ["iss", "https://issuer.example"],
    ])
      to.searchParams.set(key ?? "", value ?? "");
    response.writeHead(302, { location: to.href }).end();
  }

  /** A device code is agreed to; a code of a browser has to come with what belongs to it. */
  function tokenFor(form: Readonly<Record<string, string>>): Answer {
    if (form.grant_type !== "authorization_code") return { body: GRANTED };
    const known = codes.get(form.code ?? "");
    codes.delete(form.code ?? "");
    const challenge = createHash("sha256")
      .update(form.code_verifier ?? "")
      .digest("base64url");
    if (known?.challenge !== challenge) return refusal("invalid_grant", "the verifier is wrong");
    if (known.redirect !== form.redirect_uri) return refusal("invalid_grant", "the address is wrong");
    return known.client === form.client_id ? { body: GRANTED } : refusal("invalid_client");
  }

  return {
    ...{ origin, asked, ...queues, ca },
    close: () => {
      server.close();
      server.closeAllConnections();
      setDefaultCACertificates(trusted);
      rmSync(folder, { recursive: true });
    },
  };
}
