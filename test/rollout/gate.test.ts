import { expect, test } from "vitest";
import { judge, type Reading } from "../../src/rollout/gate.ts";

const well: Reading = { stack: "a", host: "web", answered: "yes", inSync: true, why: "", deferred: 2, waitsFor: "" };
const login = { waitsFor: "SASL authentication failed; server relay said: 535 5.7.8", deferred: 5 };
const other = { ...well, stack: "b" };

test.each<[string, Partial<Reading>, Partial<Reading> | undefined, string, RegExp]>([
  ["all is well", {}, undefined, "pass", /^$/],
  ["the relay does not answer", { answered: "no", why: "535 refused" }, {}, "fail", /^a\/web: 535 refused$/],
  [
    "nor does it to others",
    { answered: "no", why: "timeout" },
    { answered: "no" },
    "inconclusive",
    /not changed have it too/,
  ],
  ["it has drifted", { inSync: false, why: "main.cf differs" }, {}, "fail", /main\.cf differs/],
  ["nobody answers", { answered: "unknown", why: "no answer" }, {}, "inconclusive", /no answer/],
  ["more mail waits for a login", login, {}, "fail", /more mail waits: SASL/],
  ["more mail waits, there too", { deferred: 9 }, { deferred: 9 }, "inconclusive", /as on hosts that were not changed/],
  ["more mail waits for the recipient's server", { deferred: 9, waitsFor: "host mx said: 451" }, {}, "pass", /^$/],
])("%s", (_, wave, control, verdict, why) => {
  const judged = judge([{ ...well, ...wave }], control ? [{ ...other, ...control }] : [], { "a/web": 2, "b/web": 2 });
  expect(judged).toMatchObject({ verdict, why: expect.stringMatching(why) });
  expect(judged.stacks).toEqual(verdict === "pass" ? [] : ["a"]);
});

test("without an earlier count nothing has grown; the counts are kept for the next time", () => {
  expect(judge([{ ...well, ...login }], [])).toMatchObject({ verdict: "pass", queues: { "a/web": 5 } });
});
