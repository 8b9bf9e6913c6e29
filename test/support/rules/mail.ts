import { account, type Cases, other, sameServer } from "./case.ts";

export const mail: Cases = {
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
  "test-takes-too-long": {
    refused: [
      [{ "testDelivery.timeoutSeconds": 421, fallback: [sameServer] }, "testDelivery.timeoutSeconds"],
      [{ "testDelivery.timeoutSeconds": 600, senders: { cron: "cron@example.com" } }, "testDelivery.timeoutSeconds"],
      [{ "testDelivery.timeoutSeconds": 600, sender: "all@example.com" }, "testDelivery.timeoutSeconds"],
      [{ "testDelivery.timeoutSeconds": 421, "testDelivery.from": "probe@example.com" }, "testDelivery.timeoutSeconds"],
      [
        {
          "testDelivery.timeoutSeconds": 281,
          fallback: [sameServer],
          senderDependent: { "shop@example.com": sameServer },
        },
        "testDelivery.timeoutSeconds",
      ],
    ],
    accepted: [
      [{ "testDelivery.timeoutSeconds": 600 }],
      [{ "testDelivery.timeoutSeconds": 600, "testDelivery.from": "Root@web-1.example.com" }],
      [{ "testDelivery.timeoutSeconds": 420, "testDelivery.from": "probe@example.com" }],
      [{ "testDelivery.timeoutSeconds": 420, fallback: [sameServer] }],
      [{ "testDelivery.timeoutSeconds": 420, senders: { cron: "cron@example.com", app: "app@example.com" } }],
    ],
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
};
