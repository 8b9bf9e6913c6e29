import { randomBytes, randomUUID } from "node:crypto";
import { signed } from "./jwt.ts";

/** An application that is registered at a token endpoint. */
export interface Client {
  /** Its id; that of a service account of Google is an address. */
  id: string;
  /** It has to prove itself by it, or by its certificate. With neither it is public, and must not send a secret. */
  secret?: string;
  /** The certificate, or public key, of its assertions, as PEM. */
  certificate?: string;
  /** The mailbox that its tokens are for. */
  user: string;
}

/** A refresh token that was given out. */
export interface Refresh {
  client: string;
  scope: string;
  revoked: boolean;
}

/** How access tokens are made. */
export interface Shape {
  /** Seconds that they are valid. Defaults to 3599. */
  life?: number;
  /** Their length, which is that or one less; a shorter one than a bare token has changes nothing. */
  bytes?: number;
  /** Seconds from now to where they begin to be valid: above 0 if the endpoint's clock is ahead. Defaults to 0. */
  notBefore?: number;
}

/** Who is known to a token endpoint, and the tokens that it has given out. */
export class Accounts {
  readonly clients = new Map<string, Client>();
  /** By their text. */
  readonly refreshTokens = new Map<string, Refresh>();
  readonly #issuer: string;
  readonly #key: string;
  readonly #valid = new Map<string, { user: string; from: number; to: number }>();

  constructor(issuer: string, key: string) {
    this.#issuer = issuer;
    this.#key = key;
  }

  /** Registers an application, or changes it. */
  addClient(client: Client): void {
    this.clients.set(client.id, client);
  }

  /** Gives out a refresh token, as after a consent. */
  refreshToken(client: string, scope = "https://outlook.office.com/SMTP.Send offline_access"): string {
    const token = `0.${randomBytes(96).toString("base64url")}`;
    this.refreshTokens.set(token, { client, scope, revoked: false });
    return token;
  }

  /** Gives out an access token for the user of an application. */
  accessToken({ id, user }: Client, scope: string, { life = 3599, bytes, notBefore = 0 }: Shape = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const [from, to] = [now + notBefore, now + life];
    const times = { iat: from, nbf: from, exp: to, jti: randomUUID() };
    const claims = { iss: this.#issuer, aud: audience(scope), sub: id, azp: id, upn: user, email: user, ...times };
    const token = signed(claims, this.#key, { bytes });
    this.#valid.set(token, { user, from, to });
    return token;
  }

  /** Whether an access token is from here, for this user, and valid now. */
  readonly isValid = (token: string, user: string): boolean => {
    const known = this.#valid.get(token);
    const now = Date.now() / 1000;
    return known?.user === user && now >= known.from && now < known.to;
  };

  /** Takes back an access or refresh token, or all that there are. An unknown one is an error. */
  revoke(token: string): void {
    const refresh = token === "all" ? [...this.refreshTokens.values()] : [this.refreshTokens.get(token) ?? []].flat();
    for (const one of refresh) one.revoked = true;
    if (token === "all") this.#valid.clear();
    else if (!this.#valid.delete(token) && !refresh.length) throw new Error("no such token");
  }
}

/** The server that a scope is for. */
const audience = (scope: string): string => /^https:\/\/[^/ ]+/.exec(scope)?.[0] ?? scope;
