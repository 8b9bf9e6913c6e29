// How an application proves to a token endpoint who it is: by a secret, or by an assertion that it has signed.
import { createPublicKey, X509Certificate } from "node:crypto";
import type { Accounts, Client } from "./accounts.ts";
import { type Claims, read } from "./jwt.ts";
import { Refusal } from "./refusals.ts";

/** Clocks may differ by so many seconds. */
const SKEW = 300;

/** What an application has sent: its form. */
export type Form = URLSearchParams;

/** A value that a form must have. */
export function needed(form: Form, name: string): string {
  const value = form.get(name);
  if (value) return value;
  const description = `AADSTS900144: The request body must contain the following parameter: '${name}'.`;
  throw new Refusal(400, "invalid_request", description);
}

/** The id that an application gives itself: in the form, or in an assertion. */
export function claimedId(form: Form): string {
  const { claims } = read(form.get("assertion") ?? form.get("client_assertion") ?? "") ?? {};
  return form.get("client_id") ?? String(claims?.iss ?? "");
}

/** The application that sends a form, once it has proved to be it. A public one has nothing to prove. */
export function authenticated(form: Form, { clients }: Accounts, url: string): Client {
  const id = needed(form, "client_id");
  const client = clients.get(id);
  if (!client) {
    const description = `AADSTS700016: Application with identifier '${id}' was not found in the directory 'Contoso'.`;
    throw new Refusal(400, "unauthorized_client", description);
  }
  const no = (description: string) => new Refusal(401, "invalid_client", description);
  const [secret, assertion] = [form.get("client_secret"), form.get("client_assertion")];
  if (secret !== null && assertion !== null)
    throw no("AADSTS7000219: 'client_assertion' and 'client_secret' must not be both in the request body.");
  if (client.secret === undefined && client.certificate === undefined) {
    if (secret === null && assertion === null) return client;
    throw no(`AADSTS700025: Client is public so neither 'client_assertion' nor 'client_secret' should be presented.`);
  }
  if (assertion !== null) checkAssertion(assertion, form, client, url);
  else if (secret === null)
    throw no(
      "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  else if (secret !== client.secret)
    throw no(
      "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client " +
        `secret value, not the client secret ID, for a secret added to app '${id}'.`,
    );
  return client;
}

/** An assertion in place of a secret, as Entra takes it (RFC 7523): it names the certificate by a thumbprint. */
function checkAssertion(assertion: string, form: Form, { id, certificate }: Client, url: string): void {
  const no = (description: string) => new Refusal(401, "invalid_client", description);
  const kind = needed(form, "client_assertion_type");
  if (kind !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    throw no("AADSTS50049: Unknown or invalid instance: client_assertion_type.");
  const token = read(assertion);
  if (!token) throw no("AADSTS50027: JWT token is invalid or malformed.");
  const { head, claims } = token;
  if (claims.iss !== id || claims.sub !== id)
    throw no("AADSTS700021: Client assertion application identifier doesn't match 'client_id' parameter.");
  if (!certificate || !thumbprintFits(head, certificate))
    throw no("AADSTS700027: The certificate that signed the client assertion is not registered on application.");
  if (!["PS256", "RS256"].includes(String(head.alg)) || !token.by(createPublicKey(certificate)))
    throw no("AADSTS700027: Client assertion failed signature validation.");
  if (claims.aud !== url) throw no("AADSTS700023: Client assertion audience claim does not match Realm issuer.");
  if (!inTime(claims)) throw no("AADSTS700024: Client assertion is not within its valid time range.");
}

function thumbprintFits(head: Claims, pem: string): boolean {
  const [sha1, sha256] = [head.x5t, head["x5t#S256"]];
  if (!pem.includes("BEGIN CERTIFICATE")) return Boolean(sha1 ?? sha256);
  const certificate = new X509Certificate(pem);
  const short = (hex: string) => Buffer.from(hex.replaceAll(":", ""), "hex").toString("base64url");
  return sha1 === short(certificate.fingerprint) || sha256 === short(certificate.fingerprint256);
}

function inTime({ exp, nbf = 0, iat = 0 }: Claims): boolean {
  const now = Date.now() / 1000;
  return Number(exp) > now && Number(nbf) <= now + SKEW && Number(iat) <= now + SKEW;
}

/** The service account of Google that an assertion is from, and the scope that it asks for. */
export function serviceAccount(form: Form, { clients }: Accounts, url: string): { client: Client; scope: string } {
  const no = (description: string) => new Refusal(400, "invalid_grant", description);
  const token = read(needed(form, "assertion"));
  if (!token) throw no("Invalid JWT: Failed to parse token.");
  const { head, claims } = token;
  const client = clients.get(String(claims.iss));
  if (!client?.certificate) throw no("Invalid grant: account not found");
  if (head.alg !== "RS256" || !token.by(createPublicKey(client.certificate))) throw no("Invalid JWT Signature.");
  if (claims.aud !== url) throw no(`Invalid JWT: audience is not ${url}`);
  if (!inTime(claims) || Number(claims.exp) - Number(claims.iat) > 3600)
    throw no(
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and " +
        "exp values in the JWT claim.",
    );
  if (typeof claims.scope !== "string" || !claims.scope)
    throw new Refusal(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.");
  if (claims.sub !== client.user)
    throw new Refusal(
      401,
      "unauthorized_client",
      "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the " +
        "scopes requested.",
    );
  return { client, scope: claims.scope };
}
