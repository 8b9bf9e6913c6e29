// What has become of a message, as one line on a host and back, and whether the mailbox is looked into again.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Arrival,
  arrivalIn,
  arrivalOf,
  arrivalText,
  recordedIn,
  STATES,
} from "../../../src/deliverability/inbox/arrival.ts";
import { newerOf, patienceFor } from "../../../src/deliverability/inbox/due.ts";

const state = fc.constantFrom(...STATES);
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.constant("<{%fg 1%}>\u001b[2J"),
);
const anything = fc.record({
  state,
  folder: text,
  seconds: fc.float({ min: 0, max: 1e5, noNaN: true }),
  receiver: text,
  spf: text,
  dkim: text,
  dmarc: text,
  sentFrom: text,
  verifiedHere: fc.boolean(),
  why: text,
});

test("what comes from a mailbox is cleaned and cut, fits on one line of the state folder, and comes back the same", () => {
  fc.assert(
    fc.property(anything, (given) => {
      const arrival = arrivalOf(given);
      const line = arrivalText(arrival);
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
      expect(Buffer.byteLength(line)).toBeLessThan(3500);
      expect(arrivalIn(line)).toEqual(arrival);
      expect(arrivalText(arrivalIn(line) as Arrival)).toBe(line);
      expect(recordedIn(`abc123 ${line}`)).toEqual({ token: "abc123", arrival });
    }),
  );
});

test.each([
  "",
  "abc",
  "abc {}",
  "abc [1]",
  "abc null",
  'abc {"state":"gone"}',
  "a-b {}",
  ` ${arrivalText(arrivalOf({ state: "inbox" }))}`,
])("%j is nothing that we keep, and no crash", (line) => expect(recordedIn(line)).toBeUndefined());

test("a host that says anything ends nothing", () => {
  fc.assert(fc.property(fc.string(), (said) => recordedIn(said) === undefined || said.includes("{")));
});

describe("whether the mailbox is looked into again", () => {
  const at = "2026-11-30T12:00:00Z";
  const hours = (count: number) => Date.parse(at) + count * 3_600_000;
  const recorded = (state: (typeof STATES)[number], token = "t1") => ({ token, arrival: arrivalOf({ state }) });
  const patience = (before: ReturnType<typeof recorded> | undefined, required: boolean, now = hours(1)) =>
    patienceFor({ token: "t1", at }, before, required, now);

  test("a new message, and one that was never looked for, is looked for until the time is over", () => {
    for (const required of [true, false]) {
      expect(patience(undefined, required)).toBe("whole");
      for (const state of STATES) expect(patience(recorded(state, "t0"), required)).toBe("whole");
      for (const state of ["unreadable", "unknown"] as const) expect(patience(recorded(state), required)).toBe("whole");
    }
  });

  test("one that is in the inbox is not looked for again", () => {
    for (const required of [true, false]) expect(patience(recorded("inbox"), required)).toBe("none");
  });

  test("where the inbox is required, one that is elsewhere is looked for once more in each update", () => {
    for (const state of ["junk", "elsewhere", "returned", "missing"] as const)
      expect(patience(recorded(state), true, hours(900))).toBe("once");
  });

  test("where it is not, only one that was not seen yet, and for a day", () => {
    for (const state of ["junk", "elsewhere", "returned"] as const)
      expect(patience(recorded(state), false)).toBe("none");
    expect([hours(0), hours(23.9), hours(24.1)].map((now) => patience(recorded("missing"), false, now))).toEqual([
      "once",
      "once",
      "none",
    ]);
    expect(patienceFor({ token: "t1", at: "" }, recorded("missing"), false, hours(1))).toBe("none");
  });

  test("of a single look only what is seen in another place is news", () => {
    const of = (state: (typeof STATES)[number], folder = "", seconds = 0) => arrivalOf({ state, folder, seconds });
    const junk = of("junk", "Junk", 3);
    expect(newerOf(junk, of("junk", "Junk", 0.2))).toBe(junk);
    expect(newerOf(junk, of("missing"))).toBe(junk);
    expect(newerOf(junk, of("unreadable"))).toBe(junk);
    expect(newerOf(junk, of("inbox", "INBOX", 0.2)).state).toBe("inbox");
    expect(newerOf(of("missing"), of("returned")).state).toBe("returned");
    expect(newerOf(of("returned"), of("inbox", "INBOX")).state).toBe("inbox");
  });
});
