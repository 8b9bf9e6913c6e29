import { describe, expect, test } from "vitest";
import { type PlannedStack, type Policy, planHash, readPlan, waved } from "../../src/rollout/plan.ts";
import { Refused } from "../../src/rollout/refused.ts";
import { listStack, type Selection, select } from "../../src/rollout/select.ts";
import { HOST_KEY } from "../support/args.ts";

const file = (address: string, tags = "[prod]") => `encryptionsalt: v1:x
config:
  postfix-relay:tags: ${tags}
  postfix-relay:hosts:
    - name: web
      connection: { host: ${address}, port: 22, hostKey: ${HOST_KEY} }
`;
const all = [
  listStack("web-10", file("192.0.2.10")),
  listStack("web-2", file("192.0.2.2", "[prod, canary]")),
  listStack("web-9", file("192.0.2.9")),
  listStack("test", file("192.0.2.99", "[staging]")),
];
const nothing: Selection = { stacks: [], tags: [], exclude: [], all: false };
const names = (asked: Partial<Selection>) => select(all, { ...nothing, ...asked }).map(({ stack }) => stack);

test("the file tells hosts, tags, and whether a passphrase is needed", () => {
  expect(all[0]).toEqual({
    stack: "web-10",
    tags: ["prod"],
    hosts: [{ name: "web", address: "192.0.2.10 port 22" }],
    passphrase: true,
  });
});

describe("the choice", () => {
  test("canaries first, then by name with numbers as numbers", () => {
    expect(names({ tags: ["prod"] })).toEqual(["web-2", "web-9", "web-10"]);
  });
  test("stacks and tags together, without those that are left out", () => {
    expect(names({ tags: ["staging"], stacks: ["web-9"] })).toEqual(["test", "web-9"]);
    expect(names({ all: true, exclude: ["web-2"] })).toEqual(["test", "web-9", "web-10"]);
  });
  test.each<[Partial<Selection>, RegExp]>([
    [{}, /^nothing is chosen; .*--all$/],
    [{ stacks: ["wbe-9"] }, /^there is no stack wbe-9; did you mean web-9\? known here: web-10, web-2/],
    [{ all: true, exclude: ["nope"] }, /^there is no stack nope; known here/],
    [{ tags: ["prd"] }, /^no stack has the tag prd; did you mean prod\?/],
    [{ stacks: ["test"], exclude: ["test"] }, /^no stack is left; --exclude/],
  ])("%j is refused", (asked, message) => {
    expect(() => names(asked)).toThrow(Refused);
    expect(() => names(asked)).toThrow(message);
  });
  test("two stacks with one host are refused", () => {
    const twins = [listStack("a", file("192.0.2.1")), listStack("b", file("192.0.2.1"))];
    expect(() => select(twins, { ...nothing, all: true })).toThrow(
      /^the stacks a and b both have the host 192\.0\.2\.1 port 22/,
    );
  });
  test("tags that are no list, and a file that is no YAML", () => {
    expect(() => listStack("a", file("192.0.2.1", "prod"))).toThrow(
      /^Pulumi\.a\.yaml: postfix-relay:tags needs a list/,
    );
    expect(() => listStack("a", "config: [")).toThrow(/^Pulumi\.a\.yaml is not YAML: line/);
  });
});

const stacks = ["a", "b", "c", "d", "e"].map((stack): PlannedStack => ({ stack, hosts: 1, fingerprint: stack }));

describe("the plan", () => {
  test.each([
    [undefined, ["a", "bcde"]],
    [["2"], ["ab", "cd", "e"]],
    [
      ["1", "50%"],
      ["a", "bcd", "e"],
    ],
  ])("sizes %j", (sizes, waves) => {
    expect(waved(stacks, sizes).map((wave) => wave.map(({ stack }) => stack).join(""))).toEqual(waves);
  });
  test.each(["0", "101%", "x", "-1"])("a wave of %s is refused", (size) => {
    expect(() => waved(stacks, [size])).toThrow(/^--wave: got "/);
  });
  test("is read as it was kept; that of another version is refused", () => {
    const policy: Policy = {
      concurrency: 1,
      maxFailures: 0,
      maxUnreachable: 0,
      bake: 0,
      approval: "none",
      timeout: 1,
      gate: true,
    };
    const plan = { version: 1, id: "r", project: "mail", policy, waves: waved(stacks, undefined) };
    expect(readPlan(plan)).toEqual(plan);
    expect(planHash({ policy, waves: waved(stacks, ["1"]) })).not.toBe(planHash(readPlan(plan)));
    expect(() => readPlan({ ...plan, version: 2 })).toThrow(/another version/);
  });
});
