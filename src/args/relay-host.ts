// The servers that accept the host's mail, and the accounts there.

import type { Input } from "@pulumi/pulumi";

/** What TLS must prove before a message or a password is sent. */
export const TlsLevel = {
  /** Encrypted, and the certificate is valid for the relay host's name. */
  Secure: "secure",
  /** Encrypted, but anybody may be at the other end. Only where the certificate cannot be checked. */
  Encrypted: "encrypted",
  /** Encrypted, and the certificate or its key has one of `fingerprints`; who signed it does not matter. */
  Fingerprint: "fingerprint",
} as const;
export type TlsLevel = (typeof TlsLevel)[keyof typeof TlsLevel];

/** What the provider does with the old password when a new one is created. */
export const Rotation = {
  /** Both are valid for a while. */
  Overlap: "overlap",
  /** The old one stops working at once. */
  Cutover: "cutover",
} as const;
export type Rotation = (typeof Rotation)[keyof typeof Rotation];

/** How a token is given to a relay host. */
export const OAuth2Mechanism = {
  /** As Microsoft and Google have made it. */
  Xoauth2: "XOAUTH2",
  /** The standard, RFC 7628. */
  Oauthbearer: "OAUTHBEARER",
} as const;
export type OAuth2Mechanism = (typeof OAuth2Mechanism)[keyof typeof OAuth2Mechanism];

/** A server that accepts the host's mail. */
export interface RelayHostArgs {
  /**
   * Full name of the relay host. Its certificate must be valid for this name. Defaults to that of `provider`, where it
   * has one.
   */
  host?: Input<string>;
  /**
   * Submission port. 465, 2465, 8465 and 443 speak TLS from the first byte, any other starts with STARTTLS. Defaults
   * to 587, or what `provider` recommends.
   */
  port?: Input<number>;
  /**
   * Look up MX records of `host`, and send to the server they name. Defaults to false: mail goes to `host` itself.
   */
  lookupMx?: Input<boolean>;
}

/** A further relay host. */
export interface OtherRelayHostArgs {
  /**
   * Full name of the relay host.
   */
  host: Input<string>;
  /**
   * Submission port, as in `relayHost.port`. Defaults to 587.
   */
  port?: Input<number>;
  /**
   * As in `relayHost.lookupMx`. Defaults to false.
   */
  lookupMx?: Input<boolean>;
}

/**
 * How the host gets tokens (OAuth 2.0), for relay hosts that take no password. Which of the secrets are given decides
 * how: `refreshToken`, with the consent of a user; `clientSecret` alone, the program by itself; `privateKey`, the same
 * with a signature. The host renews the token at half of its life. docs/oauth.md has the walks.
 */
export interface OAuth2Args {
  /**
   * Where tokens are issued, with https://. Defaults to that of `provider`, where all its customers share one.
   */
  tokenEndpoint?: Input<string>;
  /**
   * ID of the program, as the provider has registered it; of a service account of Google its address.
   */
  clientId: Input<string>;
  /**
   * What the token is for, with blanks between several scopes. Defaults to that of `provider`, or else to none.
   */
  scope?: Input<string>;
  /**
   * Secret of the program, kept as a secret.
   */
  clientSecret?: Input<string>;
  /**
   * What a user's consent was stored as, kept as a secret; `postfix-relay oauth login` gets one. It is taken by the
   * host when it is another one than before: the provider may give the host a newer one each time.
   */
  refreshToken?: Input<string>;
  /**
   * PEM text of an RSA key without a passphrase, kept as a secret, that signs in place of a secret: with `certificate`
   * for a program at Microsoft Entra, without it for a service account of Google.
   */
  privateKey?: Input<string>;
  /**
   * PEM text of the certificate to `privateKey` that the provider has.
   */
  certificate?: Input<string>;
  /**
   * How the token is given to the relay host. Defaults to "XOAUTH2".
   */
  mechanism?: Input<OAuth2Mechanism>;
}

/** An account at a relay host: exactly one of `password`, `oauth2` and `byAddress`. */
export interface CredentialsArgs {
  /**
   * User name, as the provider writes it. No colon. Defaults to the one that `provider` has for all its customers.
   */
  username?: Input<string>;
  /**
   * Password or API key, kept as a secret. A wrong one fails the test delivery, and the host keeps the old one.
   */
  password?: Input<string>;
  /**
   * Tokens in place of a password.
   */
  oauth2?: Input<OAuth2Args>;
  /**
   * The relay host knows this host by its address and wants no login, as the relay of Google Workspace can. Defaults to
   * false.
   */
  byAddress?: Input<boolean>;
}

/** A further account: exactly one of `password` and `oauth2`. */
export interface AccountArgs {
  /**
   * User name, as the provider writes it. No colon.
   */
  username: Input<string>;
  /**
   * Password or API key, kept as a secret.
   */
  password?: Input<string>;
  /**
   * Tokens in place of a password.
   */
  oauth2?: Input<OAuth2Args>;
}

/** How the connection to the relay host is protected. */
export interface TlsArgs {
  /**
   * What must hold before anything is sent; mail waits in the queue otherwise. Defaults to "secure", or to
   * "fingerprint" where `fingerprints` are given.
   */
  level?: Input<TlsLevel>;
  /**
   * SHA-256 fingerprints of the certificates, or of their public keys, that relay hosts may have, as
   * `openssl x509 -noout -fingerprint -sha256` prints them. Mail waits when the certificate changes, so add the next
   * one before that.
   */
  fingerprints?: Input<Input<string>[]>;
  /**
   * Names that the certificate may have instead of the relay host's own, for a relay host that is given by its address.
   */
  certificateNames?: Input<Input<string>[]>;
}
