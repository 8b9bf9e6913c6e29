// Every argument that the schema calls secret, given in every way, is a secret in the state; what stands beside it is
// not.

import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { InvalidArgs, Relay, type RelayArgs } from "../../src/index.ts";
import type { Path } from "../../src/settings/problems.ts";
import { relay } from "../../src/settings/schema.ts";
import { below, holdsSecret, isSecret } from "../../src/settings/secrets.ts";
import { HOST_KEY, relayArgs } from "../support/args.ts";
import { ENCRYPTED_KEYS, PRIVATE_KEY } from "../support/keys.ts";
import { readable, registered, secretValue } from "../support/mocks.ts";

type Tree = Record<string, unknown>;

const MARK = 'poison "Kx7" \\$& 秘密é $HOME';
const KEY = ENCRYPTED_KEYS.openssh;
const OTHER = "smtp.example.org";
const proxy = { host: "bastion.example.com", hostKey: HOST_KEY, privateKey: KEY, privateKeyPassword: "x" };

const mailbox = { host: "imap.example.org", user: "mailbox user", password: "x" };

/** Arguments that have every secret. */
const complete = (): Tree => ({
  ...relayArgs({ fallback: [{ host: OTHER }] }),
  connection: { ...proxy, host: "203.0.113.10", user: "deploy", proxy },
  accounts: { [OTHER]: { username: "other user", password: "x4Rq" } },
  testDelivery: { to: "ops@example.org", inbox: mailbox, bounces: mailbox },
});

/** The paths of all secrets in the schema; the keys of a map are those of `complete`. */
function secretLeaves(schema: z.ZodType = relay, value: unknown = complete(), path: string[] = []): string[][] {
  if (isSecret(schema)) return [path];
  if (!holdsSecret(schema) || typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) =>
    secretLeaves(below(schema, key) as z.ZodType, entry, [...path, key]),
  );
}

const leaves = secretLeaves();

/** A value with a change at the end of a path. */
const changedAt = (value: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown =>
  key === undefined ? change(value) : { ...(value as Tree), [key]: changedAt((value as Tree)[key], rest, change) };

const poisoned = (path: string[]) =>
  changedAt(complete(), path, () => (path.at(-1) === "privateKey" ? KEY.replace("b3Bl", () => MARK) : MARK)) as Tree;

type Wrap = (value: unknown) => unknown;
const ways: [how: string, wrap: Wrap, level: (path: string[]) => string[]][] = [
  ["plain", (value) => value, (path) => path],
  ["as an Output", pulumi.output, (path) => path],
  ["as a secret Output", pulumi.secret, (path) => path],
  ["as a Promise", (value) => Promise.resolve(value), (path) => path],
  ["in an Output of the object around it", pulumi.output, (path) => path.slice(0, -1)],
  ["in a Promise of the object around it", (value) => Promise.resolve(value), (path) => path.slice(0, -1)],
  ["in an Output of the whole map", pulumi.output, (path) => path.slice(0, 1)],
  ["in a secret Output of the whole map", pulumi.secret, (path) => path.slice(0, 1)],
  ["in a Promise of the whole map", (value) => Promise.resolve(value), (path) => path.slice(0, 1)],
];

const rows = leaves.flatMap((path) => ways.map((way) => [path.join("."), path, ...way] as const));

const build = (args: Tree) => registered(() => new Relay("web-1", args as unknown as RelayArgs));

test("the schema has these secrets", () => {
  expect(leaves.map((path) => path.join(".")).toSorted()).toEqual([
    `accounts.${OTHER}.password`,
    "connection.privateKey",
    "connection.privateKeyPassword",
    "connection.proxy.privateKey",
    "connection.proxy.privateKeyPassword",
    "credentials.password",
    "testDelivery.bounces.password",
    "testDelivery.inbox.password",
  ]);
});

describe.each(rows)("%s", (_, path, how, wrap, level) => {
  test(`${how}: is a secret everywhere in the state`, async () => {
    const all = await build(changedAt(poisoned(path), level(path), wrap) as Tree);
    expect(all).toHaveLength(7);
    expect(JSON.stringify(all).includes(JSON.stringify(MARK).slice(1, -1))).toBe(true);
    expect(readable(MARK, all)).toEqual([]);
  });

  test(`${how}: what stands beside it is public`, async () => {
    const [component, packages, mainCf] = await build(changedAt(poisoned(path), level(path), wrap) as Tree);
    expect(packages?.inputs.create).toBe("sh -s install");
    expect(mainCf?.inputs.create).toBe("sudo -n /usr/local/sbin/postrelay stage main-cf");
    expect(mainCf?.inputs.stdin).toContain("relayhost = [example.sakura.ne.jp]:587");
    // What the user has made secret as a whole stays so; its parts are public in what is made from them.
    if (wrap === pulumi.secret) return;
    for (const text of ["203.0.113.10", "sample_user@", "other user", "ops@example.org", "bastion.example.com"])
      expect(readable(text, component?.inputs).length, text).toBe(1);
  });
});

test("what was planted where everybody can read it is found", async () => {
  const all = await build({ ...poisoned(["credentials", "password"]), rootAlias: "poison@example.org" });
  expect(readable("poison@", all)).toContain(".0.inputs.rootAlias");
  const open = { inputs: { stdin: `user:${MARK}` }, sealed: pulumi.secret(MARK) };
  expect(readable(MARK, [open])).toEqual([".0.inputs.stdin"]);
});

test("how to prove a change is public on the Relay, whatever its children keep secret", async () => {
  const testDelivery = { to: "ops@example.org", timeoutSeconds: 30 };
  const inbox = { ...mailbox, required: true };
  const [component, ...children] = await build({
    ...complete(),
    rotation: "cutover",
    testDelivery: { ...testDelivery, inbox },
  });
  const { password: _, ...open } = inbox;
  expect(component?.inputs).toMatchObject({ rotation: "cutover", testDelivery: { ...testDelivery, inbox: open } });
  expect(children.map(({ inputs }) => secretValue(inputs.stdin) !== undefined)).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
  ]);
});

describe("errors", () => {
  /** What the user sees, and where the engine would look for a value to print. */
  function refused(args: Tree): { message: string; paths: string[] } {
    try {
      new Relay("web-1", args as unknown as RelayArgs);
    } catch (error) {
      if (!(error instanceof InvalidArgs)) throw error;
      return { message: error.message, paths: error.errors.map(({ propertyPath }) => propertyPath) };
    }
    throw new Error("nothing was refused");
  }

  const mistakes = leaves.flatMap(
    (path) =>
      [
        [path, `${MARK}\u0000`],
        [path.slice(0, -1), MARK],
        [path.slice(0, 1), MARK],
        [[...path.slice(0, -1), "pasword"], MARK],
      ] as [path: string[], value: string][],
  );

  test.each(mistakes)(
    "%j = %j: the value is neither in the text nor at a path that the engine prints",
    (path, value) => {
      const { message, paths } = refused(changedAt(complete(), path, () => value) as Tree);
      expect(message).not.toContain("poison");
      expect(paths.filter((path) => !path.endsWith(" (value not shown)"))).toEqual([]);
    },
  );

  test("a public value is at its path, so that the engine can print it", () => {
    expect(refused({ ...complete(), domain: "example" }).paths).toEqual(["domain"]);
    expect(refused(changedAt(complete(), ["accounts", OTHER, "username"], () => "a:b") as Tree).paths).toEqual([
      `accounts["${OTHER}"].username`,
    ]);
  });

  test("a private key in the wrong place is not shown", () => {
    const key = PRIVATE_KEY.replace("OPENSSH ", "");
    for (const path of [["connection", "hostKey"], ["domain"], ["caCertificate"]])
      expect(refused(changedAt(complete(), path, () => key) as Tree).message).not.toContain("BEGIN");
  });
});
