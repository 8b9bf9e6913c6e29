import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { examined } from "../../src/component/looks.ts";
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

test("warnings and notes of all looks are shown, one text for each kind, and end nothing", async () => {
  const looks = [
    () => [finding("warning", "has no SPF record"), finding("note", "is young")],
    async () => [finding("warning", "has no MX record")],
    () => [],
  ];
  expect(await examined("web-1", mail, looks)).toBe(mail);
  expect(warn.mock.calls).toEqual([["Relay web-1:\n  domain: has no SPF record\n  domain: has no MX record"]]);
  expect(info.mock.calls).toEqual([["Relay web-1:\n  domain: is young"]]);
});

test("an error ends the program, after the warnings beside it are shown", async () => {
  const looks = [async () => [finding("warning", "is young")], () => [finding("error", "has no SPF record")]];
  await expect(examined("web-1", mail, looks)).rejects.toThrow(/^Relay web-1:\n {2}domain: has no SPF record$/);
  expect(warn).toHaveBeenCalledExactlyOnceWith("Relay web-1:\n  domain: is young");
});

test("a look sees the checked settings", async () => {
  const look = vi.fn(() => []);
  await examined("web-1", mail, [look]);
  expect(look).toHaveBeenCalledExactlyOnceWith(mail);
  expect([warn.mock.calls, info.mock.calls]).toEqual([[], []]);
});
