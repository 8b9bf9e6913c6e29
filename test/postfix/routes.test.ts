import { expect, test } from "vitest";
import { routes } from "../../src/postfix/routes.ts";
import { settings } from "../support/args.ts";

const other = { host: "b.example.net" };
const tls = { host: "c.example.net", port: 465 };
const from = "root@web-1.example.com";

/** Kind, sender, route and label, as they go to the host. */
const lines = (values: Record<string, unknown>) =>
  routes(settings(values)).map(({ kind, from, via, label }) => `${kind} ${from} ${via} ${label}`);

test.each<[values: Record<string, unknown>, lines: string[]]>([
  [{}, []],
  [{ sender: "alerts@example.com" }, []],
  [
    { fallback: [other, tls, { host: "192.0.2.9", port: 465 }], "tls.level": "encrypted" },
    [
      `fallback ${from} smtp:[b.example.net]:587 fallback[0] [b.example.net]:587`,
      `fallback ${from} smtps:[c.example.net]:465 fallback[1] [c.example.net]:465`,
      `fallback ${from} smtps:[192.0.2.9]:465 fallback[2] [192.0.2.9]:465`,
    ],
  ],
  [
    { "relayHost.port": 465, fallback: [tls, { ...other, lookupMx: true }], "testDelivery.from": "ops@example.com" },
    [
      "fallback ops@example.com smtp:[c.example.net]:465 fallback[0] [c.example.net]:465",
      "fallback ops@example.com starttls:b.example.net:587 fallback[1] b.example.net:587",
      `senders ${from} - ${from}, the sender of cron`,
    ],
  ],
  [
    { senderDependent: { "shop@example.com": other, "@example.org": tls } },
    [
      'senderDependent shop@example.com - senderDependent["shop@example.com"] [b.example.net]:587',
      'senderDomain root@example.org - senderDependent["@example.org"] [c.example.net]:465',
    ],
  ],
  // Somebody of the domain who has no relay host of their own, and is not rewritten.
  [
    {
      senderDependent: { "root@example.org": other, "@example.org": tls },
      senders: { "postmaster@example.org": "p@example.com" },
    },
    [
      'senderDependent root@example.org - senderDependent["root@example.org"] [b.example.net]:587',
      'senderDomain postfix-relay-probe@example.org - senderDependent["@example.org"] [c.example.net]:465',
      'senders p@example.com - senders["postmaster@example.org"] p@example.com',
    ],
  ],
  // All of the domain are sent as one.
  [
    { senders: { "@example.org": "all@example.org" }, senderDependent: { "@example.org": tls } },
    [
      'senderDomain all@example.org - senderDependent["@example.org"] [c.example.net]:465',
      'senders all@example.org - senders["@example.org"] all@example.org',
    ],
  ],
  // None of the domain is left but one who is made.
  [
    {
      senders: { "@example.org": "x@example.com", deploy: "deploy@example.org" },
      senderDependent: { "@example.org": tls },
    },
    [
      'senders x@example.com - senders["@example.org"] x@example.com',
      "senders deploy@example.org - senders.deploy deploy@example.org",
    ],
  ],
  // Each once; not the one that the test message has.
  [
    {
      senders: { root: "root@example.com", "www-data": "web@example.com", deploy: "Web@example.com" },
      sender: "alerts@example.com",
    },
    [
      "senders root@example.com - senders.root root@example.com",
      "senders web@example.com - senders.www-data web@example.com",
    ],
  ],
  [
    { senders: { root: "root@example.com", "www-data": "web@example.com" } },
    ["senders web@example.com - senders.www-data web@example.com"],
  ],
  // A test message that is not sent as `sender` leaves that one to be proven.
  [
    { senders: { root: "root@example.com" }, sender: "alerts@example.com", "testDelivery.from": from },
    ["senders alerts@example.com - sender alerts@example.com"],
  ],
  [
    {
      senders: { root: "alerts@example.com", deploy: "shop@example.net" },
      senderDependent: { "shop@example.net": other },
    },
    ['senderDependent shop@example.net - senderDependent["shop@example.net"] [b.example.net]:587'],
  ],
])("%j", (values, expected) => {
  expect(lines(values)).toEqual(expected);
});
