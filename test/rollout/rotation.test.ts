import { expect, test } from "vitest";
import { type Configured, isSame, lookBefore, rotate } from "../../src/rollout/rotation.ts";
import { HOST_KEY } from "../support/args.ts";

const host = (name: string, more = {}) => ({
  name,
  connection: { host: `${name}.example.com`, hostKey: HOST_KEY },
  ...more,
});

function stack(name: string, more: Record<string, unknown> = {}): Configured {
  const tree = {
    domain: "example.com",
    relayHost: { host: "smtp.example.net" },
    credentials: { username: "user", password: "before" },
    testDelivery: { to: "ops@example.org" },
    hosts: [host(`${name}-1`)],
    ...more,
  };
  const entries = Object.entries(tree).map(([key, value]): [string, string] => [
    `postfix-relay:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const secretKeys = entries.flatMap(([key, value]) => (value.includes("password") ? [key] : []));
  return { stack: name, config: Object.fromEntries(entries), secretKeys };
}

const main = { path: ["credentials"], secret: "password", username: undefined } as const;
const refusal = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};

test("nothing speaks against it", () => {
  expect(lookBefore([stack("a"), stack("b")], main, 3)).toEqual([]);
  const [first, second] = rotate(
    [stack("a"), stack("b", { credentials: { username: "user", password: "after" } })],
    main,
    "after",
  );
  expect([first?.same, second?.same]).toEqual([false, true]);
  expect(first && second && isSame(first.wanted, second.wanted)).toBe(false);
});

test("all stacks that are wrong are named, once for each reason", () => {
  const wrong = { domain: "x y" };
  expect(refusal(() => lookBefore([stack("a", wrong), stack("b"), stack("c", wrong)], main, 1))).toMatch(
    /^stacks a, c: postfix-relay:domain: .*\nnothing was written$/,
  );
  expect(refusal(() => rotate([stack("a"), stack("b")], main, "po"))).toMatch(
    /^stacks a, b: postfix-relay:credentials\.password: .*shorter than 4 characters.*\nnothing was written$/,
  );
});

test.each([
  [["accounts", "x.example.net"], {}, /it has no postfix-relay:accounts\["x\.example\.net"\]/],
  [["hosts", 4, "credentials"], {}, /it has no postfix-relay:hosts\[4\]\.credentials/],
  [
    ["credentials"],
    { hosts: [host("a-1", { credentials: { username: "own", password: "own-1" } })] },
    /no host takes its password from postfix-relay:credentials: each has one of its own; name it with --path/,
  ],
])("an account at %j that changes nothing", (path, more, says) => {
  expect(
    refusal(() => lookBefore([stack("a", more)], { path, secret: "password", username: undefined } as const, 1)),
  ).toMatch(says);
});

test("what stays as it is", () => {
  const own = { credentials: { username: "own", password: "before" } };
  expect(lookBefore([stack("a", { hosts: [host("a-1"), host("a-2", own)] })], main, 1)).toEqual([
    "stack a: not changed, with passwords of their own: a-2",
    "stack a: the old password stands at postfix-relay:hosts[1].credentials.password, too, and stays there",
  ]);
});

test.each<[waves: number, more: Record<string, unknown>, says: RegExp]>([
  [1, { rotation: "cutover" }, /^accepted$/],
  [2, { rotation: "cutover" }, /^stack a: it has `rotation: cutover`.*add `--wave 100%`\nnothing was written$/],
  [2, { rotation: "overlap" }, /^accepted$/],
  [2, { hosts: [host("a-1"), host("a-2", { rotation: "cutover" })] }, /`--wave 100%`/],
  [2, { hosts: [host("a-1"), host("a-2", { rotation: "cutover", gone: true })] }, /^accepted$/],
  [
    1,
    { rotation: "cutover", hosts: [host("a-1"), host("a-2")] },
    /set `postfix-relay:waves` to \["100%"\] in its file/,
  ],
  [1, { rotation: "cutover", hosts: [host("a-1"), host("a-2")], waves: ["100%"] }, /^accepted$/],
])("%i waves and %j", (waves, more, says) => {
  expect(refusal(() => lookBefore([stack("a", more), stack("b")], main, waves))).toMatch(says);
});

test("a stack without a password yet gets its first one", () => {
  const fresh = stack("a", { credentials: {} });
  expect(refusal(() => lookBefore([fresh], main, 1))).toMatch(/credentials\.username: missing/);
  expect(lookBefore([fresh], { ...main, username: "user" }, 1)).toEqual([]);
});
