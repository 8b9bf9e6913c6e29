// The parts of the stand-ins that need no engine: texts, differences, checks. The contract as a whole is tested beside
// this folder, in command-provider.test.ts, connection.test.ts and language-host.test.ts.
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { describe, expect, test } from "vitest";
import { must } from "../../shell.ts";
import { checkInputs } from "./check.ts";
import { differences } from "./diff.ts";
import { dialError, exitText, quoted } from "./go-text.ts";
import { readableKey } from "./keys.ts";
import { dependencies, requiredPackages } from "./node-packages.ts";
import type { Properties, Wire } from "./wire.ts";
import { isSecret, plain, secret, UNKNOWN } from "./wire.ts";

test.each([
  ["plain text", '"plain text"'],
  ['a "b" \\ c', '"a \\"b\\" \\\\ c"'],
  ["line\nnext\ttab\r\x07\x00\x7f", '"line\\nnext\\ttab\\r\\a\\x00\\x7f"'],
  ["é 日本 \u{1f600}", '"é 日本 \u{1f600}"'],
  ["\u00a0\u200b\u{e0001}", '"\\u00a0\\u200b\\U000e0001"'],
])("quotes %j as Go does", (text, expected) => {
  expect(quoted(text)).toBe(expected);
});

test("says how a command ended", () => {
  expect(exitText(7)).toBe("Process exited with status 7");
  expect(exitText(null, "SIGKILL")).toBe("Process exited with status 137 from signal KILL");
  expect(exitText(null, "SIGTERM", "asked to")).toBe(
    "Process exited with status 143 from signal TERM. Reason was: asked to",
  );
});

test.each([
  [{ code: "ENOTFOUND", message: "x" }, "dial tcp: lookup host.invalid: no such host"],
  [{ code: "ECONNREFUSED", address: "::1", port: 9, message: "x" }, "dial tcp [::1]:9: connect: connection refused"],
  [
    { errors: [{ code: "EHOSTUNREACH", address: "10.0.0.1", port: 22 }], message: "" },
    "dial tcp 10.0.0.1:22: connect: no route to host",
  ],
])("says why a dial failed: %j", (error, expected) => {
  expect(dialError("tcp", "host.invalid:22", error).message).toBe(expected);
});

const differenceRows: [string, Properties, Properties, Record<string, string>][] = [
  ["nothing", { a: 1, b: { c: [1, { d: null }] } }, { b: { c: [1, {}] }, a: 1 }, {}],
  ["added, deleted, updated", { a: 1, b: 2 }, { b: 3, c: 4 }, { a: "delete", b: "update", c: "add" }],
  [
    "deep",
    { a: { b: [1, 2], "x-y": 1 } },
    { a: { b: [1, 3, 4], "x-y": 2 } },
    { "a.b[1]": "update", "a.b[2]": "add", 'a["x-y"]': "update" },
  ],
  ["whole array", {}, { triggers: [1] }, { triggers: "add" }],
  ["a secret is one place", { s: secret({ k: 1 }) }, { s: secret({ k: 2 }) }, { s: "update" }],
  ["an equal secret", { s: secret({ k: 1, l: 2 }) }, { s: secret({ l: 2, k: 1 }) }, {}],
  ["secretness alone", { s: "x" }, { s: secret("x") }, { s: "update" }],
  ["no longer known", { s: "x" }, { s: UNKNOWN }, { s: "update" }],
];
test.each(differenceRows)("difference: %s", (_name, olds, news, expected) => {
  expect(Object.fromEntries(differences(olds, news))).toEqual(expected);
});

describe("private keys", () => {
  const pem = (type: "ed25519" | "rsa" | "ec") => {
    const options = { modulusLength: 2048, namedCurve: "P-256" };
    // biome-ignore lint/suspicious/noExplicitAny: the overloads want one literal each
    const { privateKey, publicKey } = generateKeyPairSync(type as any, options) as any;
    return { privateKey: privateKey.export({ type: "pkcs8", format: "pem" }), publicKey };
  };

  test.each(["ed25519", "rsa", "ec"] as const)("of PKCS #8 are made readable: %s", async (type) => {
    const folder = mkdtempSync(join(tmpdir(), "lab-key-"));
    try {
      const { privateKey, publicKey } = pem(type);
      writeFileSync(join(folder, "key"), readableKey(privateKey, undefined), { mode: 0o600 });
      // OpenSSH reads the same pair from it.
      const line = await must("ssh-keygen", ["-y", "-f", join(folder, "key")]);
      const parsed = ssh2.utils.parseKey(line);
      if (parsed instanceof Error) throw parsed;
      expect(createPublicKey(parsed.getPublicPEM()).equals(publicKey)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ["nonsense", undefined, "ssh: no key found"],
    [pem("ec").privateKey, "sesame", "ssh: not an encrypted key"],
    ["-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n", undefined, 'unsupported key type "ENCRYPTED PRIVATE KEY"'],
  ])("are refused in the real provider's words: %#", (text, password, reason) => {
    expect(() => readableKey(text, password)).toThrow(reason);
  });
});

const host: Wire = { host: "h" };
const checkRows: [string, Properties, string[]][] = [
  ["the least", { connection: host }, []],
  ["not known yet", { connection: UNKNOWN, stdin: UNKNOWN, environment: { A: UNKNOWN } }, []],
  ["known in part", { connection: { host: UNKNOWN, privateKey: secret(UNKNOWN) } }, []],
  ["no connection", { create: "x" }, ["connection"]],
  ["no host", { connection: secret({ user: "u" }) }, ["connection.host"]],
  [
    "unknown keys",
    { connection: { host: "h", hostkey: "k", proxy: { host: "p", x: 1 } }, y: 1 },
    ["connection.hostkey", "connection.proxy.x", "y"],
  ],
  [
    "wrong types",
    { connection: { host: 1, port: "22" }, stdin: 5, environment: { A: 1 }, triggers: "t" },
    ["connection.host", "connection.port", "environment", "stdin", "triggers"],
  ],
  [
    "a limit that is no whole number",
    { connection: { host: "h", dialErrorLimit: 1.5 } },
    ["connection.dialErrorLimit"],
  ],
];
test.each(checkRows)("check: %s", (_name, inputs, expected) => {
  const { failures } = checkInputs(inputs);
  expect(failures.map(({ property }) => property).sort()).toEqual(expected);
});

test("check fills in defaults, also of the proxy, and makes the connection secret", () => {
  const { inputs } = checkInputs({
    connection: { host: "h", password: "p", proxy: { host: "b", port: 2 } },
    stdin: "s",
  });
  const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
  expect(isSecret(inputs.connection)).toBe(true);
  expect(plain(inputs as Wire)).toEqual({
    connection: { ...defaults, host: "h", password: "p", proxy: { ...defaults, host: "b", port: 2 } },
    stdin: "s",
  });
  expect(inputs.stdin).toBe("s");
});

test("finds the plugins of packages below the program, and the versions of those above it too", () => {
  const root = mkdtempSync(join(tmpdir(), "lab-packages-"));
  const add = (folder: string, manifest: object) => {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, "package.json"), JSON.stringify(manifest));
  };
  add(".", { dependencies: { "@pulumi/one": "*", plain: "*", absent: "*" } });
  add("node_modules/@pulumi/one", { name: "@pulumi/one", version: "1.2.3", pulumi: { resource: true } });
  add("node_modules/plain", { name: "plain", version: "4.0.0" });
  add("node_modules/plain/node_modules/@me/two", {
    name: "@me/two",
    version: "v2.0.0",
    pulumi: { resource: true, name: "second", server: "https://example.test" },
  });
  mkdirSync(join(root, "program"));
  try {
    expect(requiredPackages(join(root, "program"))).toEqual([]);
    expect(requiredPackages(root)).toEqual([
      { name: "one", version: "v1.2.3", server: "" },
      { name: "second", version: "v2.0.0", server: "https://example.test" },
    ]);
    expect(dependencies(join(root, "program")).map(({ name, version }) => `${name} ${version}`)).toEqual([
      "@pulumi/one 1.2.3",
      "plain 4.0.0",
    ]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
