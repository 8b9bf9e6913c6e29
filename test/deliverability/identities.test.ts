import { expect, test } from "vitest";
import { identities } from "../../src/deliverability/identities.ts";
import { providerOf, providers } from "../../src/providers/providers.ts";
import { settings } from "../support/args.ts";

const brief = (values: Record<string, unknown>) =>
  identities(settings(values)).map(({ domain, relayHost, provider, who, hostName }) =>
    [hostName ? `(${domain})` : domain, relayHost.host, provider ?? "-", who.join("+")].join(" "),
  );
const USERS = "root, cron and all other local users";

test.each<[what: string, values: Record<string, unknown>, found: string[]]>([
  ["nothing is set", {}, [`(web-1.example.com) example.sakura.ne.jp sakura ${USERS}+testDelivery.from`]],
  [
    "there is one sender",
    { sender: "ops@Example.COM" },
    [`example.com example.sakura.ne.jp sakura ${USERS}+testDelivery.from+sender`],
  ],
  [
    "a user is sent as another",
    { senders: { root: "ops@example.com" }, "testDelivery.from": "x@example.net" },
    [
      `example.com example.sakura.ne.jp sakura ${USERS}+senders`,
      "example.net example.sakura.ne.jp sakura testDelivery.from",
    ],
  ],
  [
    "there is a fallback",
    { sender: "ops@example.com", fallback: [{ host: "email-smtp.eu-west-1.amazonaws.com" }] },
    [
      `example.com example.sakura.ne.jp sakura ${USERS}+testDelivery.from+sender`,
      `example.com email-smtp.eu-west-1.amazonaws.com ses ${USERS}+testDelivery.from+sender`,
    ],
  ],
  [
    "a domain has its own relay host, and an address of it another one",
    {
      senderDependent: {
        "@example.org": { host: "smtp.fastmail.com" },
        "a@example.org": { host: "relay.example.net" },
      },
    },
    [
      `(web-1.example.com) example.sakura.ne.jp sakura ${USERS}+testDelivery.from`,
      "example.org smtp.fastmail.com fastmail senderDependent",
      "example.org relay.example.net - senderDependent",
    ],
  ],
])("when %s", (_, values, found) => {
  expect(brief(values)).toEqual(found);
});

test("the relay host of each provider is known by its name, whatever the region", () => {
  const names = Object.entries(providers).flatMap(([provider, { host, regions }]) =>
    [
      ...(host ? [host.replace("{region}", "ap-northeast-1")] : []),
      ...(regions && !(regions instanceof RegExp) ? Object.values(regions) : []),
    ].map((name): [string, string] => [name.toUpperCase(), provider]),
  );
  expect(names.length).toBeGreaterThan(25);
  for (const [name, provider] of names) expect([name, providerOf(name)]).toEqual([name, provider]);
  expect(["smtp.example.net", "email-smtp.amazonaws.com", "xsmtp.fastmail.com"].map(providerOf)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
