import { describe, expect, test } from "vitest";
import { hostsInFile, SEALED } from "../../src/stack/file.ts";

const file = (...lines: string[]) => ["encryptionsalt: v1:x", "config:", ...lines].join("\n");

test("hosts with what counts for all of them, and secrets that stay closed", () => {
  const text = file(
    "  aws:region: eu-central-1",
    "  postfix-relay:domain: example.com",
    "  postfix-relay:relayHost: { host: smtp.example.net, port: 587 }",
    "  postfix-relay:credentials:",
    "    username: user",
    "    password: { secure: v1:abc }",
    "  postfix-relay:hosts:",
    "    - name: web-1",
    "      connection: { host: 203.0.113.10 }",
    "    - { name: web-2, relayHost: { port: 2525 }, gone: true }",
  );
  const common = { domain: "example.com", credentials: { username: "user", password: SEALED } };
  expect(hostsInFile(text).hosts).toEqual([
    {
      name: "web-1",
      args: { ...common, relayHost: { host: "smtp.example.net", port: 587 }, connection: { host: "203.0.113.10" } },
    },
    { name: "web-2", args: { ...common, relayHost: { host: "smtp.example.net", port: 2525 }, gone: true } },
  ]);
});

test("a whole key that is a secret, and JSON in a text, as `pulumi config set` writes it", () => {
  const text = file(
    "  postfix-relay:credentials: { secure: v1:abc }",
    `  postfix-relay:hosts: '[{"name":"web-1"}]'`,
    '  postfix-relay:mxCheck: "off"',
  );
  expect(hostsInFile(text).hosts).toEqual([{ name: "web-1", args: { credentials: SEALED, mxCheck: "off" } }]);
});

describe("no hosts", () => {
  test.each([
    ["an empty file", ""],
    ["no configuration", "encryptionsalt: v1:x"],
    ["that of another program", file("  mail:domain: example.com")],
    ["hosts that are no list", file("  postfix-relay:hosts: web-1")],
    ["an environment, which may have more", `environment: [prod]\n${file("  postfix-relay:hosts: [{ name: web-1 }]")}`],
  ])("%s", (_, text) => expect(hostsInFile(text)).toEqual({ hosts: [] }));
});

test("what is no YAML is told by its line alone", () => {
  expect(hostsInFile("a: 1\nb: [poison\nc: }").wrong).toMatch(/^is not YAML: line \d+: (?!.*poison)/s);
});
