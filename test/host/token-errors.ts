// What the token endpoint and the login proxy say, and the advice.

const refuses = "the token endpoint refuses with HTTP 400";
const byToken = "SASL authentication failed; server 127.86.1.1[127.86.1.1] said";
const proxy = "dovecot[0]: submission-login: Error: proxy(1f2e3d,127.0.0.1)";

/** The texts, and what is said about them. */
export const tokens: [text: string, advice: RegExp][] = [
  ["the token endpoint does not answer: Could not resolve host: login.example.test", /^wait .* cannot be reached/],
  [`${refuses}: invalid_client AADSTS7000215: Invalid client secret provided.`, /^stop The client secret is wrong/],
  [`${refuses}: invalid_client AADSTS700027: The certificate is not registered.`, /^stop The signature or the secret/],
  [`${refuses}: invalid_request AADSTS90002: Tenant 'x' not found.`, /^stop The provider does not know that tenant/],
  [
    `${refuses}: unauthorized_client AADSTS700016: Application not found.`,
    /^stop .* does not know that program, or what/,
  ],
  [
    `${refuses}: invalid_client AADSTS7000218: The body must contain client_secret.`,
    /^stop The provider wants a secret/,
  ],
  [`${refuses}: invalid_grant AADSTS65001: The user has not consented.`, /^stop The provider wants the user's consent/],
  [`${refuses}: invalid_scope Some requested scopes were invalid.`, /^stop The provider does not give tokens for that/],
  [
    "the token endpoint refuses with HTTP 401: invalid_client Unauthorized",
    /^stop .* that program, or refuses its secret/,
  ],
  [`${refuses}: invalid_grant AADSTS700082: The refresh token has expired.`, /^stop The refresh token has ended/],
  ["the token endpoint refuses with HTTP 503 ", /^wait The token endpoint has a fault/],
  ["the token endpoint gave a token of 16700 bytes, and the login proxy takes up to 12000", /^stop .* longer tokens/],
  ["the token endpoint gave an answer without a token", /^stop The token endpoint gave no token/],
  [
    "dovecot[0]: submission-login: Panic: file submission-proxy.c: line 634 (submission_proxy_parse_line): assertion failed: (subm_client->proxy_reply != NULL)",
    /^stop .* or crashes at/,
  ],
  [`${proxy}: Remote server sent invalid input: Invalid AUTH reply: 334`, /^stop .* or crashes at/],
  [
    `${proxy}: Aborting due to internal error: Failed to start SSL handshake: Received invalid SSL certificate: certificate has expired`,
    /^stop The certificate of the relay host/,
  ],
  [
    `${proxy}: Disconnected by server: Connection closed: SSL certificate doesn't match expected host name`,
    /^stop The certificate of the relay host/,
  ],
  [
    `${proxy}: Remote server sent invalid input: Invalid banner: 421 4.7.0 Service not available`,
    /^wait .* does not reach/,
  ],
  [
    `dovecot[0]: submission-login: proxy(1f2e3d,192.0.2.1:587): Login failed as user me@example.com: Failed to authenticate: 400`,
    /^stop The relay host refuses the token/,
  ],
  [
    `${byToken}: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.`,
    /^stop The provider has switched SMTP AUTH off/,
  ],
  [`${byToken}: 535 5.7.3 Authentication unsuccessful`, /^stop The relay host refuses the token: the program/],
  [`${byToken}: 454 4.7.0 Temporary authentication failure`, /^wait The relay host takes no logins with tokens/],
  [`${proxy}: Aborting due to remote server: STARTTLS not supported`, /^stop TLS cannot be spoken/],
  [`${proxy}: Failed to authenticate: 401`, /^stop The relay host refuses the token: the user/],
  [`${proxy}: connect(192.0.2.1, 587) failed: Connection refused`, /^wait .* does not reach the relay host/],
  [`${proxy}: Failed to authenticate`, /^stop The relay host refuses the token\. /],
  [`${proxy}: Unexpected reply`, /^wait The login proxy of this host could not log in/],
];
