// What the host needs to get tokens: for each login a number, a name and a value on a line, as the host tool reads
// them. What is secret is in a file of its own, in the form of sasl_passwd.

import { createHash, X509Certificate } from "node:crypto";
import { implicitTls } from "../providers/preset.ts";
import { endpointOf, tokensAt } from "../settings/logins.ts";
import {
  type Account,
  type Credentials,
  type OAuth2,
  realHost,
  type Settings,
  type TokenLogin,
} from "../settings/settings.ts";

/** The account of a login. */
const accountOf = ({ account }: Pick<TokenLogin, "account">, credentials: Credentials): Account | undefined =>
  account === undefined ? credentials : credentials.accounts?.[account];

/** The names of the secrets, as the host tool knows them. A key is on one line, in base64. */
const secretsOf = ({ clientSecret, refreshToken, privateKey }: OAuth2) => ({
  "client-secret": clientSecret,
  "refresh-token": refreshToken,
  "private-key": privateKey && Buffer.from(privateKey).toString("base64"),
});

/** The digest by which Entra finds the certificate. */
const thumbprint = (certificate: string): string =>
  createHash("sha256").update(new X509Certificate(certificate).raw).digest("base64url");

const lines = (index: number, values: Readonly<Record<string, string | number | undefined>>, between: string) =>
  Object.entries(values).map(([name, value]) =>
    value === undefined ? "" : `${index + 1} ${name}${between}${value}\n`,
  );

/** The files: none without such a login. */
export function saslTokens(settings: Settings, credentials: Credentials): { open: string; secret: string } | undefined {
  const logins = settings.tokenLogins.flatMap((login) => {
    const { username, oauth2 } = accountOf(login, credentials) ?? {};
    return oauth2 ? [{ login, username, oauth2 }] : [];
  });
  if (logins.length === 0) return undefined;
  const open = logins.flatMap(({ login, username, oauth2 }, index) => {
    const { host, port } = realHost(login.server);
    const { tokenEndpoint, scope } = endpointOf(tokensAt(settings, login.account, host), oauth2);
    return [
      ...login.keys.map((key) => `${index + 1} key ${key}\n`),
      ...lines(
        index,
        {
          host,
          port,
          tls: implicitTls(login.server) ? "ssl" : "starttls",
          user: username,
          mechanism: oauth2.mechanism.toLowerCase(),
          endpoint: tokenEndpoint,
          client: oauth2.clientId,
          scope,
          thumbprint: oauth2.certificate && thumbprint(oauth2.certificate),
        },
        " ",
      ),
    ];
  });
  const secret = logins.flatMap(({ oauth2 }, index) => lines(index, secretsOf(oauth2), ":"));
  return { open: open.join(""), secret: secret.join("") };
}
