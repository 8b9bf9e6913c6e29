// What `credentials.oauth2` refuses by itself, and what it takes. No reason shows a secret.

import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { pathText } from "../../src/settings/problems.ts";
import { changed, problemsOf } from "../support/args.ts";
import { CA } from "../support/keys.ts";
import { PUBLIC_KEY, SIGNING_KEY } from "../support/signing.ts";

const app = { clientId: "some-app", clientSecret: "poison-secret", tokenEndpoint: "https://login.example.net/token" };
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
const encrypted = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  ...{ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" },
});

const problems = (oauth2: unknown, more = {}) =>
  problemsOf("web-1", changed({ "credentials.password": undefined, "credentials.oauth2": oauth2, ...more }));

/** Of a secret, only its own kind is given. */
const alone = (key: string) => (key === "clientSecret" || !/Token$|Key$/.test(key) ? {} : { clientSecret: undefined });

test.each<[key: string, value: unknown, reason: string]>([
  ["tokenEndpoint", "http://login.example.net/token", "is not encrypted"],
  ["tokenEndpoint", "login.example.net/token", "is not an address with https://"],
  ["tokenEndpoint", "https://login.example.net/to ken", "is not an address with https://"],
  ["tokenEndpoint", "https://user:poison@login.example.net/token", "has a user name in it"],
  ["tokenEndpoint", 'https://login.example.net/"', "has a quote or a backslash"],
  ["tokenEndpoint", "https://login.example.net/TENANT-ID/token", "is to be filled in"],
  ["tokenEndpoint", "https://login.example.net/{tenant}/token", "is to be filled in"],
  ["tokenEndpoint", `https://login.example.net/${"a".repeat(1000)}`, "longer than 1024"],
  ["tokenEndpoint", 42, "got the number 42"],
  ["clientId", "", "is empty"],
  ["clientId", "some app", "contains a space"],
  ["clientId", "a".repeat(321), "longer than 320"],
  ["clientId", undefined, "missing"],
  ["scope", " one", "begins or ends with a space"],
  ["scope", "söme", "is not ASCII"],
  ["scope", "a".repeat(1025), "longer than 1024"],
  ["clientSecret", "poison", "shorter than 8"],
  ["clientSecret", " poison-secret", "begins or ends with a space"],
  ["clientSecret", `poison${"a".repeat(1024)}`, "longer than 1024"],
  ["clientSecret", "poison\nsecret", "contains a line break"],
  ["refreshToken", "poison token", "has a space"],
  ["refreshToken", "poisön-token", "is not ASCII"],
  ["refreshToken", "poison", "shorter than 8"],
  ["refreshToken", `poison${"a".repeat(8192)}`, "longer than 8192"],
  ["privateKey", '{ "private_key": "poison" }', "take `private_key` out of it"],
  ["privateKey", CA, "is not the private part"],
  ["privateKey", PUBLIC_KEY, "is not the private part"],
  ["privateKey", encrypted, "needs a passphrase"],
  ["privateKey", ec, "is no such key, or damaged"],
  ["privateKey", SIGNING_KEY.replace(/[A-Za-z]{8}\n/, "poison\n"), "is no such key, or damaged"],
  ["mechanism", "PLAIN", "XOAUTH2"],
  ["certificat", CA, "did you mean"],
])("%s = %j: %s", (key, value, reason) => {
  const found = problems({ ...app, ...alone(key), [key]: value });
  expect(found.map(({ path }) => pathText(path))).toEqual([`credentials.oauth2.${key}`]);
  expect(found[0]?.reason).toContain(reason);
  expect(JSON.stringify(found)).not.toMatch(/poison|PRIVATE KEY-----\\n/);
});

test.each<[reason: string, certificate: string]>([
  ["contains a private key", CA + SIGNING_KEY],
  ["is not one certificate", CA + CA],
  ["is not one certificate", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"],
])("certificate: %s", (reason, certificate) => {
  const found = problems({ ...app, clientSecret: undefined, privateKey: SIGNING_KEY, certificate });
  expect(found.map(({ path }) => pathText(path))).toEqual(["credentials.oauth2.certificate"]);
  expect(found[0]?.reason).toContain(reason);
  expect(JSON.stringify(found)).not.toContain("PRIVATE KEY-----\\n");
});

test.each<[what: string, oauth2: object]>([
  ["a secret of eight characters", { clientSecret: "poison-1" }],
  ["a secret with signs of a shell", { clientSecret: '~$`"\\ %41 秘' }],
  ["two scopes", { scope: "one two" }],
  ["a long refresh token", { clientSecret: undefined, refreshToken: "a".repeat(8192) }],
  ["a query in the address", { tokenEndpoint: "https://login.example.net:8443/token?a=b" }],
  ["another mechanism", { mechanism: "OAUTHBEARER" }],
  ["a key", { clientSecret: undefined, privateKey: SIGNING_KEY }],
  ["a key with a certificate", { clientSecret: undefined, privateKey: SIGNING_KEY, certificate: CA }],
])("%s is taken", (_, more) => {
  expect(problems({ ...app, ...more })).toEqual([]);
});

test("a URL with a password in it is not shown, wherever it stands", () => {
  const url = "https://user:poison@example.com/";
  const found = problemsOf(
    "web-1",
    changed({ domain: url, "relayHost.host": url, "connection.host": url, sender: url, "testDelivery.to": url }),
  );
  expect(found.length).toBeGreaterThan(3);
  expect(JSON.stringify(found)).not.toContain("poison");
});

test("all problems at once", () => {
  const found = problems({ ...app, clientSecret: "poison", tokenEndpoint: "http://x", scope: "ö", colour: "red" });
  expect(found.map(({ path }) => pathText(path)).toSorted()).toEqual(
    ["clientSecret", "colour", "scope", "tokenEndpoint"].map((key) => `credentials.oauth2.${key}`),
  );
});
