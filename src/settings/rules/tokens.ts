// Accounts with tokens: what the login proxy, which speaks to the relay host in Postfix's place, cannot do, and what an
// endpoint would refuse.

import { isIP } from "node:net";
import { providerOf, providers } from "../../providers/providers.ts";
import { same } from "../domains.ts";
import { endpointOf, kindsIn, loginAt, MOST_LOGINS, tokensAt } from "../logins.ts";
import type { Path } from "../problems.ts";
import type { Account, Credentials, OAuth2, RelayHost, Settings } from "../settings.ts";
import { type AccountRule, at, relayHosts } from "./rule.ts";

/** Accounts with tokens, with their paths. */
function tokenAccounts(credentials: Credentials): { account: Account; oauth2: OAuth2; path: Path }[] {
  const all: [Path, Account][] = [
    [["credentials"], credentials],
    ...Object.entries(credentials.accounts ?? {}).map(([key, one]): [Path, Account] => [["accounts", key], one]),
  ];
  return all.flatMap(([path, account]) => (account.oauth2 ? [{ account, oauth2: account.oauth2, path }] : []));
}

const wherever = (credentials: Credentials, wrong: (oauth2: OAuth2) => boolean, key: string): Path[] =>
  tokenAccounts(credentials).flatMap(({ oauth2, path }) => at(wrong(oauth2), ...path, "oauth2", key));

/** Relay hosts, each with its path and whether it is sent to with tokens. */
function ways(settings: Settings, credentials: Credentials): { server: RelayHost; path: Path; byToken: boolean }[] {
  const kinds = kindsIn(credentials);
  return relayHosts(settings).map(({ server, path }) => {
    const sender = path[0] === "senderDependent" ? String(path[1]) : undefined;
    return { server, path, byToken: loginAt(settings, kinds, server, sender)?.kind === "token" };
  });
}

const byTokenWhere = (
  settings: Settings,
  credentials: Credentials,
  key: string,
  wrong: (server: RelayHost) => boolean,
): Path[] =>
  ways(settings, credentials).flatMap(({ server, path, byToken }) => at(byToken && wrong(server), ...path, key));

/** Whether Postfix itself speaks to none of the relay hosts. */
const isAllByToken = (settings: Settings, credentials: Credentials) =>
  ways(settings, credentials).every(({ byToken }) => byToken);

/** Where tokens for an account are issued, as far as that is known. */
function endpointAt(settings: Settings, [top, key = ""]: Path, oauth2: OAuth2): string | undefined {
  if (top === "credentials")
    return endpointOf(tokensAt(settings, undefined, settings.relayHost.host), oauth2).tokenEndpoint;
  const name = String(key);
  const sender = Object.keys(settings.senderDependent).find((one) => same(one, name));
  const host = sender === undefined ? name : (settings.senderDependent[sender]?.host ?? "");
  return endpointOf(tokensAt(settings, name, host), oauth2).tokenEndpoint;
}

const isGoogle = (endpoint = "") => URL.canParse(endpoint) && new URL(endpoint).hostname === "oauth2.googleapis.com";

/** Accounts with tokens. */
export const tokenRules: readonly AccountRule[] = [
  {
    id: "only-tokens",
    finds: (settings, credentials) =>
      ways(settings, credentials).flatMap(({ server, path, byToken }) => {
        const known = providerOf(server.host);
        const refuses = !byToken && known !== undefined && providers[known].onlyTokens;
        return at(refuses, ...(settings.provider && path[0] === "relayHost" ? ["provider"] : [...path, "host"]));
      }),
    message: "is a service that takes only tokens",
    change: "give `oauth2` in place of `password` in its account, or a service that takes passwords, such as ses",
    source: "docs/oauth.md",
  },
  {
    id: "address-and-user-name",
    finds: (_, { byAddress, username }) => at(byAddress && username !== undefined, "credentials", "username"),
    message: "is given, but with `byAddress` nobody logs in",
    change: "leave it out",
    source: "docs/oauth.md",
  },
  {
    id: "token-without-secret",
    finds: (_, credentials) =>
      tokenAccounts(credentials).flatMap(({ oauth2, path }) => {
        const { clientSecret, refreshToken, privateKey } = oauth2;
        return at(!(clientSecret ?? refreshToken ?? privateKey), ...path, "oauth2", "clientSecret");
      }),
    message: "missing, and so are `refreshToken` and `privateKey`",
    change:
      "give the one that the provider has for this program, or run `postfix-relay oauth login` where a user consents",
    source: "RFC 6749, 4.4 and 6",
  },
  {
    id: "key-and-secret",
    finds: (_, credentials) =>
      wherever(
        credentials,
        ({ privateKey, clientSecret, refreshToken }) =>
          privateKey !== undefined && (clientSecret ?? refreshToken) !== undefined,
        "privateKey",
      ),
    message: "is given beside another secret, and a program has one",
    change: "leave it out, or the other one",
    source: "RFC 7523",
  },
  {
    id: "certificate-without-key",
    finds: (_, credentials) =>
      wherever(
        credentials,
        ({ certificate, privateKey }) => certificate !== undefined && privateKey === undefined,
        "certificate",
      ),
    message: "is given without `privateKey`, which signs",
    change: "give that too, or leave it out",
    source: "RFC 7523",
  },
  {
    id: "google-wants-both",
    finds: (settings, credentials) =>
      tokenAccounts(credentials).flatMap(({ oauth2, path }) => {
        const { refreshToken, clientSecret } = oauth2;
        const lacks = refreshToken !== undefined && clientSecret === undefined;
        return at(lacks && isGoogle(endpointAt(settings, path, oauth2)), ...path, "oauth2", "clientSecret");
      }),
    message: "missing; Google wants it beside `refreshToken`",
    change: "give the client secret of the OAuth client, a secret too",
    source: "developers.google.com/identity/protocols/oauth2/native-app",
  },
  {
    id: "google-program-by-itself",
    finds: (settings, credentials) =>
      tokenAccounts(credentials).flatMap(({ oauth2, path }) => {
        const { refreshToken, privateKey, clientSecret } = oauth2;
        const lacks = clientSecret !== undefined && (refreshToken ?? privateKey) === undefined;
        return at(lacks && isGoogle(endpointAt(settings, path, oauth2)), ...path, "oauth2", "refreshToken");
      }),
    message: "missing; Google gives a client secret alone no token",
    change: "give one (`postfix-relay oauth login` gets it), or the `privateKey` of a service account in its place",
    source: "developers.google.com/identity/protocols/oauth2",
  },
  {
    id: "no-token-endpoint",
    finds: (settings, credentials) =>
      tokenAccounts(credentials).flatMap(({ oauth2, path }) =>
        at(endpointAt(settings, path, oauth2) === undefined, ...path, "oauth2", "tokenEndpoint"),
      ),
    message: "missing",
    change:
      "give the address where the provider issues tokens; at Microsoft https://login.microsoftonline.com/…/oauth2/v2.0/token with the ID of your tenant",
    source: "RFC 6749, 3.2",
  },
  {
    id: "user-name-for-proxy",
    finds: (_, credentials) =>
      tokenAccounts(credentials).flatMap(({ account: { username = "" }, path }) =>
        at(/[^\x21-\x7e]|["'\\%{}]/.test(username), ...path, "username"),
      ),
    message: "is written with a space or a character that the login proxy reads as something else",
    change: "give the address of the mailbox",
    source: "Dovecot: passwd-file, extra fields",
  },
  {
    id: "token-at-address",
    finds: (settings, credentials) => byTokenWhere(settings, credentials, "host", ({ host }) => isIP(host) !== 0),
    message: "is an address, and the login proxy checks the certificate against a name",
    change: "give the relay host's name",
    source: "Dovecot: proxying",
  },
  {
    id: "token-and-mx",
    finds: (settings, credentials) => byTokenWhere(settings, credentials, "lookupMx", ({ lookupMx }) => lookupMx),
    message: "is not looked up by the login proxy, which connects to the host itself",
    change: "leave it out",
    source: "Dovecot: proxying",
  },
  {
    id: "token-over-ipv6-alone",
    finds: (settings, credentials) =>
      at(settings.ipVersion === "ipv6" && ways(settings, credentials).some(({ byToken }) => byToken), "ipVersion"),
    message: "is ipv6, and the login proxy for tokens listens at 127.86.1.1",
    change: "leave it out",
    source: "postconf(5) inet_protocols",
  },
  {
    id: "tls-of-proxy",
    finds: (settings, credentials) => {
      const { level, fingerprints, certificateNames } = settings.tls;
      if (!isAllByToken(settings, credentials)) return [];
      return [
        ...at(level !== "secure" && !fingerprints, "tls", "level"),
        ...at(fingerprints !== undefined, "tls", "fingerprints"),
        ...at(certificateNames !== undefined, "tls", "certificateNames"),
      ];
    },
    message:
      "is ignored by the login proxy for tokens, which always checks the certificate against the relay host's name",
    change: "leave it out",
    source: "Dovecot: login-proxy.c",
  },
  {
    // SSL_CERT_FILE would reach it, on each release. But it trusts the same authorities for each login, so a change of
    // them could not be proven beside what is live.
    id: "authorities-of-proxy",
    finds: (settings, credentials) =>
      at(settings.caCertificate !== undefined && isAllByToken(settings, credentials), "caCertificate"),
    message: "is ignored by the login proxy for tokens, which trusts the authorities of the host",
    change: "leave it out; an authority of your own goes into /usr/local/share/ca-certificates on the host",
    source: "Dovecot: login-proxy.c",
  },
  {
    id: "mechanisms-at-proxy",
    finds: (settings, credentials) => {
      const { mechanisms } = settings;
      const used = ways(settings, credentials).some(({ byToken }) => byToken);
      return at(mechanisms && used && !mechanisms.some((one) => same(one, "CRAM-MD5")), "mechanisms");
    },
    message: "names mechanisms without CRAM-MD5, by which Postfix logs in at the login proxy for tokens on this host",
    change: "give it, too, or leave `mechanisms` out",
    source: "postconf(5) smtp_sasl_mechanism_filter",
  },
  {
    id: "too-many-token-logins",
    finds: (settings, credentials) => {
      const logins = ways(settings, credentials).filter(({ byToken }) => byToken);
      return logins.slice(MOST_LOGINS).map(({ path }) => path);
    },
    message: `is one relay host more than the ${MOST_LOGINS} that can be sent to with tokens`,
    change: "leave it out",
    source: "docs/oauth.md",
  },
];
