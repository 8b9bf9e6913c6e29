// Each rule with a case that it refuses, and one close to it that can work.

import { expect, test } from "vitest";
import { pathText } from "../src/problems.ts";
import { rules } from "../src/rules.ts";
import { problemsOf } from "../src/settings.ts";
import { changed } from "./support/args.ts";

type Values = Record<string, unknown>;

const cases: Record<string, { refused: Values[]; accepted: Values[] }> = {
  "relay-is-self": {
    refused: [
      { "relayHost.host": "web-1.example.com" },
      { "relayHost.host": "WEB-1.Example.com", "relayHost.port": 25 },
    ],
    accepted: [{ "relayHost.host": "web-2.example.com" }, { "relayHost.host": "example.com" }],
  },
  "address-has-no-certificate": {
    refused: [{ "relayHost.host": "192.0.2.25" }, { "relayHost.host": "2001:db8::25", "tls.level": "secure" }],
    accepted: [{ "relayHost.host": "192.0.2.25", "tls.level": "encrypted" }],
  },
  "hostname-takes-domain": {
    refused: [{ hostname: "example.com" }, { hostname: "EXAMPLE.com", ownDomainMail: "relay" }],
    accepted: [{ hostname: "example.com", ownDomainMail: "local" }, { hostname: "www.example.com" }],
  },
  "test-stays-local": {
    refused: [
      { "testDelivery.to": "root@web-1.example.com" },
      { "testDelivery.to": "info@Example.com", ownDomainMail: "local" },
    ],
    accepted: [{ "testDelivery.to": "info@example.com" }, { "testDelivery.to": "root@web-2.example.com" }],
  },
};

test("each rule has its cases, an id of its own, and says all it has to", () => {
  expect(rules.map(({ id }) => id)).toEqual(Object.keys(cases));
  for (const { message, change, source } of rules) {
    expect(message).toMatch(/^is .+/);
    expect(change).toMatch(/^give .+/);
    expect(source).not.toBe("");
  }
});

const rows = (kind: "refused" | "accepted") =>
  rules.flatMap((rule) => (cases[rule.id]?.[kind] ?? []).map((values) => [rule.id, values, rule] as const));

test.each(rows("refused"))("%s refuses %j", (_, values, { path, message, change }) => {
  const problems = problemsOf("web-1", changed(values));
  expect(problems.map(({ path, reason }) => [pathText(path), reason])).toEqual([
    [pathText(path), `${message}; ${change}`],
  ]);
});

test.each(rows("accepted"))("%s accepts %j", (_, values) => {
  expect(problemsOf("web-1", changed(values))).toEqual([]);
});
