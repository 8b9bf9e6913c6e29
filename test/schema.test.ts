// Other languages see the component through the schema that Pulumi infers from the sources.

import { readFileSync } from "node:fs";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer.js";
import { expect, test } from "vitest";
import { Relay, RelayFleet } from "../src/index.ts";

const root = new URL("..", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const { components, typeDefinitions } = new Analyzer(
  root,
  manifest.name,
  manifest,
  new Set([Relay.name, RelayFleet.name]),
).analyze();

type Properties = Record<string, { description?: string }>;

const named = (owner: string, properties: Properties = {}) =>
  Object.entries(properties).map(([name, property]) => [`${owner}.${name}`, property] as const);

const properties = [
  ...Object.values(components).flatMap(({ name, inputs, outputs }) => [
    ...named(name, inputs),
    ...named(`${name} output`, outputs),
  ]),
  ...Object.values(typeDefinitions).flatMap(({ name, properties }) => named(name, properties)),
];

test("finds both components and all parts of their arguments", () => {
  expect(Object.keys(components)).toEqual(["Relay", "RelayFleet"]);
  expect(Object.keys(typeDefinitions).sort()).toMatchInlineSnapshot(`
    [
      "AccountArgs",
      "ConnectionArgs",
      "CredentialsArgs",
      "Delivery",
      "FleetHostArgs",
      "IpVersion",
      "LimitsArgs",
      "Listen",
      "MxCheck",
      "OtherRelayHostArgs",
      "OwnDomainMail",
      "ProxyArgs",
      "RelayHostArgs",
      "RelayProvider",
      "Rotation",
      "TestDeliveryArgs",
      "TlsArgs",
      "TlsLevel",
    ]
  `);
});

test.each(properties)("%s has a description and a type", (_, property) => {
  // An @ outside of backquotes would cut it off.
  expect(property.description).toMatch(/^\S.+[.:]$/s);
  expect(JSON.stringify(property)).not.toContain("pulumi.json#/Any");
});

test("the package has the name that the type tokens begin with", () => {
  expect(manifest.name).toBe("postfix-relay");
});
