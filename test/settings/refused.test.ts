// Every wrong value by itself: one problem, at the right path, with the right reason.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathText } from "../../src/settings/problems.ts";
import { changed, HOST_KEY, problemsOf } from "../support/args.ts";
import { ENCRYPTED_KEYS, PRIVATE_KEY } from "../support/keys.ts";
import { connection } from "./refused/connection.ts";
import { host } from "./refused/host.ts";
import { mail } from "./refused/mail.ts";

const rows = { ...connection, ...mail, ...host };
const cases = Object.values(rows).flat();

const proxy = { host: "bastion.example.com", hostKey: HOST_KEY };

const problemsWith = (path: string, value: unknown) =>
  problemsOf(
    "web-1",
    changed({ ...(path.startsWith("connection.proxy.") && { "connection.proxy": proxy }), [path]: value }),
  );

describe.each(Object.entries(rows))("%s", (_, rows) => {
  test.each(rows)("%s = %j: %s", (path, value, reason) => {
    const [problem, ...more] = problemsWith(path, value);
    expect(more).toEqual([]);
    const found = pathText(problem?.path ?? []);
    // A value may stand in a list or under a key of the user's own.
    expect([found === path || /^[.[]/.test(found.slice(path.length)), found.slice(0, path.length)]).toEqual([
      true,
      path,
    ]);
    expect(problem?.reason).toContain(reason);
  });
});

test.each(["openssh", "pem"] as const)(
  "an encrypted key (%s) needs its passphrase, and with it is none of our business",
  (form) => {
    const login = { host: "203.0.113.10", hostKey: HOST_KEY, privateKey: ENCRYPTED_KEYS[form] };
    expect(problemsWith("connection", login).map(({ path, reason }) => [pathText(path), reason])).toEqual([
      ["connection.privateKeyPassword", "missing; `privateKey` is encrypted: give its passphrase"],
    ]);
    expect(problemsWith("connection", { ...login, privateKeyPassword: "x" })).toEqual([]);
  },
);

const OPEN_KEYS = {
  openssh: PRIVATE_KEY,
  pem: PRIVATE_KEY.replaceAll("OPENSSH", "RSA"),
  pkcs8: PRIVATE_KEY.replaceAll("OPENSSH ", ""),
};

test.each(Object.keys(OPEN_KEYS) as (keyof typeof OPEN_KEYS)[])(
  "a key without a passphrase (%s) may not be given one, that of a bastion neither",
  (form) => {
    const key = { privateKey: OPEN_KEYS[form], privateKeyPassword: "x" };
    const login = { host: "203.0.113.10", hostKey: HOST_KEY, ...key };
    const problems = problemsWith("connection", { ...login, proxy: login });
    expect(problems.map(({ path }) => pathText(path))).toEqual([
      "connection.privateKeyPassword",
      "connection.proxy.privateKeyPassword",
    ]);
    for (const { reason } of problems) expect(reason).toBe("given, but `privateKey` has no passphrase; leave it out");
  },
);

test("never shows a secret", () => {
  const secrets = cases.filter(([path, value]) => /password|privateKey/i.test(path) && value);
  const reasons = secrets.flatMap(([path, value]) => problemsWith(path, value));
  expect(reasons.length).toBeGreaterThan(15);
  expect(JSON.stringify(reasons)).not.toMatch(/sec\0?ret|5318008|b3BlbnNz|evil/);
});

test("is one line for each problem, in lower case", () => {
  const reasons = cases.flatMap(([path, value]) => problemsWith(path, value));
  expect(reasons.map(({ reason }) => reason).filter((reason) => !/^[a-z].{10,}$/.test(reason))).toEqual([]);
});

test.each([
  ["web\n1", ["name", "hostname"]],
  ["web_1", ["hostname"]],
  ["", ["name", "hostname"]],
])("a Relay named %j", (name, paths) => {
  expect(problemsOf(name, changed({})).map(({ path }) => pathText(path))).toEqual(paths);
});

test("reports all problems at once", () => {
  const args = changed({ domain: "example", "connection.hostKey": undefined, "credentials.password": "", x: 1 });
  expect(problemsOf("web-1", args).map(({ path }) => pathText(path))).toEqual([
    "connection.hostKey",
    "credentials.password",
    "domain",
    "x",
  ]);
});

test("takes anything without breaking", () => {
  const anything = fc.dictionary(fc.constantFrom(...Object.keys(changed({})), "x", "__proto__"), fc.anything());
  fc.assert(fc.property(fc.string(), anything, (name, args) => problemsOf(name, args).length > 0));
});
