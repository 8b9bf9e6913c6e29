// A token endpoint with applications of each kind, and who asks it, for the tests of the endpoint.
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeEach } from "vitest";
import { openLab } from "./index.ts";
import { must } from "./shell.ts";
import { TokenEndpoint } from "./token-endpoint.ts";

/** The user of each application. */
export const USER = "relay@example.com";
/** The secret of `app`. */
export const SECRET = 'app secret+/=&%"\\';
/** The service account. */
export const ACCOUNT = "mailer@project.iam.example.com";
/** Scopes of Microsoft and of Google. */
export const SCOPE = "https://outlook.office365.com/.default";
export const GOOGLE = "https://mail.google.com/";

/** The form of `app` for client credentials. */
export const credentials = {
  grant_type: "client_credentials",
  client_id: "app",
  client_secret: SECRET,
  scope: SCOPE,
};

/** An answer of a token endpoint. */
export interface Got {
  status: number;
  type: string;
  location: string;
  body: string;
  json: Record<string, unknown>;
}

/** Asks a server, whose certificate is verified: with a form by POST, else by GET. */
export async function ask(
  { address, ca }: { address: string; ca: string },
  url: string,
  form?: Record<string, string>,
  type = "application/x-www-form-urlencoded",
): Promise<Got> {
  const { pathname, search, hostname, port } = new URL(url);
  const at = { host: address, port, path: pathname + search, servername: hostname, ca, agent: false };
  const how = form ? { method: "POST", headers: { "Content-Type": type } } : { method: "GET" };
  return await new Promise((resolve, reject) => {
    const got = async (response: IncomingMessage) => {
      const body = await text(response);
      const { "content-type": kind = "", location = "" } = response.headers;
      const json = kind.startsWith("application/json") ? JSON.parse(body) : {};
      resolve({ status: response.statusCode ?? 0, type: kind, location, body, json });
    };
    const asked = request({ ...at, ...how }, (response) => void got(response).catch(reject));
    asked.on("error", reject).end(form && new URLSearchParams(form).toString());
  });
}

/**
 * A token endpoint for the tests of a file, which behaves as usual at the beginning of each. It knows `app` with its
 * secret, `signer` and ACCOUNT with a certificate, and `public`.
 */
export async function openLogin() {
  const lab = await openLab();
  afterAll(() => lab.close());
  const login = await TokenEndpoint.open(lab);
  afterAll(() => login.close());
  beforeEach(async () => {
    await login.set();
    login.requests.length = 0;
  });
  const path = (name: string) => join(lab.record.folder, name);
  const files = ["-keyout", path("app.key"), "-out", path("app.pem")];
  const options = ["-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=relay", ...files];
  await must("openssl", ["req", "-x509", ...options]);
  const [certificate = "", key = ""] = ["app.pem", "app.key"].map((name) => readFileSync(path(name), "utf8"));
  login.accounts.addClient({ id: "app", secret: SECRET, user: USER });
  for (const id of ["signer", ACCOUNT]) login.accounts.addClient({ id, certificate, user: USER });
  login.accounts.addClient({ id: "public", user: USER });
  const at = { address: login.address, ca: lab.ca };
  return {
    login,
    certificate,
    key,
    ask: (url: string, form?: Record<string, string>, type?: string) => ask(at, url, form, type),
    token: (form: Record<string, string>) => ask(at, login.url, form),
  };
}

/** A refusal as it comes: status, error, and how its description begins. */
export const refused = (got: Got) => [got.status, got.json.error, String(got.json.error_description).split(":")[0]];
