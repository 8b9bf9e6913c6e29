import { account, type Cases, other } from "./case.ts";

export const relayHost: Cases = {
  "relay-is-self": {
    refused: [
      [{ "relayHost.host": "web-1.example.com" }, "relayHost.host"],
      [{ "relayHost.host": "WEB-1.Example.com", "relayHost.port": 25 }, "relayHost.host"],
      [{ fallback: [{ host: "web-1.example.com" }], accounts: { "web-1.example.com": account } }, "fallback[0].host"],
    ],
    accepted: [[{ "relayHost.host": "web-2.example.com" }], [{ "relayHost.host": "example.com" }]],
  },
  "mx-of-address": {
    refused: [
      [{ relayHost: { host: "192.0.2.25", lookupMx: true }, "tls.level": "encrypted" }, "relayHost.lookupMx"],
      [{ relayHost: { host: "2001:db8::25", lookupMx: true }, "tls.level": "encrypted" }, "relayHost.lookupMx"],
    ],
    accepted: [
      [{ relayHost: { host: "example.net", lookupMx: true } }],
      [{ relayHost: { host: "192.0.2.25", lookupMx: false }, "tls.level": "encrypted" }],
    ],
  },
  "address-of-other-version": {
    refused: [
      [{ "relayHost.host": "2001:db8::25", "tls.level": "encrypted", ipVersion: "ipv4" }, "relayHost.host"],
      [{ "relayHost.host": "192.0.2.25", "tls.level": "encrypted", ipVersion: "ipv6" }, "relayHost.host"],
    ],
    accepted: [
      [{ "relayHost.host": "192.0.2.25", "tls.level": "encrypted", ipVersion: "ipv4" }],
      [{ "relayHost.host": "2001:db8::25", "tls.level": "encrypted", ipVersion: "ipv6" }],
      [{ ipVersion: "ipv6" }],
    ],
  },
  "same-relay-twice": {
    refused: [
      [{ fallback: [{ host: "Example.sakura.ne.jp" }] }, "fallback[0]"],
      [{ fallback: [other, other], accounts: { [other.host]: account } }, "fallback[1]"],
    ],
    accepted: [
      [{ fallback: [{ host: "example.sakura.ne.jp", port: 2525 }] }],
      [{ fallback: [other, { ...other, port: 2525 }], accounts: { [other.host]: account } }],
    ],
  },
  "fallback-changes-back": {
    refused: [
      [{ fallback: [{ ...other, port: 465 }, other], accounts: { [other.host]: account } }, "fallback[1]"],
      [
        { "relayHost.port": 465, fallback: [other, { ...other, port: 465 }], accounts: { [other.host]: account } },
        "fallback[1]",
      ],
    ],
    accepted: [
      [{ fallback: [other, { ...other, port: 465 }], accounts: { [other.host]: account } }],
      [{ "relayHost.port": 465, fallback: [{ ...other, port: 465 }, other], accounts: { [other.host]: account } }],
    ],
  },
  "provider-has-other-port": {
    refused: [
      [{ relayHost: { port: 587 }, provider: "cloudflare", "credentials.username": "api_token" }, "relayHost.port"],
      [{ relayHost: { port: 465 }, provider: "icloud" }, "relayHost.port"],
    ],
    accepted: [
      [{ relayHost: { port: 465 }, provider: "cloudflare", "credentials.username": "api_token" }],
      [{ relayHost: { port: 2525 }, provider: "brevo" }],
    ],
  },
  "provider-has-other-mechanisms": {
    refused: [
      [{ relayHost: undefined, provider: "brevo", mechanisms: ["CRAM-MD5"] }, "mechanisms"],
      [{ relayHost: undefined, provider: "mailjet", mechanisms: ["login", "CRAM-MD5"] }, "mechanisms"],
    ],
    accepted: [
      [{ relayHost: undefined, provider: "brevo", mechanisms: ["plain", "CRAM-MD5"] }],
      [{ provider: "sakura", mechanisms: ["CRAM-MD5"] }],
    ],
  },
};
