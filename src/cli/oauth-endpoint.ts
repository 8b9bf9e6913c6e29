// The endpoints of OAuth 2.0, asked by oauth4webapi and Node's own fetch. Codes and tokens go in and out; none of them
// is in an error. This file alone loads that package, and the command `oauth` alone loads this file.

import * as oauth from "oauth4webapi";
import { clean } from "../host/clean.ts";
import type { Login } from "./oauth-account.ts";
import { EndpointError, saidNo, unreachable } from "./oauth-error.ts";
import { fetchWithin, type Seen } from "./oauth-fetch.ts";

/** What a user's consent has given. */
export interface Granted {
  /** Undefined where the endpoint gives none. */
  readonly refreshToken: string | undefined;
  /** The scopes in its words; undefined where they are those that were asked for. */
  readonly scope: string | undefined;
  /** Who has consented, where the endpoint says so. */
  readonly who: string | undefined;
}

/** A code that somebody types into a page. */
export interface DeviceCode {
  /** For the endpoint alone. */
  readonly deviceCode: string;
  readonly userCode: string;
  readonly address: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly interval: number;
}

/** Whom a browser was sent back from, and with what. */
export interface Returned {
  readonly redirect: string;
  readonly state: string;
  readonly verifier: string;
}

/** The endpoints of a login. Each fails with an EndpointError. */
export interface Endpoint {
  readonly deviceCode: () => Promise<DeviceCode>;
  /** Asks once; `slow down` and `pending` ask for patience. */
  readonly poll: (deviceCode: string) => Promise<Granted | "pending" | "slow down">;
  /** The address that a browser opens. */
  readonly addressFor: (returned: Returned) => Promise<string>;
  /** What the address has that the browser was sent to; undefined where that is not the answer to this login. */
  readonly answerIn: (address: URL, returned: Returned) => URLSearchParams | undefined;
  readonly exchange: (answer: URLSearchParams, returned: Returned) => Promise<Granted>;
}

/** Random values of a browser's login, new for each. */
export const newReturn = (redirect: string): Returned => ({
  redirect,
  state: oauth.generateRandomState(),
  verifier: oauth.generateRandomCodeVerifier(),
});

/** The endpoints of a login; the signal ends what is asked of them. */
export function endpointOf(login: Login, signal: AbortSignal): Endpoint {
  const { clientId, clientSecret, scope, service, startEndpoint, tokenEndpoint, username } = login;
  const server: oauth.AuthorizationServer = {
    // A name that is compared with nothing: who has answered is known by TLS.
    issuer: new URL(tokenEndpoint).origin,
    token_endpoint: tokenEndpoint,
    device_authorization_endpoint: startEndpoint,
  };
  const client = { client_id: clientId };
  const authentication = clientSecret === undefined ? oauth.None() : oauth.ClientSecretPost(clientSecret);
  /** Runs one exchange; no error of it has one of the secrets. */
  const asking = async <T>(url: string, secrets: string[], run: (options: Options) => Promise<T>): Promise<T> => {
    const seen: Seen = {};
    try {
      return await run({ [oauth.customFetch]: (to, init) => fetchWithin(to, init, signal, seen) });
    } catch (error) {
      signal.throwIfAborted();
      throw inWords(error, url, seen, [...secrets, ...(clientSecret ? [clientSecret] : [])]);
    }
  };
  return {
    deviceCode: () =>
      asking(startEndpoint, [], async (options) => {
        const asked = new URLSearchParams({ scope });
        const response = await oauth.deviceAuthorizationRequest(server, client, authentication, asked, options);
        const found = await oauth.processDeviceAuthorizationResponse(server, client, response);
        const { device_code: deviceCode, user_code: userCode, verification_uri: address, interval = 5 } = found;
        return { deviceCode, userCode, address, expiresIn: found.expires_in, interval };
      }),
    poll: async (code) => {
      try {
        return await asking(tokenEndpoint, [code], async (options) => {
          const response = await oauth.deviceCodeGrantRequest(server, client, authentication, code, options);
          const { body, who } = await withoutId(response);
          return granted(await oauth.processDeviceCodeResponse(server, client, body), who);
        });
      } catch (error) {
        if (!(error instanceof EndpointError)) throw error;
        if (error.error === "authorization_pending") return "pending";
        if (error.error === "slow_down") return "slow down";
        throw error;
      }
    },
    addressFor: async ({ redirect, state, verifier }) => {
      const address = new URL(startEndpoint);
      const parameters = {
        ...{ response_type: "code", client_id: clientId, redirect_uri: redirect, scope, state },
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...(username && { login_hint: username }),
        ...service?.parameters,
      };
      for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
      return address.href;
    },
    answerIn: (address, { state }) => {
      const answer = new URLSearchParams(address.searchParams);
      // It tells apart the services that one client uses; this login has one. Google sends it, and has not announced
      // it.
      answer.delete("iss");
      if (answer.get("state") !== state || !(answer.has("code") || answer.has("error"))) return undefined;
      try {
        return oauth.validateAuthResponse(server, client, answer, state);
      } catch (error) {
        if (error instanceof oauth.AuthorizationResponseError) throw inWords(error, startEndpoint, {}, []);
        return undefined;
      }
    },
    exchange: (answer, { redirect, verifier }) =>
      asking(tokenEndpoint, [answer.get("code") ?? "", verifier], async (options) => {
        const sent = [server, client, authentication, answer, redirect, verifier, options] as const;
        const { body, who } = await withoutId(await oauth.authorizationCodeGrantRequest(...sent));
        return granted(await oauth.processAuthorizationCodeResponse(server, client, body), who);
      }),
  };
}

/** How the package asks. */
type Options = Pick<oauth.TokenEndpointRequestOptions, typeof oauth.customFetch>;

/**
 * The answer without its ID token, and whom that names. It comes from the endpoint itself, and only names somebody:
 * whatever it is must not lose the refresh token.
 */
async function withoutId(response: Response): Promise<{ body: Response; who: string | undefined }> {
  const { status, headers } = response;
  const text = await response.text();
  const body = (value: string) => new Response(value, { status, headers });
  try {
    const { id_token: id, ...rest } = JSON.parse(text);
    return { body: body(JSON.stringify(rest)), who: nameIn(id) };
  } catch {
    return { body: body(text), who: undefined };
  }
}

/** Who that is; a name and not an identifier. */
function nameIn(id: unknown): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(String(id).split(".")[1] ?? "", "base64url").toString());
    const name = claims.email ?? claims.preferred_username ?? claims.upn;
    return typeof name === "string" && name !== "" ? clean(name) : undefined;
  } catch {
    return undefined;
  }
}

const granted = ({ refresh_token: refreshToken, scope }: oauth.TokenEndpointResponse, who: string | undefined) => ({
  ...{ refreshToken, scope, who },
});

/** The error in words, with what to do. */
function inWords(error: unknown, url: string, { status }: Seen, secrets: readonly string[]): EndpointError {
  if (error instanceof EndpointError) return error;
  const { host } = new URL(url);
  if (error instanceof oauth.ResponseBodyError || error instanceof oauth.AuthorizationResponseError)
    return saidNo(host, error.error, error.error_description, secrets);
  if (status === undefined) return unreachable(error, host);
  const says = `${host} does not answer as OAuth 2.0 has it (HTTP ${status})`;
  return new EndpointError(`${says}; compare the endpoint ${clean(url)} with the documentation of the service`);
}
