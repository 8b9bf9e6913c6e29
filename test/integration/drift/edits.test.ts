import { expect, test } from "vitest";
import { byNobody } from "../live/by-nobody.ts";
import { arrives, openWeb } from "../others/scene.ts";
import { drawn, type Edit, reported } from "./edits.ts";
import { report } from "./two-hosts.ts";

// A repair needs nothing of what is live: whatever somebody has written into main.cf and master.cf, `up` puts the
// proven configuration back, and mail leaves; or it refuses, and names what is in its way. One bad line gives one true
// line.
const { host, scene, steps } = await openWeb();

const SEED = 22;
const COUNT = 40;

/** Makes the edit, repairs it, and returns what became of it in a word. */
async function follow({ does, name }: Edit, mail: string): Promise<string> {
  await host.run(does);
  const found = await report(host);
  // A value that is the one from before, or the last of two equal ones, changes nothing.
  const words = found.differences.join("; ");
  expect(words).not.toMatch(/is gone.*is gone/);
  expect(found.differences.length, words).toBeLessThanOrEqual(3);
  expect(found.told, does).toEqual([]);
  if (found.sync === "yes") return "no drift";
  expect(found.steps).toEqual(["delivery"]);
  const result = await steps.alone("delivery");
  if (result.code !== 0) {
    expect(result.stderr, does).toContain(name);
    return `refused: ${result.stderr}`;
  }
  expect(await report(host), does).toMatchObject({ code: 0, differences: [] });
  await arrives(host, scene.relay, mail);
  return "repaired";
}

test.each(reported)("$does", async (edit) => {
  const run = `reported-${reported.indexOf(edit)}`;
  const users = edit.returns ? undefined : await byNobody(host, run);
  expect(await follow(edit, `${run}@example.org`)).toBe("repaired");
  expect(await users?.lost(scene.relay, { restarted: true })).toEqual(users && []);
});

test(`${COUNT} edits that the seed ${SEED} draws from all parameters`, { timeout: 1_800_000 }, async () => {
  const parameters = (await host.must("postconf -dH")).split("\n").filter(Boolean);
  expect(parameters.length).toBeGreaterThan(500);
  const edits = drawn(parameters, COUNT, SEED);
  const became: string[] = [];
  for (const [number, edit] of edits.entries()) {
    const what = await follow(edit, `drawn-${number}@example.org`);
    became.push(what);
    console.log(`${number} ${edit.does.split("'")[3]}: ${what}`);
  }
  expect(became.filter((what) => what === "repaired").length).toBeGreaterThanOrEqual(30);
});
