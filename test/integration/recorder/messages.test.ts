// What an operator reads: before an update, while it runs, and afterwards.

import { describe, expect, test } from "vitest";
import { Recorder } from "./world.ts";

const recorder = await Recorder.open();

describe("two Relays on one host are refused in the preview, and nothing is done:", () => {
  test.each([
    ["plain", 'new Relay("web-1", args()); new Relay("web-2", args());', "web-2", "web-1"],
    [
      "known later",
      'new Relay("web-1", args(pulumi.output("127.0.0.1").apply((h) => h))); new Relay("web-2", args());',
      "web-1",
      "web-2",
    ],
  ])("%s", async (_, program, one, other) => {
    recorder.program(program);
    const before = recorder.sshd.connections();
    const result = await recorder.stack.preview();
    expect(result.code).not.toBe(0);
    expect(result.text).toContain(`Relay ${one}:\n  connection.host: is the host of Relay ${other} too`);
    expect(result.text.match(/is the host of Relay/g)).toHaveLength(1);
    expect(recorder.sshd.connections()).toBe(before);
  });
});

test("a login shell that greets, the progress of the long step, and the notes in the report", async () => {
  recorder.behave("greeting", "Welcome to web-1");
  recorder.behave("notes", ',"unproven":["fallback[0] [b.example.net]:587"],"kept":["main.cf was changed by hand"]');
  recorder.program('export const { delivery, postfixVersion } = new Relay("web-1", args());');
  const result = await recorder.stack.up();
  expect(result).toMatchObject({ code: 0 });
  expect(result.text).toMatch(/web-1-packages .*postrelay: install goes on/);
  expect(result.text).not.toContain("postrelay: deliver goes on");
  expect(result.text).toMatch(
    /postfix-relay:index:Relay \(web-1\):\n[\s\S]*\s+warning: Not all was proven, and mail .*:\n\s+fallback\[0\] \[b\.example\.net\]:587/,
  );
  const [, summary = ""] = result.text.split("Diagnostics:");
  expect(summary.match(/warning:/g)).toHaveLength(2);
  expect(summary).toMatch(
    /warning: These files were replaced; copies are on the host:\n\s+main\.cf was changed by hand/,
  );
  expect(await recorder.stack.outputs()).toMatchObject({
    delivery: { status: "sent", seconds: 1, unproven: ["fallback[0] [b.example.net]:587"] },
    postfixVersion: "3.7.11",
  });
  expect((await recorder.stack.preview()).text).not.toContain("warning:");
  // What has happened is said once, what is still so each time.
  const [, later = ""] = (await recorder.stack.up()).text.split("Diagnostics:");
  expect(later.match(/warning:/g)).toHaveLength(1);
  expect(later).toMatch(/warning: Not all was proven/);
});

test("a lost report is a warning, and does not end the program, then or later", async () => {
  const outputs = "export const { delivery, postfixVersion } = ";
  const args = 'args("127.0.0.1", { domain: "example.org", testDelivery: { to: "ops@example.net" } })';
  recorder.behave("greeting", "");
  recorder.behave("silent", "");
  recorder.program(`${outputs} new Relay("web-1", ${args});`);
  const lost = await recorder.stack.up();
  expect(lost).toMatchObject({ code: 0 });
  expect(lost.text).toContain("No report was found in what -delivery printed on the host.");
  expect(await recorder.stack.outputs()).toMatchObject({ delivery: { status: "unknown", unproven: [] } });
  expect(await recorder.stack.preview()).toMatchObject({ code: 0 });
});
