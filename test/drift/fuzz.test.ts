// Whatever a host answers, to a look or to a step: nothing of it moves a cursor, begins a line, becomes a command, or
// ends the program.

import fc from "fast-check";
import { expect, test } from "vitest";
import { exitCodeOf, type Findings, jsonOf } from "../../src/cli/findings.ts";
import { tableOf } from "../../src/cli/table.ts";
import { driftOf, textOf } from "../../src/drift/drift.ts";
import { failedLook, type Look, parseLook } from "../../src/drift/look.ts";
import { isRepairCommand, repairCommand, stepNames } from "../../src/host/command.ts";
import { deliveryOf, postfixVersionOf, warningsOf } from "../../src/host/report.ts";
import { steps } from "../../src/host/steps.ts";
import { inSync } from "../support/looks.ts";

const RUNS = { numRuns: 2000, seed: 23 };

const odd = fc.constantFrom(
  ...[
    "\u001b[2J",
    "\u001b]0;x\u0007",
    "\u009b31m",
    "\u202e",
    "\u2028",
    "\r\n    error: ",
    "\u0000",
    "\ud800",
    "\u2066",
  ],
  ...[
    "<{%fg 1%}>",
    "$(touch /tmp/owned)",
    "; reboot #",
    "`id`",
    "'\"\\",
    '{"postrelay":"check"',
    "postrelay: absent\n",
  ],
  ...["1764100000\n", "__proto__", "sudo: ", "\ufeff", "\u{e0041}", "9".repeat(40), "x".repeat(600)],
);
const text = fc
  .array(fc.oneof(odd, fc.string({ unit: "binary" }), fc.string()), { maxLength: 6 })
  .map((parts) => parts.join(""));
const value = fc.oneof(
  text,
  fc.array(text, { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.double(),
  fc.constant(-1),
);

/** A report of which any field is another value, or one more is there. */
const reportOf = (honest: object) =>
  fc
    .tuple(
      fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(honest)), text), value, { maxKeys: 4 }),
      fc.record({ ...Object.fromEntries(Object.keys(honest).map((key) => [key, textLike(honest, key)])) }),
      fc.constantFrom("texts", "texts", "any", "both"),
    )
    .map(([any, texts, which]) => ({
      ...honest,
      ...(which === "any" ? {} : texts),
      ...(which === "texts" ? {} : any),
    }));

/** What programs compare; a text in its place makes the whole report another. */
const TOKENS = ["id", "postfixVersion", "status", "dsn", "queueId"];

/** Another value of the same type, such as a host gives that knows the format. */
function textLike(honest: object, key: string): fc.Arbitrary<unknown> {
  const own = (honest as Record<string, unknown>)[key];
  if (key === "postrelay" || key === "version") return fc.constant(own);
  if (key === "owner") return fc.oneof({ weight: 3, arbitrary: fc.constant(own) }, text);
  if (key === "sync") return fc.constantFrom("yes", "no", "no", "unknown");
  if (key === "steps") return fc.subarray([...stepNames]);
  if (Array.isArray(own)) return fc.array(text, { maxLength: 3 });
  if (TOKENS.includes(key)) return fc.constantFrom("", "0123456789ab", "3.7.11-0+deb12u1");
  return typeof own === "string" ? text : fc.nat();
}

/** What such a host prints. */
const printed = (honest: object) =>
  fc.oneof(
    { weight: 4, arbitrary: reportOf(honest).map((report) => JSON.stringify(report)) },
    fc.tuple(text, reportOf(honest), text).map(([before, report, after]) => before + JSON.stringify(report) + after),
    fc.tuple(reportOf(honest), fc.nat(400)).map(([report, length]) => JSON.stringify(report).slice(0, length)),
    fc.constantFrom(10, 100_000).map((depth) => `{"postrelay":"check","version":${"[".repeat(depth)}`),
    text,
  );

/** What people read: our line breaks, and nothing that cannot be seen. */
const expectPrintable = (shown: string) => {
  const found = shown.replaceAll("\n", "").match(/[\p{C}\p{Zl}\p{Zp}]|<\{%/u);
  if (found) throw new Error(`U+${found[0].codePointAt(0)?.toString(16)} in ${JSON.stringify(shown)}`);
};

let told = 0;

function expectHarmless(look: Look): void {
  const drift = driftOf(look, ["mail/prod"]);
  for (const repair of [true, false]) {
    const said = textOf("web-1", drift, repair)?.text ?? "";
    expectPrintable(said);
    // Only ours: a line for each difference, where there are several.
    const texts = drift.words.length + drift.told.length;
    const outlooks = Number(drift.words.length > 0) + Number(drift.told.length > 0);
    expect(said.split("\n")).toHaveLength(texts > 1 ? texts + 1 + outlooks : 1);
    expect(said.length).toBeLessThan(40_000);
  }
  if (drift.words.length > 0) told += 1;
  if (drift.steps.length > 0) expect(drift.id).toMatch(/^[0-9a-f]{16}$/);
  for (const step of steps.filter(({ suffix }) => drift.steps.includes(suffix))) {
    const create = step.create("deploy");
    expect(repairCommand(create, drift.id).replace(/[0-9a-f]{16}$/, "ID")).toBe(`${create} --repair ID`);
    expect(isRepairCommand(create, repairCommand(create, drift.id))).toBe(true);
  }
  const hosts = [{ stack: "prod", host: "web-1", owners: ["mail/prod/web-1"], changes: [], look }];
  const findings: Findings = { hosts, unread: [], skipped: [] };
  for (const status of [true, false])
    expectPrintable(tableOf(findings, { status, width: 80, color: false, now: 1_790_000_300 }));
  expectPrintable(jsonOf(findings));
  JSON.parse(jsonOf(findings));
  expect([0, 1, 2]).toContain(exitCodeOf(findings));
}

test("2,000 answers to a look", () => {
  fc.assert(
    fc.property(
      printed(inSync({ owner: "mail/prod/web-1" })),
      fc.constantFrom(-1, 0, 1, 2, 77, 126, 255),
      (stdout, code) => expectHarmless(parseLook({ code, stdout })),
    ),
    RUNS,
  );
  // The control: many of them are told.
  expect(told).toBeGreaterThan(100);
});

test("2,000 reasons for none", () => {
  const login = { user: "root", privateKey: "x" };
  fc.assert(
    fc.property(text, (reason) => expectHarmless(failedLook(new Error(reason), login))),
    RUNS,
  );
});

const sent = {
  ...{ postrelay: "deliver", status: "sent", relay: "r[192.0.2.1]:587", dsn: "2.0.0", queueId: "4ABC", answer: "250" },
  ...{ seconds: 0.5, unproven: [] as string[], kept: [] as string[], ends: [] as string[], postfixVersion: "3.7.11" },
};

test("2,000 answers of a step", () => {
  let warned = 0;
  fc.assert(
    fc.property(printed(sent), (stdout) => {
      const warnings = warningsOf("delivery", stdout);
      const all = [...warnings.events, ...warnings.states].join("");
      expectPrintable(all);
      // What begins a line is ours.
      if (/\n(?! {2})/.test(all)) throw new Error(JSON.stringify(all));
      warned += warnings.states.length;
      const { unproven, seconds, ...texts } = deliveryOf(stdout);
      const outputs = [...unproven, ...Object.values(texts), postfixVersionOf(stdout), String(seconds)].join("");
      expectPrintable(outputs);
      if (outputs.includes("\n")) throw new Error(JSON.stringify(outputs));
    }),
    RUNS,
  );
  expect(warned).toBeGreaterThan(100);
});
