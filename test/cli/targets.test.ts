import { describe, expect, test } from "vitest";
import type { RelayInState } from "../../src/cli/state.ts";
import { pickHosts, type Target, targetsOf } from "../../src/cli/targets.ts";
import { HOST_KEY } from "../support/args.ts";

const argsOf = (name: string) => ({
  connection: { host: `${name}.example.com`, hostKey: HOST_KEY },
  domain: "example.com",
  relayHost: { host: "smtp.example.net" },
  credentials: { username: "user", password: "poison word" },
  testDelivery: { to: "ops@example.org" },
});
const relay = (name: string, more = {}): RelayInState => ({
  name,
  owners: [`mail/prod/${name}`],
  args: { ...argsOf(name), ...more },
  login: { port: 22, user: "root", ...argsOf(name).connection },
});
/** A stack file with these hosts. */
const file = (hosts: Record<string, object>) => {
  const lines = Object.entries(hosts).map(
    ([name, more]) =>
      `    - ${JSON.stringify({ name, ...argsOf(name), credentials: { username: "user", password: { secure: "x" } }, ...more })}`,
  );
  return ["config:", "  postfix-relay:hosts:", ...lines, ""].join("\n");
};
const names = ({ targets }: { targets: readonly Target[] }) => targets.map(({ host }) => host);

test("a program of its own: the hosts of the state, without a file", () => {
  const found = targetsOf("acme/mail/prod", [relay("web-1")], undefined);
  expect(found).toEqual({
    targets: [
      {
        stack: "acme/mail/prod",
        host: "web-1",
        login: relay("web-1").login,
        owners: ["mail/prod/web-1"],
        changes: [],
      },
    ],
    gone: [],
    why: undefined,
  });
  expect(targetsOf("prod", [relay("web-1")], "config:\n  mail:domain: x\n")).toMatchObject({
    targets: [{ changes: [] }],
  });
});

test("a stack file: the order of the file, what is new in it, what has changed, what is no longer there", () => {
  const relays = [relay("old"), relay("web-2"), relay("web-1")];
  const found = targetsOf("prod", relays, file({ "web-1": {}, new: {}, "web-2": { domain: "example.org" } }));
  expect(found.targets.map(({ host, login, changes }) => [host, login !== undefined, changes])).toEqual([
    ["web-1", true, []],
    ["new", false, []],
    ["web-2", true, ["changed in the stack file: domain"]],
    ["old", true, ["it is no longer in the stack file"]],
  ]);
});

test("hosts that are gone, by the file or by the state", () => {
  const found = targetsOf("prod", [relay("a", { gone: true }), relay("b")], undefined);
  expect([names(found), found.gone]).toEqual([["b"], ["a"]]);
  const later = targetsOf("prod", [relay("a"), relay("b")], file({ a: { gone: true }, b: {}, c: { gone: true } }));
  expect([names(later), later.gone]).toEqual([["b"], ["a", "c"]]);
});

test("a file with mistakes: the hosts all the same, and what is wrong, without a secret", () => {
  const found = targetsOf("acme/mail/prod", [relay("web-1")], file({ "web-1": { domain: "x y" } }));
  expect(names(found)).toEqual(["web-1"]);
  expect(found.why).toMatch(/^Pulumi\.prod\.yaml has mistakes:\n {2}domain: got "x y"/);
  expect(found.why).not.toContain("poison");
  expect(targetsOf("prod", [relay("web-1")], "a: [").why).toMatch(/^Pulumi\.prod\.yaml is not YAML: line/);
});

describe("--host", () => {
  const targets = ["web-1", "web-2"].map((name) => ({ stack: "prod", host: name }) as Target);
  const picked = (asked: string[], complete = true) =>
    pickHosts(targets, ["old"], asked, complete).map(({ host }) => host);

  test.each<[asked: string[], found: string[]]>([
    [[], ["web-1", "web-2"]],
    [["web-2"], ["web-2"]],
    [
      ["web-2", "web-1"],
      ["web-1", "web-2"],
    ],
    [["old"], []],
  ])("%j", (asked, found) => expect(picked(asked)).toEqual(found));

  test("a name that nobody has", () => {
    expect(() => picked(["web-1", "database"])).toThrow("there is no host database; known here: web-1, web-2, old");
    expect(() => picked(["wbe-1"])).toThrow("there is no host wbe-1; did you mean web-1? known here: ");
    expect(() => pickHosts([], [], ["x"], true)).toThrow("there is no host x; none is known here");
    expect(picked(["web-1", "web-9"], false)).toEqual(["web-1"]);
  });
});
