import type { HostReport } from "../../src/drift/host-report.ts";
import type { Look } from "../../src/drift/look.ts";

/** What a host says that is as it was proven, with other values for what is tested. */
export const inSync = (more: Partial<HostReport> = {}): HostReport => ({
  postrelay: "check",
  version: 1,
  sync: "yes",
  why: "",
  live: "1a2b3c4d (proven)",
  owner: "mail/prod/web-1",
  differences: [],
  told: [],
  steps: [],
  id: "0123456789ab",
  seen: "",
  postfixVersion: "3.7.11",
  active: 0,
  deferred: 0,
  hold: 0,
  oldestSeconds: 0,
  waitsFor: "",
  relayed: 1_790_000_000,
  relayedAnswer: "250 2.0.0 Ok: queued as 4jZ5K518X2z8D",
  ...more,
});

/** The look at such a host. */
export const looked = (more: Partial<HostReport> = {}): Look => ({ kind: "report", report: inSync(more) });

/** One that has drifted in these ways. */
export const drifted = (...differences: string[]): Look => looked({ sync: "no", differences, steps: ["delivery"] });

/** One that says why it cannot tell. */
export const doubtful = (why: string): Look => looked({ sync: "unknown", why });

/** One that did not answer. */
export const silent: Look = { kind: "unreachable", reason: "no answer within 5 s" };

/** One that has nothing of postfix-relay. */
export const bare: Look = { kind: "absent", id: "" };

/** One in whose place something else answered. */
export const wrongKey: Look = { kind: "wrong key", reason: "it has another host key" };
