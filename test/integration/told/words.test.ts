// What an operator is told: before anything is done, while it lasts, and afterwards.

import { describe, expect } from "vitest";
import { row, Told } from "./world.ts";

const told = await Told.open();

describe("two Relays on one host are refused in the preview, and nothing is done:", () => {
  row.each([
    ["plain", 'new Relay("web-1", args()); new Relay("web-2", args());', "web-2", "web-1"],
    [
      "known later",
      'new Relay("web-1", args(pulumi.output("127.0.0.1").apply((h) => h))); new Relay("web-2", args());',
      "web-1",
      "web-2",
    ],
  ])("%s", async (_, program, one, other) => {
    told.program(program);
    const before = told.sshd.connections();
    const said = await told.stack.preview();
    expect(said.code).not.toBe(0);
    expect(said.text).toContain(`Relay ${one}:\n  connection.host: is the host of Relay ${other} too`);
    expect(said.text.match(/is the host of Relay/g)).toHaveLength(1);
    expect(told.sshd.connections()).toBe(before);
  });
});

row("a login shell that greets, the progress of the long step, and what the host has to tell", async () => {
  told.behave("greeting", "Welcome to web-1");
  told.behave("notes", ',"unproven":["fallback[0] [b.example.net]:587"],"kept":[]');
  told.program('export const { delivery, postfixVersion } = new Relay("web-1", args());');
  const said = await told.stack.up();
  expect(said).toMatchObject({ code: 0 });
  expect(said.text).toMatch(/web-1-packages .*postrelay: install goes on/);
  expect(said.text).not.toContain("postrelay: deliver goes on");
  expect(said.text).toMatch(
    /postfix-relay:index:Relay \(web-1\):\n\s+warning: These further ways could not be proven now; .*:\n\s+fallback\[0\] \[b\.example\.net\]:587/,
  );
  const [, summary = ""] = said.text.split("Diagnostics:");
  expect(summary.match(/warning:/g)).toHaveLength(1);
  expect(await told.stack.outputs()).toMatchObject({
    delivery: { status: "sent", seconds: 1, unproven: ["fallback[0] [b.example.net]:587"] },
    postfixVersion: "3.7.11",
  });
  expect((await told.stack.preview()).text).not.toContain("warning:");
});

row("a report that is lost is told, and does not end the program, then or later", async () => {
  const outputs = "export const { delivery, postfixVersion } = ";
  const args = 'args("127.0.0.1", { domain: "example.org", testDelivery: { to: "ops@example.net" } })';
  told.behave("greeting", "");
  told.behave("silent", "");
  told.program(`${outputs} new Relay("web-1", ${args});`);
  const lost = await told.stack.up();
  expect(lost).toMatchObject({ code: 0 });
  expect(lost.text).toContain("No report was found in what -delivery printed on the host.");
  expect(await told.stack.outputs()).toMatchObject({ delivery: { status: "unknown", unproven: [] } });
  expect(await told.stack.preview()).toMatchObject({ code: 0 });
});
