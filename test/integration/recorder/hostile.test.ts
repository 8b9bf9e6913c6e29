// A host that says evil things, to looks and to steps, through the real engine.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inSync } from "../../support/looks.ts";
import { Recorder } from "./world.ts";

const recorder = await Recorder.open();

const EVIL = "\u001b[2J\u001b]0;x\u0007\u009b31m\u202e\u2028\n    error: fake\r<{%fg 1%}>; touch /tmp/owned #$(id)";
const relay = (more = "") => `new Relay("web-1", args("127.0.0.1", { drift: "repair"${more} }));`;

/** What somebody reads has our line breaks, and nothing that cannot be seen. */
function expectPrintable(text: string): void {
  expect(text.replaceAll("\n", "").match(/[\p{C}\p{Zl}\p{Zp}]|<\{%/u)).toBe(null);
  expect(text).not.toMatch(/^ *error: fake/m);
}

test("previews and updates: no control character, no line of its own, and no text of it in a command", async () => {
  recorder.program(relay());
  expect(await recorder.stack.up()).toMatchObject({ code: 0 });
  const answers: [says: RegExp, answer: string][] = [
    [
      /web-1: .*error: fake.*`pulumi up` repairs it/,
      JSON.stringify(inSync({ sync: "no", owner: "", steps: ["delivery"], differences: [EVIL] })),
    ],
    [
      /could not be checked for drift: .*error: fake/,
      JSON.stringify(inSync({ sync: "unknown", why: EVIL, owner: "" })),
    ],
    [/belongs to another Relay, .*error: fake/, JSON.stringify(inSync({ owner: EVIL }))],
    [/does not answer: .*touch/, EVIL],
    [/it says more than 1 MiB/, "x".repeat(2 ** 21)],
  ];
  for (const [says, answer] of answers) {
    recorder.behave("check", answer);
    const { code, text } = await recorder.stack.preview();
    expect(code, text).toBe(0);
    expect(text).toMatch(says);
    expectPrintable(text);
  }
  recorder.behave("check", JSON.stringify(inSync({ sync: "no", owner: "", steps: ["delivery"], differences: [EVIL] })));
  recorder.behave("notes", `,"unproven":${JSON.stringify([EVIL])},"kept":${JSON.stringify([EVIL])}`);
  const up = await recorder.stack.up();
  expect(up.code, up.text).toBe(0);
  expectPrintable(up.text);
  expect(up.text.match(/error: fake/g)?.length).toBeGreaterThan(1);
  const update = /"update": "(.*)"/.exec(await recorder.stack.state())?.[1];
  expect(update).toMatch(/^\/usr\/local\/sbin\/postrelay deliver --repair [0-9a-f]{16}$/);
});

test("the reason not to take the tool: as much of it as is needed, and no control character", async () => {
  recorder.program(relay().replace("web-1", "web-2"));
  const fake = `postrelay: ${EVIL.replace("\n", "")}\nerror: fake\n`.repeat(1000);
  for (const [refusal, says] of [
    [fake, /hook "web-2-\w+-tool" failed: postrelay: .*error: fake/],
    [EVIL, /the host does not take the tool: .*touch/],
    ["", /the host does not take the tool: exit code 1/],
    ["x".repeat(2 ** 21), /it says more than 1 MiB/],
  ] as const) {
    recorder.behave("refusal", refusal);
    const { code, text } = await recorder.stack.up();
    expect(code, text).not.toBe(0);
    expect(text).toMatch(says);
    expectPrintable(text);
    expect(text.length).toBeLessThan(20_000);
  }
});

test("a command in the state that was not made here is not run, and is told", async () => {
  recorder.behave("check", JSON.stringify(inSync({ owner: "" })));
  const file = join(recorder.stack.folder, "state.json");
  const state = await recorder.stack.state();
  const planted = state.replace(/(--repair) [0-9a-f]{16}/g, "$1 x; touch /tmp/owned #");
  expect(planted).not.toBe(state);
  writeFileSync(file, planted);
  await recorder.stack.must(["stack", "import", "--stack", "s", "--file", file]);
  recorder.commands();
  recorder.program(relay(', domain: "example.org", testDelivery: { to: "ops@example.net" }'));
  const up = await recorder.stack.up();
  expect(up.code).not.toBe(0);
  expect(up.text).toMatch(/web-1-delivery.*that this program did not make/s);
  expect(recorder.commands().filter((line) => line.includes("deliver"))).toEqual([]);
  // Without it the change is made.
  const without = JSON.parse(await recorder.stack.state(), (key, value) => (key === "update" ? undefined : value));
  writeFileSync(file, JSON.stringify(without));
  await recorder.stack.must(["stack", "import", "--stack", "s", "--file", file]);
  expect((await recorder.stack.up()).code).toBe(0);
  expect(recorder.commands().filter((line) => line.includes("deliver"))).toHaveLength(1);
});
