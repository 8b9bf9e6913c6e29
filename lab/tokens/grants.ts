import type { Accounts, Client, Shape } from "./accounts.ts";
import type { Consents } from "./consents.ts";
import { authenticated, type Form, needed, serviceAccount } from "./proof.ts";
import { Refusal } from "./refusals.ts";

/** How tokens are given. */
export interface Giving extends Shape {
  /** Each use of a refresh token gives a new one, as Microsoft does. */
  rotates?: boolean;
  /** And the old one ends with that. */
  revokesOld?: boolean;
}

/** What grants need to know. */
export interface Desk {
  readonly accounts: Accounts;
  readonly consents: Consents;
  /** The address of the endpoint, which assertions name. */
  readonly url: string;
}

interface Granted {
  client: Client;
  scope: string;
  refresh?: string;
}

type Grant = (form: Form, desk: Desk, giving: Giving) => Granted;

/** With these scopes the consent of a user gives a refresh token. */
const LASTING = /(^| )(offline_access|https:\/\/mail\.google\.com\/)( |$)/;

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";

const grants: Record<string, Grant> = {
  client_credentials: (form, { accounts, url }) => {
    const client = authenticated(form, accounts, url);
    if (client.secret === undefined && client.certificate === undefined)
      throw new Refusal(401, "invalid_client", "AADSTS700025: Client is public, and has no credentials of its own.");
    return { client, scope: needed(form, "scope") };
  },
  refresh_token: (form, { accounts, url }, { rotates, revokesOld }) => {
    const client = authenticated(form, accounts, url);
    const token = accounts.refreshTokens.get(needed(form, "refresh_token"));
    const no = (description: string) => new Refusal(400, "invalid_grant", description);
    if (token?.client !== client.id) throw no("AADSTS9002313: Invalid request. Request is malformed or invalid.");
    if (token.revoked)
      throw no("AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed.");
    if (rotates && revokesOld) token.revoked = true;
    const refresh = rotates ? accounts.refreshToken(client.id, token.scope) : undefined;
    return { client, scope: form.get("scope") ?? token.scope, refresh };
  },
  "urn:ietf:params:oauth:grant-type:jwt-bearer": (form, { accounts, url }) => serviceAccount(form, accounts, url),
  [DEVICE]: (form, { accounts, consents, url }) => {
    const client = authenticated(form, accounts, url);
    return lasting(accounts, client, consents.ofDevice(form, client));
  },
  authorization_code: (form, { accounts, consents, url }) => {
    const client = authenticated(form, accounts, url);
    return lasting(accounts, client, consents.ofBrowser(form, client));
  },
};

function lasting(accounts: Accounts, client: Client, scope: string): Granted {
  return { client, scope, refresh: LASTING.test(scope) ? accounts.refreshToken(client.id, scope) : undefined };
}

/** Gives a token for a form: what the endpoint answers. A `Refusal` is thrown. */
export function grant(form: Form, desk: Desk, giving: Giving): Record<string, unknown> {
  const kind = needed(form, "grant_type");
  const give = grants[kind];
  if (!give) {
    const description = "AADSTS70003: The app requested an unsupported grant type.";
    throw new Refusal(400, "unsupported_grant_type", description);
  }
  const { client, scope, refresh } = give(form, desk, giving);
  const { life = 3599 } = giving;
  const access_token = desk.accounts.accessToken(client, scope, giving);
  const body = { token_type: "Bearer", scope, expires_in: life, ext_expires_in: life, access_token };
  return refresh === undefined ? body : { ...body, refresh_token: refresh };
}
