import { afterEach, expect, test, vi } from "vitest";
import { traceless } from "../../src/component/child.ts";

afterEach(() => vi.unstubAllEnvs());

const traced = () => /\n\s+at /.test(new Error("here").stack ?? "");

test("a child is made without stack traces, and what comes after it has them again", () => {
  const limit = Error.stackTraceLimit;
  expect([traced(), traceless(traced), traced()]).toEqual([true, false, true]);
  expect(() =>
    traceless(() => {
      throw new Error("odd");
    }),
  ).toThrow("odd");
  expect(Error.stackTraceLimit).toBe(limit);
});

test("the SDK's debug mode for promises that never end keeps them", () => {
  vi.stubEnv("PULUMI_DEBUG_PROMISE_LEAKS", "true");
  expect(traceless(traced)).toBe(true);
});
