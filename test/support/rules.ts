// What each rule refuses, at which path, and what is close to it and can work.

type Values = Record<string, unknown>;

/** Values put over the example, and the path of the problem. */
export type Case = [values: Values, path?: string];

const other = { host: "smtp.example.org" };
const sameServer = { host: "example.sakura.ne.jp", port: 2525 };
const account = { username: "other", password: "secret" };
const FINGERPRINT = Array(32).fill("AB").join(":");

/** By the id of the rule. */
export const cases: Record<string, { refused: Case[]; accepted: Case[] }> = {
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
  "only-tokens": {
    refused: [
      [{ relayHost: undefined, provider: "outlook" }, "provider"],
      [{ "relayHost.host": "SMTP-mail.outlook.com" }, "relayHost.host"],
    ],
    accepted: [[{ relayHost: undefined, provider: "microsoft365" }], [{ "relayHost.host": "smtp.outlook.com" }]],
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
  "address-has-no-certificate": {
    refused: [
      [{ "relayHost.host": "192.0.2.25" }, "relayHost.host"],
      [{ "relayHost.host": "2001:db8::25", "tls.level": "secure" }, "relayHost.host"],
    ],
    accepted: [
      [{ "relayHost.host": "192.0.2.25", "tls.level": "encrypted" }],
      [{ "relayHost.host": "192.0.2.25", "tls.certificateNames": ["smtp.example.net"] }],
      [{ "relayHost.host": "192.0.2.25", "tls.fingerprints": [FINGERPRINT] }],
    ],
  },
  "no-fingerprints": {
    refused: [[{ "tls.level": "fingerprint" }, "tls.level"]],
    accepted: [[{ tls: { level: "fingerprint", fingerprints: [FINGERPRINT] } }]],
  },
  "fingerprints-ignored": {
    refused: [
      [{ tls: { level: "secure", fingerprints: [FINGERPRINT] } }, "tls.fingerprints"],
      [{ tls: { level: "encrypted", fingerprints: [FINGERPRINT] } }, "tls.fingerprints"],
    ],
    accepted: [[{ tls: { fingerprints: [FINGERPRINT] } }]],
  },
  "names-ignored": {
    refused: [
      [{ tls: { level: "encrypted", certificateNames: ["smtp.example.net"] } }, "tls.certificateNames"],
      [{ tls: { fingerprints: [FINGERPRINT], certificateNames: ["smtp.example.net"] } }, "tls.certificateNames"],
    ],
    accepted: [[{ tls: { level: "secure", certificateNames: ["smtp.example.net"] } }]],
  },
  "hostname-takes-domain": {
    refused: [
      [{ hostname: "example.com" }, "hostname"],
      [{ hostname: "EXAMPLE.com", ownDomainMail: "relay" }, "hostname"],
    ],
    accepted: [[{ hostname: "example.com", ownDomainMail: "local" }], [{ hostname: "www.example.com" }]],
  },
  "hostname-of-debian": {
    refused: [[{ hostname: "debian.org" }, "hostname"]],
    accepted: [[{ hostname: "web-1.debian.org" }]],
  },
  "test-stays-local": {
    refused: [
      [{ "testDelivery.to": "root@web-1.example.com" }, "testDelivery.to"],
      [{ "testDelivery.to": "info@Example.com", ownDomainMail: "local" }, "testDelivery.to"],
      [{ "testDelivery.to": "root@localhost.localdomain" }, "testDelivery.to"],
      [{ "testDelivery.to": "root@localhost.example.com" }, "testDelivery.to"],
    ],
    accepted: [[{ "testDelivery.to": "info@example.com" }], [{ "testDelivery.to": "root@web-2.example.com" }]],
  },
  "test-leaves-elsewhere": {
    refused: [
      [
        { "testDelivery.from": "Shop@example.com", senderDependent: { "shop@example.com": sameServer } },
        "testDelivery.from",
      ],
      [{ senderDependent: { "@WEB-1.example.com": sameServer } }, "testDelivery.from"],
      [{ senderDependent: { "root@web-1.example.com": sameServer } }, "testDelivery.from"],
      [
        { senders: { root: "alerts@example.net" }, senderDependent: { "@example.net": sameServer } },
        "testDelivery.from",
      ],
      [{ sender: "alerts@example.com", senderDependent: { "@example.com": sameServer } }, "testDelivery.from"],
      [
        {
          "testDelivery.from": "cron@web.example.com",
          senders: { "@web.example.com": "shop@example.com" },
          senderDependent: { "shop@example.com": sameServer },
        },
        "testDelivery.from",
      ],
    ],
    accepted: [
      [{ senderDependent: { "@example.com": sameServer } }],
      [{ "testDelivery.from": "cron@example.net", senderDependent: { "@web-1.example.com": sameServer } }],
      [
        {
          senders: { root: "alerts@example.com" },
          senderDependent: { "root@web-2.example.com": sameServer, "alerts@example.net": sameServer },
        },
      ],
    ],
  },
  "sender-stands-for-itself": {
    refused: [
      [{ senders: { "root@web-1.example.com": "Root@web-1.example.com" } }, 'senders["root@web-1.example.com"]'],
    ],
    accepted: [[{ senders: { root: "root@example.com", "@web-1.example.com": "host@web-1.example.com" } }]],
  },
  "sender-leads-on": {
    refused: [
      [{ senders: { root: "a@example.com", "A@example.com": "b@example.com" } }, "senders.root"],
      [{ senders: { deploy: "root@web-1.example.com", root: "b@example.com" } }, "senders.deploy"],
      [{ sender: "a@example.com", senders: { "a@example.com": "b@example.com" } }, "sender"],
    ],
    accepted: [
      [{ senders: { root: "b@example.com", "a@example.com": "b@example.com" } }],
      [{ senders: { root: "root@web-2.example.com", "@example.com": "x@example.com" } }],
    ],
  },
  "sender-hides-others": {
    refused: [
      [
        {
          sender: "alerts@example.com",
          senderDependent: { "shop@example.com": other },
          accounts: { [other.host]: account },
        },
        'senderDependent["shop@example.com"]',
      ],
      [
        {
          sender: "alerts@example.com",
          senderDependent: { "@example.org": other },
          accounts: { [other.host]: account },
        },
        'senderDependent["@example.org"]',
      ],
    ],
    accepted: [
      [{ senderDependent: { "shop@example.com": other }, accounts: { [other.host]: account } }],
      [
        {
          sender: "alerts@example.com",
          senders: { shop: "shop@example.net", "@example.org": "org@example.org" },
          senderDependent: { "shop@example.net": sameServer, "@example.org": sameServer },
        },
      ],
    ],
  },
  "sender-is-rewritten": {
    refused: [
      [
        { senders: { "shop@example.com": "sales@example.com" }, senderDependent: { "Shop@example.com": sameServer } },
        'senderDependent["Shop@example.com"]',
      ],
      [
        { senders: { "@example.org": "org@example.com" }, senderDependent: { "@example.org": sameServer } },
        'senderDependent["@example.org"]',
      ],
    ],
    accepted: [
      [{ senders: { "shop@example.com": "sales@example.com" }, senderDependent: { "sales@example.com": sameServer } }],
      [{ senders: { "@example.org": "all@example.org" }, senderDependent: { "@example.org": sameServer } }],
      [
        {
          senders: { "@example.org": "org@example.com", deploy: "deploy@example.org" },
          senderDependent: { "@example.org": sameServer },
        },
      ],
    ],
  },
  "root-alias-twice": {
    refused: [[{ rootAlias: "a@example.org", aliases: { root: ["b@example.org"] } }, "aliases.root"]],
    accepted: [
      [{ rootAlias: "a@example.org", aliases: { deploy: ["b@example.org"] } }],
      [{ aliases: { root: ["b@example.org"] } }],
    ],
  },
  "alias-leads-back": {
    refused: [
      [{ rootAlias: "root@web-1.example.com" }, "rootAlias"],
      [{ aliases: { deploy: ["deploy"] } }, "aliases.deploy"],
      [{ rootAlias: "root@example.com", ownDomainMail: "local" }, "rootAlias"],
    ],
    accepted: [[{ rootAlias: "root@example.com" }], [{ aliases: { deploy: ["root"], root: ["ops@example.org"] } }]],
  },
  "bridge-of-other-version": {
    refused: [
      [{ bridges: ["172.17.0.1/16"], ipVersion: "ipv6" }, "bridges[0]"],
      [{ bridges: ["172.17.0.1/16", "fd00::1/64"], ipVersion: "ipv4" }, "bridges[1]"],
    ],
    accepted: [[{ bridges: ["172.17.0.1/16"], ipVersion: "ipv4" }], [{ bridges: ["172.17.0.1/16", "fd00::1/64"] }]],
  },
  "bridge-twice": {
    refused: [[{ bridges: ["172.17.0.1/16", "172.17.9.1/16"] }, "bridges[1]"]],
    accepted: [[{ bridges: ["172.17.0.1/16", "172.18.0.1/16"] }]],
  },
  "pause-with-connections": {
    refused: [[{ limits: { rateDelaySeconds: 1, concurrency: 2 } }, "limits.concurrency"]],
    accepted: [[{ limits: { rateDelaySeconds: 1, concurrency: 1 } }], [{ limits: { concurrency: 2 } }]],
  },
  "warning-after-the-end": {
    refused: [
      [{ limits: { delayWarningHours: 120 } }, "limits.delayWarningHours"],
      [{ limits: { delayWarningHours: 4, queueLifetimeHours: 4 } }, "limits.delayWarningHours"],
    ],
    accepted: [[{ limits: { delayWarningHours: 119 } }], [{ limits: { delayWarningHours: 4, queueLifetimeHours: 5 } }]],
  },
  "no-user-name": {
    refused: [[{ "credentials.username": undefined }, "credentials.username"]],
    accepted: [[{ relayHost: undefined, provider: "postmark", "credentials.username": undefined }]],
  },
  "user-name-of-provider": {
    refused: [[{ relayHost: undefined, provider: "sendgrid", "credentials.username": "me" }, "credentials.username"]],
    accepted: [
      [{ relayHost: undefined, provider: "sendgrid", "credentials.username": "apikey" }],
      [{ relayHost: undefined, provider: "sendgrid", "credentials.username": undefined }],
      [{ relayHost: undefined, provider: "postmark", "credentials.username": "access key" }],
    ],
  },
  "app-password-with-spaces": {
    refused: [
      [
        { relayHost: undefined, provider: "gmail", "credentials.password": "abcd efgh ijkl mnop" },
        "credentials.password",
      ],
      [
        { "relayHost.host": "smtp.fastmail.com", "credentials.password": "1bcd efgh ijkl mn2p" },
        "credentials.password",
      ],
    ],
    accepted: [
      [{ relayHost: undefined, provider: "gmail", "credentials.password": "abcdefghijklmnop" }],
      [{ "credentials.password": "abcd efgh ijkl mnop" }],
    ],
  },
  "account-twice": {
    refused: [[{ accounts: { "example.sakura.ne.jp": account } }, 'accounts["example.sakura.ne.jp"]']],
    accepted: [[{ fallback: [other], accounts: { "smtp.example.org": account } }]],
  },
  "account-missing": {
    refused: [
      [{ fallback: [other] }, "fallback[0]"],
      [{ senderDependent: { "a@example.com": other } }, 'senderDependent["a@example.com"]'],
    ],
    accepted: [
      [{ fallback: [other], accounts: { "SMTP.example.org": account } }],
      [{ senderDependent: { "a@example.com": other }, accounts: { "a@example.com": account } }],
      [{ fallback: [{ host: "example.sakura.ne.jp", port: 465 }] }],
    ],
  },
  "account-of-nobody": {
    refused: [
      [{ accounts: { "smtp.example.org": account } }, 'accounts["smtp.example.org"]'],
      [{ accounts: { "a@example.com": account } }, 'accounts["a@example.com"]'],
    ],
    accepted: [
      [
        {
          senderDependent: { "a@example.com": { host: "example.sakura.ne.jp" } },
          accounts: { "a@example.com": account },
        },
      ],
    ],
  },
  "sender-account-at-fallback": {
    refused: [
      [
        {
          fallback: [other],
          senderDependent: { "a@example.com": other },
          accounts: { "a@example.com": account, [other.host]: account },
        },
        'accounts["a@example.com"]',
      ],
    ],
    accepted: [
      [{ fallback: [other], senderDependent: { "a@example.com": other }, accounts: { [other.host]: account } }],
    ],
  },
};
