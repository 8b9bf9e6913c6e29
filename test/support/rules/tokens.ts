import { CA as CERTIFICATE } from "../keys.ts";
import { SIGNING_KEY } from "../signing.ts";
import { type Cases, FINGERPRINT, other } from "./case.ts";

const app = { clientId: "some-app", clientSecret: "some secret", tokenEndpoint: "https://login.example.net/token" };
const byToken = (more = {}) => ({ "credentials.password": undefined, "credentials.oauth2": { ...app, ...more } });
const google = { tokenEndpoint: "https://oauth2.googleapis.com/token" };
const byAccount = { fallback: [other], accounts: { "smtp.example.org": { username: "me@example.org", oauth2: app } } };
const atAddress = { fallback: [{ host: "192.0.2.7" }], accounts: { "192.0.2.7": { username: "me", oauth2: app } } };
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ host: "smtp.example.org", port: 5000 + index }));

export const tokens: Cases = {
  "only-tokens": {
    refused: [
      [{ relayHost: undefined, provider: "outlook" }, "provider"],
      [{ "relayHost.host": "SMTP-mail.outlook.com" }, "relayHost.host"],
    ],
    accepted: [
      [{ relayHost: undefined, provider: "microsoft365" }],
      [{ "relayHost.host": "smtp.outlook.com" }],
      [
        {
          relayHost: undefined,
          provider: "outlook",
          ...byToken({ clientSecret: undefined, refreshToken: "0.some-token" }),
        },
      ],
    ],
  },
  "address-and-user-name": {
    refused: [[{ "credentials.password": undefined, "credentials.byAddress": true }, "credentials.username"]],
    accepted: [[{ credentials: { byAddress: true } }]],
  },
  "token-without-secret": {
    refused: [[byToken({ clientSecret: undefined }), "credentials.oauth2.clientSecret"]],
    accepted: [[byToken()], [byToken({ clientSecret: undefined, privateKey: SIGNING_KEY })]],
  },
  "key-and-secret": {
    refused: [[byToken({ privateKey: SIGNING_KEY }), "credentials.oauth2.privateKey"]],
    accepted: [[byToken({ clientSecret: undefined, privateKey: SIGNING_KEY, certificate: CERTIFICATE })]],
  },
  "certificate-without-key": {
    refused: [[byToken({ certificate: CERTIFICATE }), "credentials.oauth2.certificate"]],
    accepted: [[byToken({ clientSecret: undefined, privateKey: SIGNING_KEY, certificate: CERTIFICATE })]],
  },
  "google-wants-both": {
    refused: [
      [
        byToken({ ...google, clientSecret: undefined, refreshToken: "1//some-token" }),
        "credentials.oauth2.clientSecret",
      ],
    ],
    accepted: [
      [byToken({ ...google, refreshToken: "1//some-token" })],
      [byToken({ clientSecret: undefined, refreshToken: "1//some-token" })],
    ],
  },
  "google-program-by-itself": {
    refused: [
      [byToken(google), "credentials.oauth2.refreshToken"],
      [
        { relayHost: undefined, provider: "gmail", ...byToken({ tokenEndpoint: undefined }) },
        "credentials.oauth2.refreshToken",
      ],
    ],
    accepted: [[byToken({ ...google, clientSecret: undefined, privateKey: SIGNING_KEY })]],
  },
  "no-token-endpoint": {
    refused: [
      [byToken({ tokenEndpoint: undefined }), "credentials.oauth2.tokenEndpoint"],
      [
        { relayHost: undefined, provider: "microsoft365", ...byToken({ tokenEndpoint: undefined }) },
        "credentials.oauth2.tokenEndpoint",
      ],
    ],
    accepted: [
      [
        {
          relayHost: undefined,
          provider: "microsoft365",
          ...byToken({ tokenEndpoint: undefined, clientSecret: undefined, refreshToken: "0.some-token" }),
        },
      ],
    ],
  },
  "user-name-for-proxy": {
    refused: [[{ ...byToken(), "credentials.username": "sample user" }, "credentials.username"]],
    accepted: [[byToken()], [{ "credentials.username": "sample user" }]],
  },
  "token-at-address": {
    refused: [[{ ...atAddress, tls: { level: "encrypted" } }, "fallback[0].host"]],
    accepted: [[{ ...byAccount, tls: { level: "encrypted" } }]],
  },
  "token-and-mx": {
    refused: [[{ ...byToken(), "relayHost.lookupMx": true }, "relayHost.lookupMx"]],
    accepted: [[{ "relayHost.lookupMx": true }]],
  },
  "token-over-ipv6-alone": {
    refused: [[{ ...byToken(), ipVersion: "ipv6" }, "ipVersion"]],
    accepted: [[{ ...byToken(), ipVersion: "ipv4" }]],
  },
  "tls-of-proxy": {
    refused: [
      [{ ...byToken(), tls: { level: "encrypted" } }, "tls.level"],
      [{ ...byToken(), tls: { fingerprints: [FINGERPRINT] } }, "tls.fingerprints"],
      [{ ...byToken(), tls: { certificateNames: ["mx.example.net"] } }, "tls.certificateNames"],
    ],
    accepted: [[{ ...byAccount, tls: { level: "encrypted" } }], [{ ...byToken(), tls: { level: "secure" } }]],
  },
  "authorities-of-proxy": {
    refused: [[{ ...byToken(), caCertificate: CERTIFICATE }, "caCertificate"]],
    accepted: [[{ ...byAccount, caCertificate: CERTIFICATE }]],
  },
  "mechanisms-at-proxy": {
    refused: [[{ ...byAccount, mechanisms: ["PLAIN"] }, "mechanisms"]],
    accepted: [[{ ...byAccount, mechanisms: ["PLAIN", "cram-md5"] }]],
  },
  "too-many-token-logins": {
    refused: [[{ ...byAccount, fallback: many(9) }, "fallback[8]"]],
    accepted: [[{ ...byAccount, fallback: many(8) }]],
  },
};
