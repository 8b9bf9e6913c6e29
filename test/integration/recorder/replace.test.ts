// A replacement ends as well as a creation: the old step is undone first, and all that depends on it is done again.

import { beforeAll, describe, expect, test } from "vitest";
import { taken } from "../rows.ts";
import { Recorder } from "./world.ts";

const recorder = await Recorder.open();
const owner = "postfix-relay/s/web-1";

beforeAll(async () => {
  recorder.program(`new RelayFleet("hosts", { hosts: [
    { name: "web-1", ...args() }, { name: "web-2", ...args("localhost") }] });`);
  expect(await recorder.stack.up()).toMatchObject({ code: 0 });
  recorder.commands();
});

const STEPS = ["packages", "main-cf", "sasl-passwd", "service", "delivery"];
const VERBS = ["install", "main-cf", "sasl-passwd", "start", "deliver"];

/** The commands on the host of web-1; there are none on the other one. */
function verbs(): string[] {
  const lines = recorder.commands();
  expect(lines.filter((line) => line.includes("web-2"))).toEqual([]);
  return lines.map((line) => line.replace(` ${owner} RelayFleet$Relay`, ""));
}

/** That step and those that build on it are undone, that one last, and then done in order. */
function expectAnew(lines: string[], from: number) {
  const undone = lines.filter((line) => line.startsWith("restore"));
  // What stages one part does not build on the other.
  const isDone = (index: number) => index === from || index > Math.max(from, from > 0 ? 2 : 0);
  const expected = STEPS.slice(0, -1).flatMap((step, index) => (isDone(index) ? [`restore ${step}`] : []));
  expect([...undone].sort()).toEqual([...expected].sort());
  expect(undone.at(-1)).toBe(expected[0]);
  expect(lines.slice(undone.length)).toEqual(VERBS.filter((_, index) => isDone(index)));
  expect(recorder.done(owner)).toEqual([...STEPS].sort());
}

describe("`up --replace`", () => {
  const rows = STEPS.map((step, index) => ({ step, index, always: step === "packages" || step === "delivery" }));

  test.each(taken(rows))("-$step", async ({ step, index }) => {
    expect(await recorder.stack.up("--replace", `**web-1-${step}`)).toMatchObject({ code: 0 });
    expectAnew(verbs(), index);
  });

  test("leaves nothing to do", async () => {
    expect(await recorder.stack.pulumi(["preview", "--expect-no-changes"])).toMatchObject({ code: 0 });
  });
});

test("`state taint` does the same", async () => {
  const urns = await recorder.stack.must(["stack", "--show-urns"]);
  await recorder.stack.must(["state", "taint", "--yes", /urn:\S+::web-1-main-cf/.exec(urns)?.[0] ?? ""]);
  expect(await recorder.stack.up()).toMatchObject({ code: 0 });
  expectAnew(verbs(), 1);
});

describe("a replacement that stops in the middle is finished by the next `up`:", () => {
  const rows: { what: string; pattern: string; always?: true }[] = [
    { what: "a step cannot be undone", pattern: "^restore packages", always: true },
    { what: "the first cannot be done again", pattern: "^install" },
    { what: "a later one cannot", pattern: "^sasl-passwd", always: true },
    { what: "the last one cannot", pattern: "^deliver" },
  ];

  test.each(taken(rows))("$what", async ({ pattern }) => {
    recorder.behave("fail", pattern);
    expect((await recorder.stack.up("--replace", "**web-1-packages")).code).not.toBe(0);
    expect(recorder.done(owner)).not.toEqual([...STEPS].sort());
    recorder.behave("fail");
    expect(await recorder.stack.up()).toMatchObject({ code: 0 });
    expect(verbs().at(-1)).toBe("deliver");
    expect(recorder.done(owner)).toEqual([...STEPS].sort());
  });
});
