import { describe, expect, test } from "vitest";
import { pickHosts, type Target, type Targets, targetsOf } from "../../src/cli/targets.ts";
import { HOST_KEY } from "../support/args.ts";
import { PRIVATE_KEY } from "../support/keys.ts";

const host = (name: string, more = {}) => ({
  name,
  connection: { host: `${name}.example.com`, hostKey: HOST_KEY },
  ...more,
});
const common = {
  domain: "example.com",
  relayHost: { host: "smtp.example.net" },
  credentials: { username: "user", password: "correct horse" },
  testDelivery: { to: "ops@example.org" },
};

/** The hosts of a stack with this configuration. */
function of(tree: Record<string, unknown>, secretKeys = ["credentials", "connection"]): Targets {
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const config = Object.fromEntries(Object.entries(tree).map(([key, value]) => [`postfix-relay:${key}`, text(value)]));
  return targetsOf("prod", { config, secretKeys: secretKeys.map((key) => `postfix-relay:${key}`) });
}

test("each host with what is needed to log in, and no more", () => {
  const proxy = { host: "jump.example.com", hostKey: HOST_KEY };
  const found = of({
    ...common,
    connection: { user: "deploy", privateKey: PRIVATE_KEY, proxy },
    formerly: ["mail/old"],
    hosts: [host("web-1"), host("web-2")],
  });
  const login = { port: 22, user: "deploy", hostKey: HOST_KEY, privateKey: PRIVATE_KEY };
  const bastion = { ...proxy, port: 22, user: "root" };
  expect(found).toEqual({
    targets: ["web-1", "web-2"].map((name) => ({
      stack: "prod",
      host: name,
      login: { ...login, host: `${name}.example.com`, proxy: bastion },
      formerly: ["mail/old"],
    })),
    gone: [],
  });
});

test("a host that is gone is left out", () => {
  expect(of({ ...common, hosts: [host("web-1", { gone: true }), host("web-2")] })).toMatchObject({
    targets: [{ host: "web-2" }],
    gone: ["web-1"],
  });
});

test("a stack without hosts has a program of its own", () => {
  expect(of({})).toEqual({ foreign: expect.stringMatching(/no `postfix-relay:hosts`.*`pulumi preview`/) });
  expect(of(common)).toEqual({ foreign: expect.anything() });
});

test("what is wrong with the configuration is told, and no secret", () => {
  const credentials = { ...common.credentials, password: "poison\nin two lines" };
  const { wrong } = of({ ...common, credentials, hosts: [host("web-1", { domain: "x y" })] }) as { wrong: string };
  expect(wrong).toMatch(/its configuration has mistakes:\n.*postfix-relay:hosts\[0\]\.domain: got "x y"/s);
  expect(wrong).toContain("postfix-relay:credentials.password");
  expect(wrong).not.toContain("poison");
});

describe("--host", () => {
  const targets = ["web-1", "web-2"].map((name) => ({ stack: "prod", host: name }) as Target);
  const names = (asked: string[], complete = true) =>
    pickHosts(targets, ["old"], asked, complete).map(({ host }) => host);

  test.each<[asked: string[], found: string[]]>([
    [[], ["web-1", "web-2"]],
    [["web-2"], ["web-2"]],
    [
      ["web-2", "web-1"],
      ["web-1", "web-2"],
    ],
    [["old"], []],
  ])("%j", (asked, found) => expect(names(asked)).toEqual(found));

  test("a name that nobody has", () => {
    expect(() => names(["web-1", "web-9"])).toThrow("there is no host web-9; known here: web-1, web-2, old");
    expect(() => pickHosts([], [], ["x"], true)).toThrow("there is no host x; none is known here");
    expect(names(["web-1", "web-9"], false)).toEqual(["web-1"]);
  });
});
