// Other languages see the component through the schema that Pulumi infers from the sources.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { IMAP } from "../../src/deliverability/inbox/mailbox.ts";
import { components, schemaText, typeDefinitions } from "../docs/schema.ts";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

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
      "Acceptance",
      "AccountArgs",
      "Arrival",
      "ConnectionArgs",
      "CredentialsArgs",
      "DeliverabilityArgs",
      "DeliverabilityMode",
      "Delivery",
      "Drift",
      "FleetHostArgs",
      "InboxArgs",
      "IpVersion",
      "LimitsArgs",
      "Listen",
      "MailboxArgs",
      "MonitoringArgs",
      "MxCheck",
      "OAuth2Args",
      "OAuth2Mechanism",
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

test("no name in the schema is a reserved word, or ends with what the generators append", () => {
  const names = Object.keys(JSON.parse(schemaText()).types).map((token) => token.split(":").at(-1));
  expect(names).toContain("Connection");
  expect(names.filter((name) => /Args$|^Provider$/.test(name ?? ""))).toEqual([]);
});

test("a list of hosts may hold Outputs", () => {
  const { hosts } = JSON.parse(schemaText()).resources["postfix-relay:index:RelayFleet"].inputProperties;
  expect(JSON.stringify(hosts)).not.toContain("plain");
});

test("the plugin brings the package of the same version, and what reads mailboxes, since nobody else can", () => {
  const plugin = JSON.parse(readFileSync(new URL("../../plugin/package.json", import.meta.url), "utf8"));
  const { imapflow } = manifest.peerDependencies;
  expect(plugin.dependencies).toEqual({ imapflow, "postfix-relay": manifest.version });
  expect(imapflow).toBe(IMAP.range);
});

test("what is secret is marked, and nothing else", () => {
  const { types, resources } = JSON.parse(schemaText());
  type Marked = Record<string, { secret?: boolean }>;
  const all = Object.entries<{ properties?: Marked; inputProperties?: Marked }>({ ...types, ...resources });
  const marked = all.flatMap(([type, { properties, inputProperties }]) =>
    Object.entries({ ...properties, ...inputProperties })
      .filter(([, { secret }]) => secret)
      .map(([name]) => `${type.replace("postfix-relay:index:", "")}.${name}`),
  );
  expect(marked.sort()).toEqual([
    "Account.password",
    "Connection.privateKey",
    "Connection.privateKeyPassword",
    "Credentials.password",
    "Inbox.password",
    "Mailbox.password",
    "OAuth2.clientSecret",
    "OAuth2.privateKey",
    "OAuth2.refreshToken",
    "Proxy.privateKey",
    "Proxy.privateKeyPassword",
  ]);
});
