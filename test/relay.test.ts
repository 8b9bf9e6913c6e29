import { expect, test } from "vitest";
import { Relay } from "../src/index.ts";
import { relayArgs } from "./support/args.ts";
import { registered } from "./support/mocks.ts";

test("has five children, each after the one before", async () => {
  const [relay, ...children] = await registered(() => new Relay("web-1", relayArgs()));
  expect(relay).toMatchObject({ type: "postfix-relay:index:Relay", name: "web-1" });
  expect(children.map(({ name, after }) => [name, after])).toEqual([
    ["web-1-packages", []],
    ["web-1-main-cf", ["web-1-packages"]],
    ["web-1-sasl-passwd", ["web-1-main-cf"]],
    ["web-1-service", ["web-1-sasl-passwd"]],
    ["web-1-delivery", ["web-1-service"]],
  ]);
});
