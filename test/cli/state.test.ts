import { expect, test } from "vitest";
import { Refusal } from "../../src/cli/refusal.ts";
import { relaysIn } from "../../src/cli/state.ts";
import { HOST_KEY } from "../support/args.ts";
import { PRIVATE_KEY } from "../support/keys.ts";
import { sealed, stateWith } from "../support/state.ts";

const login = { host: "web-1.example.com", port: 2222, user: "deploy", hostKey: HOST_KEY };
const args = {
  connection: { ...login, privateKey: sealed(PRIVATE_KEY) },
  domain: "example.com",
  credentials: { username: "user", password: sealed("secret word") },
};

test.each([
  ["alone", ""],
  ["in a fleet", "postfix-relay:index:RelayFleet$"],
  ["in a component of the program", "my:index:Web$"],
])("a Relay %s: its owner, its arguments, and how to log in", (_, below) => {
  const state = stateWith("prod", "mail", [{ name: "web-1", below, args: { ...args, connection: login } }]);
  expect(relaysIn(state)).toEqual([
    {
      name: "web-1",
      owners: ["mail/prod/web-1", "mail/prod/web-1"],
      args: { ...args, connection: login, credentials: { username: "user", password: "secret word" } },
      login,
    },
  ]);
});

test("secrets inside of secrets, and a bastion", () => {
  const connection = { ...args.connection, proxy: { ...login, host: "jump", privateKeyPassword: sealed("x") } };
  const [relay] = relaysIn(stateWith("prod", "mail", [{ name: "web-1", args: { connection } }]));
  expect(relay?.login).toEqual({
    ...login,
    privateKey: PRIVATE_KEY,
    proxy: { ...login, host: "jump", privateKeyPassword: "x" },
  });
});

test("defaults of a program that gives no port and no user", () => {
  const connection = { host: "web-1.example.com", hostKey: HOST_KEY };
  const [relay] = relaysIn(stateWith("prod", "mail", [{ name: "web-1", args: { connection } }]));
  expect(relay?.login).toEqual({ ...connection, port: 22, user: "root" });
});

test("earlier owners, one with a quotation mark", () => {
  const formerly = ["old/prod/web-1", "old/it's/www"];
  const [relay] = relaysIn(stateWith("prod", "mail", [{ name: "web-1", args, formerly }]));
  expect(relay?.owners.slice(2)).toEqual(formerly);
});

test("a Relay whose first step was never done has no login", () => {
  const [relay] = relaysIn(stateWith("prod", "mail", [{ name: "web-1", args, begun: false }]));
  expect(relay).toMatchObject({ name: "web-1", login: undefined });
});

test("what is to be deleted, and what is no Relay, does not count", () => {
  const state = JSON.parse(stateWith("prod", "mail", [{ name: "web-1", args }]));
  for (const resource of state.deployment.resources) resource.delete = true;
  state.deployment.resources.push({ urn: "urn:pulumi:prod::mail::aws:s3:Bucket::b", type: "aws:s3:Bucket" });
  expect(relaysIn(JSON.stringify(state))).toEqual([]);
});

test.each(["{}", '{"deployment":{}}', '{"deployment":{"resources":[{"type":1}]}}', '{"version":3,"deployment":null}'])(
  "a state without resources: %s",
  (text) => expect(relaysIn(text)).toEqual([]),
);

test("what is no JSON, and a secret that is none, are not shown", () => {
  expect(() => relaysIn('{"a": "poison')).toThrow(/^(?!.*poison)/s);
  const state = stateWith("prod", "mail", [{ name: "web-1", args }]).replace(
    /"plaintext":"[^}]*secret word[^}]*"/,
    '"plaintext":"poison"',
  );
  expect(state).toContain("poison");
  expect(() => relaysIn(state)).toThrow(Refusal);
  expect(() => relaysIn(state)).toThrow(/^(?!.*poison)/s);
});
