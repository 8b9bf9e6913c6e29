// What is replaced ends as well as what is created: the old step is undone first, and all that stands on it is done anew.

import { beforeAll, describe, expect } from "vitest";
import { row, Told } from "./world.ts";

const told = await Told.open();
const owner = "postfix-relay/s/web-1";

beforeAll(async () => {
  told.program(`new RelayFleet("hosts", { hosts: [
    { name: "web-1", ...args() }, { name: "web-2", ...args("localhost") }] });`);
  expect(await told.stack.up()).toMatchObject({ code: 0 });
  told.news();
});

const STEPS = ["packages", "main-cf", "sasl-passwd", "service", "delivery"];
const VERBS = ["install", "main-cf", "sasl-passwd", "start", "deliver"];

/** What the host of web-1 was told, and that the other one was told nothing. */
function verbs(): string[] {
  const lines = told.news();
  expect(lines.filter((line) => line.includes("web-2"))).toEqual([]);
  return lines.map((line) => line.replace(` ${owner} RelayFleet$Relay`, ""));
}

/** The steps from one on are undone, that one last, and then done in order. */
function expectAnew(lines: string[], from: number) {
  const undone = lines.filter((line) => line.startsWith("restore"));
  const expected = STEPS.slice(from, -1).map((step) => `restore ${step}`);
  expect([...undone].sort()).toEqual([...expected].sort());
  expect(undone.at(-1)).toBe(expected[0]);
  expect(lines.slice(undone.length)).toEqual(VERBS.slice(from));
  expect(told.done(owner)).toEqual([...STEPS].sort());
}

describe("`up --replace`", () => {
  row.each(STEPS.map((step, index) => [step, index] as const))("-%s", async (step, index) => {
    expect(await told.stack.up("--replace", `**web-1-${step}`)).toMatchObject({ code: 0 });
    expectAnew(verbs(), index);
  });

  row("leaves nothing to do", async () => {
    expect(await told.stack.pulumi(["preview", "--expect-no-changes"])).toMatchObject({ code: 0 });
  });
});

row("`state taint` does the same", async () => {
  const urns = await told.stack.must(["stack", "--show-urns"]);
  await told.stack.must(["state", "taint", "--yes", /urn:\S+::web-1-main-cf/.exec(urns)?.[0] ?? ""]);
  expect(await told.stack.up()).toMatchObject({ code: 0 });
  expectAnew(verbs(), 1);
});

describe("a replacement that stops in the middle is finished by the next `up`:", () => {
  row.each([
    ["a step cannot be undone", "^restore packages"],
    ["the first cannot be done again", "^install"],
    ["a later one cannot", "^sasl-passwd"],
    ["the last one cannot", "^deliver"],
  ])("%s", async (_, pattern) => {
    told.behave("fail", pattern);
    expect((await told.stack.up("--replace", "**web-1-packages")).code).not.toBe(0);
    expect(told.done(owner)).not.toEqual([...STEPS].sort());
    told.behave("fail");
    expect(await told.stack.up()).toMatchObject({ code: 0 });
    expect(verbs().at(-1)).toBe("deliver");
    expect(told.done(owner)).toEqual([...STEPS].sort());
  });
});
