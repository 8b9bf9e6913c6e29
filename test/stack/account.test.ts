import { expect, test } from "vitest";
import {
  type Configuration,
  elsewhere,
  hasAccount,
  isAccountPath,
  rendered,
  withAccount,
} from "../../src/stack/account.ts";
import { HOST_KEY } from "../support/args.ts";

const host = (name: string, more = {}) => ({
  name,
  connection: { host: `${name}.example.com`, hostKey: HOST_KEY },
  ...more,
});

/** A configuration as Pulumi gives it; what has a password in it is secret. */
function configuration(more: Record<string, unknown> = {}): Configuration {
  const tree = {
    domain: "example.com",
    relayHost: { host: "smtp.example.net" },
    credentials: { username: "user", password: "before-1" },
    testDelivery: { to: "ops@example.org" },
    hosts: [
      host("web"),
      host("db", { credentials: { username: "own", password: "before-2" } }),
      host("old", { gone: true }),
    ],
    ...more,
  };
  const entries = Object.entries(tree).map(([key, value]) => [
    `postfix-relay:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const secretKeys = entries.flatMap(([key = "", value = ""]) => (value.includes("password") ? [key] : []));
  return { config: Object.fromEntries(entries), secretKeys };
}

const files = (of: Configuration) => {
  const { files, problems } = rendered(of);
  expect(problems).toBeUndefined();
  return Object.fromEntries(files ?? []);
};

test("sasl_passwd of each host; one that is gone has none", () => {
  expect(files(configuration())).toEqual({
    web: "[smtp.example.net]:587 user:before-1\n",
    db: "[smtp.example.net]:587 own:before-2\n",
  });
  expect(rendered(configuration()).gone).toEqual(["old"]);
});

test.each<[path: (string | number)[], web: string, db: string]>([
  [["credentials"], "next:after", "own:before-2"],
  [["hosts", 1, "credentials"], "user:before-1", "next:after"],
  [["hosts", 0, "credentials"], "next:after", "own:before-2"],
])("other values at %j", (path, web, db) => {
  const next = withAccount(configuration(), path, { username: "next", secret: "after", name: "password" });
  expect(files(next)).toEqual({
    web: `[smtp.example.net]:587 ${web}\n`,
    db: `[smtp.example.net]:587 ${db}\n`,
  });
});

test("an account of another relay host; the user name stays", () => {
  const accounts = { "Other.example.net": { username: "shop", password: "before-3" } };
  const before = configuration({ fallback: [{ host: "other.example.net" }], accounts });
  const path = ["accounts", "Other.example.net"];
  expect(hasAccount(before, path)).toBe(true);
  expect(hasAccount(before, ["accounts", "other.example.net"])).toBe(false);
  expect(files(withAccount(before, path, { secret: "after", name: "password" })).web).toBe(
    "[smtp.example.net]:587 user:before-1\n[other.example.net]:587 shop:after\n",
  );
});

test("a key that has no password yet becomes secret", () => {
  const before = configuration({ credentials: { username: "user" } });
  expect(rendered(before).problems).toBeDefined();
  expect(files(withAccount(before, ["credentials"], { secret: "after", name: "password" })).web).toContain(
    "user:after",
  );
});

test("which paths have an account", () => {
  for (const path of [["credentials"], ["accounts", "a@b.example"], ["hosts", 0, "credentials"]])
    expect(isAccountPath(path), JSON.stringify(path)).toBe(true);
  for (const path of [["connection"], ["accounts"], ["hosts", 0], ["nothing"], ["testDelivery", "inbox"], []])
    expect(isAccountPath(path), JSON.stringify(path)).toBe(false);
  expect(hasAccount(configuration(), ["hosts", 7, "credentials"])).toBe(false);
  expect(hasAccount(configuration(), ["hosts", 0, "credentials"])).toBe(true);
});

test("where the same password stands, too", () => {
  const same = { credentials: { username: "own", password: "before-1" } };
  const before = configuration({ hosts: [host("web"), host("db", same)] });
  expect(elsewhere(before, ["credentials"], "password")).toEqual([["hosts", 1, "credentials", "password"]]);
  // The mailbox that reports of undelivered mail arrive in is often that of the account.
  const bounces = { host: "imap.example.net", user: "user", password: "before-1" };
  const mailbox = configuration({ testDelivery: { to: "ops@example.org", bounces } });
  expect(elsewhere(mailbox, ["credentials"], "password")).toEqual([["testDelivery", "bounces", "password"]]);
  expect(elsewhere(configuration(), ["credentials"], "password")).toEqual([]);
  expect(elsewhere(configuration({ credentials: { username: "user" } }), ["credentials"], "password")).toEqual([]);
});

test("what is wrong is said without a password", () => {
  const { problems = [] } = rendered(
    withAccount(configuration(), ["credentials"], { secret: "poison ", name: "password" }),
  );
  expect(problems.length).toBeGreaterThan(0);
  expect(JSON.stringify(problems)).not.toContain("poison");
});
