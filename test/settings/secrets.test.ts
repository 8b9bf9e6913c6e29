// What the schema says about secrets, also about ones that stand deeper than any argument does today.

import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { markSecrets, publicPart } from "../../src/component/outputs.ts";
import { listOf, mapOf, object, secretText, text } from "../../src/settings/fields/kinds.ts";
import { publicArgs, relay } from "../../src/settings/schema.ts";
import { holdsSecret, isPublic, secretPaths, withoutSecrets } from "../../src/settings/secrets.ts";

const word = text({ allowed: "give a word" });
const login = object({ user: word, password: secretText({ allowed: "give a password" }) });
const nested = object({
  domain: word,
  test: object({ to: word, inbox: login.optional() }).default({ to: "ops" }),
  lists: listOf(login, "needs logins").optional(),
  maps: mapOf(word, login, "needs logins").optional(),
});

const value = {
  domain: "example.com",
  test: { to: "ops", inbox: { user: "u1", password: "p1" } },
  lists: [{ user: "u2", password: "p2" }],
  maps: { "a.b": { user: "u3", password: "p3" } },
};
const open = {
  domain: "example.com",
  test: { to: "ops", inbox: { user: "u1" } },
  lists: [{ user: "u2" }],
  maps: { "a.b": { user: "u3" } },
};

test("secrets are found through lists, maps, optional objects and defaults", () => {
  expect(secretPaths(nested, value)).toEqual([
    ["test", "inbox", "password"],
    ["lists", 0, "password"],
    ["maps", "a.b", "password"],
  ]);
  expect([holdsSecret(nested), holdsSecret(word), holdsSecret(z.array(word))]).toEqual([true, false, false]);
});

test.each<[path: (string | number)[], expected: boolean]>([
  [["domain"], true],
  [["test", "to"], true],
  [["test"], false],
  [["test", "inbox", "user"], true],
  [["test", "inbox", "password"], false],
  [["lists", 0, "user"], true],
  [["maps", "x", "password"], false],
  [["pasword"], false],
  [["test", "inbox", "pasword"], false],
  [["domain", "x"], false],
  [[], false],
])("%j may be shown: %s", (path, expected) => {
  expect(isPublic(nested, path)).toBe(expected);
});

test("what holds a secret is not shown when it is of another type", () => {
  const reasons = ["test", "lists", "maps"].map(
    (key) => nested.safeParse({ domain: "x", [key]: "p4" }).error?.issues[0],
  );
  for (const reason of reasons) expect(reason?.message).toMatch(/^got a text; needs /);
});

/** The value of an Output, and whether it is a secret. */
const seen = async (output: unknown) => {
  const known = pulumi.output(output as pulumi.Input<object>);
  return [await new Promise((resolve) => known.apply(resolve)), await pulumi.isSecret(known)];
};

describe("a secret does not make what stands beside it one", () => {
  test.each<[how: string, value: unknown]>([
    ["plain", value],
    ["a secret in it", { ...value, test: { to: "ops", inbox: { user: "u1", password: pulumi.secret("p1") } } }],
    ["secret objects in it", { ...value, test: { to: "ops", inbox: pulumi.secret(value.test.inbox) } }],
    ["a secret as a whole", pulumi.secret(value)],
    ["a Promise of it", Promise.resolve(value)],
  ])("%s: the public part is public", async (_, value) => {
    expect(await seen(publicPart(value, nested))).toEqual([open, false]);
  });

  test("what the user has made secret although it holds none stays so", async () => {
    expect(await seen(publicPart({ ...open, domain: pulumi.secret("example.com") }, nested))).toEqual([open, true]);
    expect(publicPart(pulumi.secret("x"), word)).toBeInstanceOf(pulumi.Output);
    expect(await seen(publicPart(pulumi.secret("x"), word))).toEqual(["x", true]);
  });

  test("sealed, each secret is one, and the rest is as it was", async () => {
    const { domain, test } = markSecrets(value, nested);
    expect([domain, test.to, test.inbox.user]).toEqual(["example.com", "ops", "u1"]);
    expect(await seen(test.inbox.password)).toEqual(["p1", true]);
  });
});

test("without its secrets a value is what is public about it, and what is unknown stays", () => {
  expect(withoutSecrets(nested, value)).toEqual(open);
  expect(withoutSecrets(nested, { ...value, test: "p4", x: 1 })).toEqual({ ...open, test: "p4", x: 1 });
  expect(withoutSecrets(login, { user: "u", pasword: "p" })).toEqual({ user: "u", pasword: "p" });
});

test("no argument that shapes main.cf or another public file holds a secret", () => {
  expect(holdsSecret(publicArgs)).toBe(false);
  const others = Object.keys(relay.shape).filter((key) => !Object.hasOwn(publicArgs.shape, key));
  expect(others).toEqual(["connection", "credentials", "accounts"]);
});
