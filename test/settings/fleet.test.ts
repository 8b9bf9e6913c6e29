import { describe, expect, test } from "vitest";
import { inWaves, parseFleet } from "../../src/settings/fleet.ts";

const problemsOf = (...fleet: Parameters<typeof parseFleet>) => parseFleet(...fleet).problems;

const fleet = (size: number) => Array.from({ length: size }, (_, index) => ({ name: `web-${index}` }));
const sizes = (total: number, waves?: string[]) => inWaves(fleet(total), waves).map((wave) => wave.length);

test.each<[total: number, waves: string[] | undefined, expected: number[]]>([
  [1, undefined, [1]],
  [6, undefined, [1, 5]],
  [0, undefined, []],
  [6, ["1", "2", "100%"], [1, 2, 3]],
  [10, ["1", "25%", "100%"], [1, 3, 6]],
  [10, ["1"], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  [10, ["3"], [3, 3, 3, 1]],
  [10, ["1", "4"], [1, 4, 4, 1]],
  [10, ["100%"], [10]],
  [10, ["99"], [10]],
  [3, ["1", "2", "3", "4"], [1, 2]],
  [3, ["1%"], [1, 1, 1]],
  [200, ["1%"], Array(100).fill(2)],
  [7, ["50%"], [4, 3]],
  [1, ["1%", "100%"], [1]],
])("%i hosts in waves %j: %j", (total, waves, expected) => {
  expect(sizes(total, waves)).toEqual(expected);
});

test("refuses a number, which a program in JavaScript may give, with what to write", () => {
  expect(problemsOf([], JSON.parse('[1, "50%"]'))).toMatchObject([
    { path: ["waves", 0], reason: expect.stringContaining('such as "1"') },
  ]);
});

test("keeps the order of the hosts", () => {
  const [a, b, c, d, e, f] = fleet(6);
  expect(inWaves(fleet(6), ["1", "2"])).toEqual([[a], [b, c], [d, e], [f]]);
});

describe("a host that is gone proves nothing, so it comes last and does not count", () => {
  /** The names in each wave; those with a bar are gone. */
  const waves = (names: string, sizes?: string[]) => {
    const hosts = names.split(" ").map((name) => ({ name, gone: name.startsWith("-") }));
    return inWaves(hosts, sizes).map((wave) => wave.map(({ name }) => name).join(" "));
  };

  test.each<[names: string, sizes: string[] | undefined, expected: string[]]>([
    ["-old a b c", ["1", "100%"], ["a", "b c -old"]],
    ["-old a", undefined, ["a -old"]],
    ["a -x b -y c d", ["50%"], ["a b", "c d -x -y"]],
    ["-x -y", ["1"], ["-x -y"]],
  ])("%s in waves %j", (names, sizes, expected) => expect(waves(names, sizes)).toEqual(expected));
});

test("hosts of the same address behind two bastions, and one that is gone, are no host twice", () => {
  const at = (name: string, host: string, more = {}) => ({ name, connection: { host }, ...more });
  const behind = (name: string, proxy: string) => ({ name, connection: { host: "10.0.0.1", proxy: { host: proxy } } });
  const hosts = [
    at("a", "192.0.2.1", { gone: true }),
    at("b", "192.0.2.1"),
    behind("c", "jump-1"),
    behind("d", "jump-2"),
  ];
  expect(problemsOf([...hosts, { name: "e" }, { name: "f" }], undefined)).toEqual([]);
});

describe("refuses", () => {
  test("a host that another one has", () => {
    const hosts = ["a", "b", "c"].map((name) => ({ name, connection: { host: name === "b" ? "web-2" : "WEB-1" } }));
    expect(problemsOf(hosts, undefined)).toEqual([
      { path: ["hosts", 2, "connection", "host"], reason: expect.stringMatching(/^is the host of Relay a too, /) },
    ]);
  });

  const hosts = [{ name: "web-1" }];

  test.each([
    [[], "needs a list"],
    ["1", "needs a list"],
    [["0"], 'got "0"'],
    [["0%"], 'got "0%"'],
    [["101%"], 'got "101%"'],
    [["-1"], 'got "-1"'],
    [["1.5"], 'got "1.5"'],
    [["all"], 'got "all"'],
    [["25 %"], 'got "25 %"'],
    [["1", ""], 'got ""'],
    [[null], "got null"],
  ])("waves %j", (waves, reason) => {
    expect(problemsOf(hosts, waves)).toEqual([{ path: expect.any(Array), reason: expect.stringContaining(reason) }]);
  });

  test.each([
    [undefined, "missing"],
    ["", 'got ""'],
    ["web 1", 'got "web 1"'],
    ["web-1\n", 'got "web-1\\n"'],
    ["web-1", 'got "web-1", which another host has'],
    [1, "got the number 1"],
  ])("a second host named %j", (name, reason) => {
    const path = ["hosts", 1, "name"];
    expect(problemsOf([...hosts, { name }], undefined)).toEqual([{ path, reason: expect.stringContaining(reason) }]);
  });
});
