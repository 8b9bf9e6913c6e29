import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { lookUp } from "../../src/component/look-ups.ts";
import type { Finding, Severity } from "../../src/settings/problems.ts";
import { settings } from "../support/args.ts";

let warn: MockInstance<typeof pulumi.log.warn>;
let info: MockInstance<typeof pulumi.log.info>;
beforeEach(() => {
  warn = vi.spyOn(pulumi.log, "warn").mockImplementation(async () => {});
  info = vi.spyOn(pulumi.log, "info").mockImplementation(async () => {});
});
afterEach(() => void vi.restoreAllMocks());

const mail = settings();
const finding = (severity: Severity, reason: string): Finding => ({ severity, path: ["domain"], reason });

test("warnings and notes of all look-ups are shown, one text for each kind, and end nothing", async () => {
  const lookUps = [
    () => [finding("warning", "has no SPF record"), finding("note", "is young")],
    async () => [finding("warning", "has no MX record")],
    () => [],
  ];
  expect(await lookUp("web-1", mail, lookUps)).toEqual([]);
  expect(warn.mock.calls).toEqual([["Relay web-1:\n  domain: has no SPF record\n  domain: has no MX record"]]);
  expect(info.mock.calls).toEqual([["Relay web-1:\n  domain: is young"]]);
});

test("errors are returned, and the warnings beside them are shown", async () => {
  const lookUps = [async () => [finding("warning", "is young")], () => [finding("error", "has no SPF record")]];
  expect(await lookUp("web-1", mail, lookUps)).toEqual([finding("error", "has no SPF record")]);
  expect(warn).toHaveBeenCalledExactlyOnceWith("Relay web-1:\n  domain: is young");
});

test("a look-up sees the checked settings", async () => {
  const one = vi.fn(() => []);
  await lookUp("web-1", mail, [one]);
  expect(one).toHaveBeenCalledExactlyOnceWith(mail);
  expect([warn.mock.calls, info.mock.calls]).toEqual([[], []]);
});
