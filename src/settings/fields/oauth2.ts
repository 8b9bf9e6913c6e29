// How a program gets a token: the addresses, names and secrets that an endpoint of OAuth 2.0 wants.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { secretText, text } from "./kinds.ts";

/** Where tokens are issued. */
export const tokenEndpoint = text(
  { allowed: "give the address that the provider names, such as https://login.example.net/token" },
  [/^http:/i, "which is not encrypted"],
  [
    (value) => !/^https:\/\/[\x21-\x7e]+$/i.test(value) || !URL.canParse(value),
    "which is not an address with https://",
  ],
  [/[\\"]/, "which has a quote or a backslash"],
  [/\/\/[^/]*@/, "which has a user name in it"],
  [/[<>{}]|TENANT/, "which has a place that is to be filled in"],
  [/^.{1025}/, "which is longer than 1024 characters"],
);

/** The ID of the program. */
export const clientId = text(
  { allowed: "give the ID of the program, as the provider has registered it" },
  [/\s/u, "which contains a space"],
  [/^.{321}/u, "which is longer than 320 characters"],
);

/** What the token is for. */
export const scope = text(
  { allowed: "give the scopes that the provider names, with blanks between them" },
  [/^\s|\s$/u, "which begins or ends with a space"],
  [/[^\x20-\x7e]/, "which is not ASCII"],
  [/^.{1025}/, "which is longer than 1024 characters"],
);

/** The secret of the program. */
export const clientSecret = secretText(
  { allowed: "give the secret itself as one line, not its ID" },
  [/^\s|\s$/u, "which begins or ends with a space"],
  [/^.{1,7}$/u, "which is shorter than 8 characters"],
  [/^.{1025}/u, "which is longer than 1024 characters"],
);

/** What a user's consent was stored as. */
export const refreshToken = secretText(
  { allowed: "give the refresh token as one line; `postfix-relay oauth login` gets one" },
  [/[^\x21-\x7e]/, "which has a space, or is not ASCII"],
  [/^.{1,7}$/, "which is shorter than 8 characters"],
  [/^.{8193}/, "which is longer than 8192 characters"],
);

/** Whether the PEM text is an RSA key that can be read without a passphrase. */
function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === "rsa";
  } catch {
    return false;
  }
}

/** The key that signs in place of a secret. */
export const signingKey = secretText(
  { allowed: "give the PEM text of an RSA key without a passphrase", lines: true },
  [/^\s*\{/, "which is the whole file of the service account; take `private_key` out of it"],
  [/^-----BEGIN (CERTIFICATE|PUBLIC KEY)/, "which is not the private part"],
  [/ENCRYPTED/, "which needs a passphrase"],
  [(value) => !isRsaKey(value), "which is no such key, or damaged"],
);

/** Whether the PEM text is one certificate. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).serialNumber !== "" && pem.match(/-----BEGIN CERTIFICATE-----/g)?.length === 1;
  } catch {
    return false;
  }
}

/** The certificate to that key, which the provider has. */
export const signingCertificate = text(
  { allowed: "give the PEM text of the certificate that the provider has", hidden: true, lines: true },
  [/PRIVATE KEY-----/, "which contains a private key"],
  [(value) => !isCertificate(value), "which is not one certificate"],
);
