import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { answerTo, type HostAnswer, holders, isRevocable, letters, verdictOn } from "../../src/rollout/holders.ts";

const host = (
  name: string,
  answer?: string,
  wanted: string | undefined = "new",
  details: string[] = [],
): HostAnswer => ({
  ...{ stack: "prod", host: name, answer, wanted, details },
});

test("the digest is over the nonce, the file and the nonce, as bytes", () => {
  const expected = createHash("sha256").update(Buffer.from("ab[h]:587 u:秘密é\nab")).digest("hex");
  expect(answerTo("ab", "[h]:587 u:秘密é\n")).toBe(expected);
});

test("those with what is configured are current; the others are in groups of the same answer", () => {
  const found = holders([
    host("a", "new"),
    host("b", "old"),
    host("c", undefined, "new", ["no answer within 20 s"]),
    host("d", "older", "new", ["mail is paused until a new password is proven"]),
    host("e", "old"),
    { ...host("f", "old"), wanted: undefined },
  ]);
  expect(found.map(({ host, state, group }) => [host, state, group])).toEqual([
    ["a", "current", null],
    ["b", "other", "A"],
    ["c", "unknown", null],
    ["d", "other", "B"],
    ["e", "other", "A"],
    ["f", "other", "A"],
  ]);
  expect(found[3]?.details).toEqual([
    "mail is paused until a new password is proven",
    "not what the configuration of its stack says; `pulumi up` brings that",
  ]);
  expect(found[5]?.details).toEqual(["the configuration of its stack does not have this host"]);
});

test("no digest is in what is shown", () => {
  const answer = "f".repeat(64);
  expect(JSON.stringify(holders([host("a", answer), host("b", answer, answer)]))).not.toContain(answer);
});

test("the old one can be revoked only when every host has answered, and is current", () => {
  const verdict = (...found: HostAnswer[]) => [isRevocable(holders(found), []), verdictOn(holders(found), [])];
  expect(verdict(host("a", "new"), host("b", "new"))).toEqual([true, expect.stringMatching(/can be revoked\.$/)]);
  expect(verdict(host("a", "new"), host("b", "old"))).toEqual([
    false,
    "Do not revoke the old one yet: another one is on 1 of 2 hosts.",
  ]);
  expect(verdict(host("a", "new"), host("b"), host("c", "old"))[1]).toBe(
    "Do not revoke the old one yet: another one is on 1 of 3 hosts, of 1 it is not known.",
  );
  expect(verdict()).toEqual([false, "Do not revoke the old one yet: there is no host."]);
  const all = holders([host("a", "new")]);
  expect([isRevocable(all, [{}]), verdictOn(all, [{}])]).toEqual([
    false,
    "Do not revoke the old one yet: stacks that cannot be read: 1.",
  ]);
});

test("a host that answers what is not configured anywhere is never current", () => {
  expect(holders([{ ...host("a", "x"), wanted: undefined }])[0]?.state).toBe("other");
  expect(holders([{ ...host("a"), wanted: undefined }])[0]?.state).toBe("unknown");
});

test("more groups than letters", () => {
  expect([0, 25, 26, 51, 52, 701, 702].map(letters)).toEqual(["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
});
