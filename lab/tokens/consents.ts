// The consent of a user: by a code that is typed in elsewhere (RFC 8628), or in a browser (RFC 6749, with PKCE).
import { createHash, randomBytes } from "node:crypto";
import type { Accounts, Client } from "./accounts.ts";
import { type Form, needed } from "./proof.ts";
import { Refusal } from "./refusals.ts";

/** How a user is asked. */
export interface Asking {
  /** Gives no codes to devices: Google does not for the scope of mail. */
  deviceRefused?: boolean;
  /** Seconds between two questions of a device; an earlier one is told to slow down. Defaults to 1. */
  interval?: number;
  /** Seconds that a code of a device lives. Defaults to 900. */
  codeLife?: number;
  /** What a user does in the browser. Defaults to `given`. */
  consent?: "given" | "denied";
}

interface Device {
  client: string;
  scope: string;
  state: "pending" | "approved" | "declined";
  interval: number;
  ends: number;
  asked: number;
}

interface Code {
  client: string;
  scope: string;
  redirect: string;
  challenge: string;
}

const secret = () => randomBytes(32).toString("base64url");

/** What users have been asked. */
export class Consents {
  readonly #accounts: Accounts;
  readonly #devices = new Map<string, Device>();
  readonly #userCodes = new Map<string, Device>();
  readonly #codes = new Map<string, Code>();

  constructor(accounts: Accounts) {
    this.#accounts = accounts;
  }

  /** Begins the flow for devices: what the endpoint answers. */
  begin(form: Form, { deviceRefused, interval = 1, codeLife = 900 }: Asking, at: string): Record<string, unknown> {
    const client = this.#known(form).id;
    const scope = needed(form, "scope");
    if (deviceRefused) throw new Refusal(400, "invalid_scope", `Invalid device flow scope: ${scope}`);
    const device_code = secret();
    const user_code = randomBytes(5).toString("hex").toUpperCase().slice(0, 9);
    const now = Date.now();
    const device: Device = { client, scope, state: "pending", interval, ends: now + codeLife * 1000, asked: 0 };
    this.#devices.set(device_code, device);
    this.#userCodes.set(user_code, device);
    const message = `To sign in, use a web browser to open the page ${at} and enter the code ${user_code}.`;
    return { user_code, device_code, verification_uri: at, expires_in: codeLife, interval, message };
  }

  /** What the user does on the page with a code, or with all that wait. An unknown code is an error. */
  decide(state: "approved" | "declined", userCode?: string): void {
    const device = userCode === undefined ? undefined : this.#userCodes.get(userCode);
    if (userCode !== undefined && !device) throw new Error(`no device waits with the code ${userCode}`);
    for (const one of device ? [device] : this.#userCodes.values()) if (one.state === "pending") one.state = state;
  }

  /** The scope that a user has granted to a device, once. */
  ofDevice(form: Form, { id }: Client): string {
    const code = needed(form, "device_code");
    const device = this.#devices.get(code);
    if (device?.client !== id) throw new Refusal(400, "invalid_grant", "AADSTS70008: The device code is not known.");
    const [now, early] = [Date.now(), Date.now() - device.asked < device.interval * 1000];
    device.asked = now;
    if (now > device.ends) throw new Refusal(400, "expired_token", "AADSTS70020: This device code has expired.");
    if (early) throw new Refusal(400, "slow_down", "AADSTS1002016: The client asks too often.");
    if (device.state === "declined")
      throw new Refusal(400, "authorization_declined", "AADSTS70018: The user has declined.");
    if (device.state === "pending")
      throw new Refusal(
        400,
        "authorization_pending",
        "AADSTS70016: OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
      );
    this.#devices.delete(code);
    return device.scope;
  }

  /** Where the browser of a user goes from the page of consent. */
  authorize(query: Form, { consent }: Asking): string {
    const client = this.#known(query).id;
    const redirect = needed(query, "redirect_uri");
    if (!/^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(\/|$)/.test(redirect))
      throw new Refusal(400, "redirect_uri_mismatch", "The redirect URI is not one of this computer.");
    const back = (values: Record<string, string>) => {
      const url = new URL(redirect);
      const state = query.get("state");
      for (const [name, value] of Object.entries({ ...values, ...(state && { state }) }))
        url.searchParams.set(name, value);
      return url.href;
    };
    const scope = query.get("scope");
    const challenge = query.get("code_challenge") ?? "";
    const wrong =
      query.get("response_type") !== "code" ||
      query.get("code_challenge_method") !== "S256" ||
      !/^[A-Za-z0-9_-]{43}$/.test(challenge);
    if (wrong) return back({ error: "invalid_request", error_description: "A code with PKCE (S256) is needed." });
    if (!scope) return back({ error: "invalid_scope", error_description: "No scope." });
    if (consent === "denied") return back({ error: "access_denied" });
    const code = `4/${secret()}`;
    this.#codes.set(code, { client, scope, redirect, challenge });
    return back({ code, scope });
  }

  /** The scope that a user has granted in the browser. A code is good once, right or wrong. */
  ofBrowser(form: Form, { id }: Client): string {
    const text = needed(form, "code");
    const code = this.#codes.get(text);
    this.#codes.delete(text);
    const no = (description: string) => new Refusal(400, "invalid_grant", description);
    if (code?.client !== id) throw no("Malformed auth code.");
    if (needed(form, "redirect_uri") !== code.redirect) throw no("The redirect URI is not that of the code.");
    const challenge = createHash("sha256").update(needed(form, "code_verifier")).digest("base64url");
    if (challenge !== code.challenge) throw no("Invalid code verifier.");
    return code.scope;
  }

  #known(form: Form): Client {
    const client = this.#accounts.clients.get(needed(form, "client_id"));
    if (!client) throw new Refusal(401, "invalid_client", "The OAuth client was not found.");
    return client;
  }
}
