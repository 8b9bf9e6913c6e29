import { expect, test } from "vitest";
import { changesOf } from "../../src/cli/changes.ts";
import type { RelayInState } from "../../src/cli/state.ts";
import { SEALED } from "../../src/stack/file.ts";
import type { Tree } from "../../src/stack/tree.ts";
import { HOST_KEY } from "../support/args.ts";
import { PRIVATE_KEY } from "../support/keys.ts";

const applied = {
  connection: { host: "web-1.example.com", hostKey: HOST_KEY, privateKey: PRIVATE_KEY },
  domain: "example.com",
  relayHost: { host: "smtp.example.net" },
  credentials: { username: "user", password: "poison word" },
  testDelivery: { to: "ops@example.org" },
};
const inFile = {
  ...applied,
  connection: { ...applied.connection, privateKey: SEALED },
  credentials: { username: "user", password: SEALED },
};
const state = (args: Tree = applied) => ({ name: "web-1", args }) as unknown as RelayInState;
const changes = (args: Tree, before = state()) => changesOf({ name: "web-1", args }, before);

test.each<[what: string, args: Tree]>([
  ["the same", inFile],
  ["another order", Object.fromEntries(Object.entries(inFile).reverse())],
  [
    "a default that is written down",
    { ...inFile, relayHost: { host: "smtp.example.net", port: 587 }, mxCheck: "warn" },
  ],
  ["all of an object is a secret", { ...inFile, credentials: SEALED }],
])("nothing has changed: %s", (_, args) => expect(changes(args)).toEqual({ paths: [], problems: [] }));

test.each<[paths: string[], args: Tree]>([
  [["domain"], { ...inFile, domain: "example.org" }],
  [
    ["relayHost.port", "rootAlias"],
    { ...inFile, relayHost: { host: "smtp.example.net", port: 465 }, rootAlias: "a@b.org" },
  ],
  [["credentials.username"], { ...inFile, credentials: { username: "other", password: SEALED } }],
  [["connection.host"], { ...inFile, connection: { ...inFile.connection, host: "web-9.example.com" } }],
  [["stripHeaders"], { ...inFile, stripHeaders: ["X-Mailer"] }],
  [["accounts"], { ...inFile, accounts: SEALED }],
  [["connection.privateKeyPassword"], { ...inFile, connection: { ...inFile.connection, privateKeyPassword: SEALED } }],
])("changed: %s", (paths, args) => expect(changes(args)).toEqual({ paths, problems: [] }));

test("an argument that is no longer there", () => {
  expect(changes(inFile, state({ ...applied, rootAlias: "a@example.org" })).paths).toEqual(["rootAlias"]);
});

test("arguments of another version in the state", () => {
  expect(changes(inFile, state({ ...applied, ofLater: 1 })).paths).toEqual(["ofLater"]);
});

test("a mistake in the file, without a secret", () => {
  const { paths, problems } = changes({ ...inFile, domain: "x y" });
  expect(paths).toEqual([]);
  expect(problems).toEqual([{ path: ["domain"], reason: expect.stringContaining('got "x y"') }]);
});
