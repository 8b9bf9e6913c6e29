import { account, type Cases, other } from "./case.ts";

export const accounts: Cases = {
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
  "password-as-user-name": {
    refused: [
      [{ "credentials.username": "correct horse" }, "credentials.username"],
      [
        { fallback: [other], accounts: { "smtp.example.org": { username: "battery", password: "battery" } } },
        'accounts["smtp.example.org"].username',
      ],
    ],
    accepted: [
      [{ "credentials.username": "Correct horse" }],
      [{ relayHost: undefined, provider: "postmark", "credentials.username": undefined }],
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
