import { expect, test } from "vitest";
import { postfix } from "../others/scene.ts";
import { openWorld } from "../world.ts";

// Eight hosts, one of which is down: the others are looked at and repaired as usual, and one warning tells of it.
const names = ["one", "two", "three", "four", "five", "six", "seven", "eight"] as const;
const own = { packages: postfix };
const hosts = await openWorld({
  one: own,
  two: own,
  three: own,
  four: own,
  five: own,
  six: own,
  seven: own,
  eight: own,
});
const stack = await hosts.world.stack(
  "eight",
  hosts.relay,
  names.map((name) => hosts[name]),
);
const up = () => stack.must(["up", "--yes", "--skip-preview", "--stack", stack.name]);
await up();

/** A preview, and how many seconds it takes. */
async function preview(...options: string[]) {
  const start = performance.now();
  const { code, text } = await stack.pulumi(["preview", "--stack", stack.name, ...options]);
  return { code, text, seconds: (performance.now() - start) / 1000 };
}

test("nothing is changed: the preview is empty and silent", async () => {
  const looked = await preview("--expect-no-changes");
  expect(looked, looked.text).toMatchObject({ code: 0 });
  expect(looked.text).not.toMatch(/warning/i);
  await stack.set("postfix-relay:drift", "off");
  await up();
  const blind = await preview("--expect-no-changes");
  expect(blind, blind.text).toMatchObject({ code: 0 });
  await stack.set("postfix-relay:drift", "repair");
  await up();
  console.log(`a preview of eight hosts: ${looked.seconds.toFixed(1)} s, without a look ${blind.seconds.toFixed(1)} s`);
});

test("one is down", async () => {
  await hosts.three.kill();
  await hosts.five.must("systemctl stop postfix");
  const planned = await preview();
  expect(planned, planned.text).toMatchObject({ code: 0 });
  // Each once while it runs, and once more at the end.
  const warnings = new Set([...planned.text.matchAll(/warning: (\w+:? .{20})/g)].map(([, words]) => words));
  expect([...warnings].sort()).toEqual(["five: Postfix is not runni", "three could not be checked"]);
  const steps = [...planned.text.matchAll(/^ ~ +command:remote:Command (\S+) update/gm)].map(([, step]) => step);
  expect(steps).toEqual(["five-delivery"]);
  await up();
  expect((await hosts.five.run("postrelay check")).code).toBe(0);
});
