// What to do about an error of an endpoint of OAuth 2.0. Pure.
// Sources: RFC 6749 (5.2), RFC 8628 (3.5), learn.microsoft.com/entra/identity-platform/reference-error-codes.

/** An error as the endpoint has put it. */
export interface EndpointWords {
  /** The word of RFC 6749 or RFC 8628, such as `invalid_grant`. */
  readonly error: string;
  /** Its sentence; "" for none. */
  readonly description: string;
}

const TENANT =
  "The tenant in `tokenEndpoint` is wrong, or the application is one of a single tenant: put the directory (tenant) ID in " +
  "the place of `organizations`: https://login.microsoftonline.com/TENANT/oauth2/v2.0/token.";

/** By Microsoft's number, which says more than the word. */
const microsoft: Readonly<Record<string, string>> = {
  65001:
    "Nobody has consented for this application yet: under API permissions add the delegated permission SMTP.Send, and have " +
    "an administrator grant it where users may not.",
  7000218:
    "Public client flows are off for this application: under Authentication set `Allow public client flows` to Yes, or put " +
    "its secret into `clientSecret`.",
  700025: "This application is a public client, which has no secret: take `clientSecret` out of the stack.",
  7000215: "`clientSecret` is wrong: it is the value of the secret, not its ID.",
  7000222: "`clientSecret` has expired: make a new one for the application.",
  50059: TENANT,
  90002: TENANT,
  50194: TENANT,
  700016:
    "The tenant knows no such application: compare `clientId` with its application (client) ID, and the tenant in `tokenEndpoint`.",
  9002331: "This application is for personal accounts alone: use `provider: outlook`, whose endpoint has `consumers`.",
  70011: "The scope is wrong: for SMTP it is `https://outlook.office.com/SMTP.Send offline_access`.",
  53003:
    "Conditional access of the tenant stands in the way; many tenants refuse the device code flow. Try --flow browser, or ask " +
    "the administrator.",
};

/** By the word. */
const words: Readonly<Record<string, string>> = {
  access_denied:
    "Somebody has refused in the browser, or an administrator does not allow it. Nothing is wrong here: run it again.",
  authorization_declined: "Somebody has refused in the browser. Nothing is wrong here: run it again.",
  expired_token: "The code has expired before somebody has entered it and agreed: run it again.",
  bad_verification_code: "The endpoint does not know its own code any more: run it again.",
  invalid_client:
    "The endpoint does not know the client, or it wants another secret: compare `clientId` and `clientSecret` with those of " +
    "the application.",
  invalid_grant: "The code is used up, too old, or was given to another client or address: run it again.",
  unauthorized_client:
    "The application may not use this flow: look at its type (Google: `Desktop app`; Microsoft: public client flows), or try " +
    "the other --flow.",
  invalid_scope:
    "The endpoint does not take this scope for this flow or application: compare `scope` with the documentation.",
  invalid_request:
    "The endpoint misses something, or does not take it; its sentence says what. Google wants `clientSecret`, too.",
  unsupported_grant_type: "The endpoint does not know this flow: try the other --flow.",
};

/** What to do; undefined where nothing is known. */
export function adviceOn({ error, description }: EndpointWords): string | undefined {
  const number = /\bAADSTS(\d+)\b/.exec(description)?.[1] ?? "";
  if (Object.hasOwn(microsoft, number)) return microsoft[number];
  return Object.hasOwn(words, error) ? words[error] : undefined;
}
