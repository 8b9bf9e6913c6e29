import { beforeAll, expect, test } from "vitest";
import { byNobody } from "../live/by-nobody.ts";
import { arrives, openWeb } from "../others/scene.ts";
import type { Suffix } from "../steps.ts";
import { ofAliases } from "./changes/files.ts";
import { toCheck } from "./changes/index.ts";
import { ofHost } from "./changes/others.ts";
import { save, undo } from "./fingerprint.ts";
import { report } from "./two-hosts.ts";

// What is said of a drift is true: the steps that are named repair all that `pulumi up` is said to repair, and what it
// is said not to repair is mended by what the words say. Mail leaves again afterwards.
const { host, scene, steps } = await openWeb(() => ({ monitoring: { textfile: "/srv/metrics" } }));
const order: Suffix[] = ["packages", "main-cf", "sasl-passwd", "service", "delivery"];

beforeAll(() => host.must(save));

/** Runs the steps that a report names. */
async function repair(named: readonly string[]): Promise<void> {
  for (const suffix of order.filter((suffix) => named.includes(suffix))) {
    const result = await steps.alone(suffix);
    expect(result.code, result.stderr).toBe(0);
  }
}

/** Where Postfix goes on as if nothing were wrong: what a user hands in meanwhile is counted. */
const unnoticed = [...ofAliases, ...ofHost];

test.each(toCheck)("$what", async (change) => {
  const { what, first = ":", does, mends } = change;
  const row = unnoticed.indexOf(change);
  const users = row < 0 ? undefined : await byNobody(host, `repair-${row}`);
  await host.must(`${first}\n${does}`);
  const found = await report(host);
  try {
    if (found.sync !== "no") return;
    expect(found.told.length > 0, found.told.join()).toBe(mends !== undefined);
    if (mends) await host.must(mends);
    await repair(found.steps);
    if (mends) await repair((await report(host)).steps);
    expect(await report(host)).toMatchObject({ code: 0, differences: [], told: [] });
    await arrives(host, scene.relay, `${what.replace(/\W+/g, "-")}@example.org`);
    expect(await users?.lost(scene.relay)).toEqual(users && []);
  } finally {
    await host.run(undo);
  }
});
