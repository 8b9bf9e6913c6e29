import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FleetRun } from "../../src/component/fleet-run.ts";
import { listed, type Outcome, reasonOf, summaryText, wavesText } from "../../src/component/fleet-summary.ts";

const waves = [["canary"], ["web-1", "web-2"], ["db-1", "db-2"]];
const names = (count: number) => Array.from({ length: count }, (_, index) => `h${index + 1}`);

test.each<[count: number, text: string]>([
  [1, "h1"],
  [12, "h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12"],
  [13, "h1, h2, h3, h4, h5, h6, h7, h8, h9, h10 and 3 more"],
])("%d names", (count, text) => expect(listed(names(count))).toBe(text));

test("the waves, where there are several", () => {
  expect(wavesText(waves)).toBe("Waves:\n  1. canary\n  2. web-1, web-2\n  3. db-1, db-2");
  expect(wavesText([["a", "b"]])).toBeUndefined();
});

describe("the summary", () => {
  const summary = (wave: number, outcomes: Record<string, Outcome>, all = waves) =>
    summaryText(all, wave, new Map(Object.entries(outcomes)));

  test("the canary has failed", () => {
    expect(summary(0, { canary: { failed: "no" } })).toBe(`\
Wave 1 of 3 has failed.
  failed: canary: no
  not touched: web-1, web-2, db-1, db-2 (a later wave)
The next \`pulumi up\` begins with canary and continues with the later waves.`);
  });

  test("hosts for the same reason in one line, in the order of the waves; one that is not finished", () => {
    const outcomes: Record<string, Outcome> = {
      c: { failed: "no" },
      a: { failed: "no" },
      b: { failed: "never" },
      e: { proven: true },
    };
    expect(summary(0, outcomes, [["a", "b", "c", "d", "e"]])).toBe(`\
The update of the hosts has failed.
  proven: e
  failed: a, c: no
  failed: b: never
  not finished: d (of the same wave; Pulumi starts no further step after a failure)
The next \`pulumi up\` begins with a, b, c, d.`);
  });
});

test.each<[what: string, errors: string[], reason: string]>([
  [
    "our own words",
    [
      'Process exited with status 69: running "sudo -n postrelay deliver":\npostrelay: The relay says no.\nWhat to do: x',
    ],
    "The relay says no.",
  ],
  [
    "words of the provider",
    ["after 0 failed attempts: dial tcp 10.0.0.1:22: connect: connection refused"],
    "after 0 failed",
  ],
  ["none", [], "no reason is known"],
  ["very long ones", [`postrelay: ${"x".repeat(500)}`], "…"],
])("the reason: %s", (_, errors, reason) => {
  expect(reasonOf(errors)).toContain(reason);
  expect(reasonOf(errors).length).toBeLessThanOrEqual(200);
});

describe("a run", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const start = (all = waves) => {
    const said: string[] = [];
    const run = new FleetRun(all, (severity, text) => void said.push(`${severity}: ${text.split("\n")[0]}`));
    return { said, run };
  };

  test("a failure waits for the other hosts of its wave, and is told once", async () => {
    const { said, run } = start();
    const ends = [run.member("web-1", 1).failed(["no"]), run.member("web-2", 1).failed(["no"])];
    await Promise.all(ends);
    expect(said).toEqual(["warning: Wave 2 of 3 has failed."]);
  });

  test("it does not wait for long", async () => {
    const { said, run } = start();
    const end = run.member("web-1", 1).failed(["no"]);
    await vi.advanceTimersByTimeAsync(4900);
    expect(said).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    await end;
    expect(said).toHaveLength(1);
  });

  test("nor for a wave that is not its own", async () => {
    const { said, run } = start();
    run.member("web-2", 1).proven();
    await run.member("web-1", 1).failed(["no"]);
    expect(said).toHaveLength(1);
  });

  test("what could not be checked: when all of the wave were looked at, one text for each reason", () => {
    const { said, run } = start([names(4)]);
    run.member("h3", 0).looked("no such name");
    run.member("h1", 0).looked("no such name");
    run.member("h2", 0).looked();
    expect(said).toEqual([]);
    run.member("h4", 0).looked("no answer within 5 s");
    expect(said).toEqual([
      "warning: 2 of 4 hosts (h1, h3) could not be checked for drift: no such name.",
      "warning: h4 could not be checked for drift: no answer within 5 s.",
    ]);
  });
});
