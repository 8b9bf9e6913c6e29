import { expect, test } from "vitest";
import { Refusal } from "../../src/cli/refusal.ts";
import type { Look } from "../../src/drift/look.ts";
import { drifted, looked, silent } from "../support/looks.ts";
import { command, file, state } from "./scene.ts";

test("the selected stack, all in sync", async () => {
  const { code, out, err, progress } = await command({}, { prod: state("web-1", "web-2"), test: state("web-3") });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toBe("HOST   STATE    DETAILS\nweb-1  in sync\nweb-2  in sync\n\n2 hosts: 2 in sync\n");
  expect(progress).toEqual([
    "asking pulumi for the hosts",
    ...[0, 1, 2].map((done) => `checked ${done} of 2 hosts`),
    "",
  ]);
});

test("one host does not wait for another; the lines have the order of the hosts", async () => {
  const inSync = looked({ owner: "" });
  let answer = (_: Look) => {};
  const first = new Promise<Look>((resolve) => {
    answer = resolve;
  });
  const looks = {
    "web-1": first,
    get "web-2"() {
      answer(inSync);
      return inSync;
    },
  };
  const { out, looked: hosts } = await command({}, { prod: state("web-1", "web-2") }, { looks });
  expect(hosts).toEqual(["web-1", "web-2"]);
  expect(out).toBe("HOST   STATE    DETAILS\nweb-1  in sync\nweb-2  in sync\n\n2 hosts: 2 in sync\n");
});

test("drift: one line of words for each difference, in their order", async () => {
  const { code, out } = await command({}, { prod: state("web-1") }, { looks: { "web-1": drifted("a b", "c") } });
  expect(code).toBe(1);
  expect(out).toBe("HOST   STATE  DETAILS\nweb-1  drift  a b\n              c\n");
});

test("status", async () => {
  expect((await command({ command: "status" }, { prod: state("web-1") })).out).toContain("queue: empty");
});

test("only the host that was asked for", async () => {
  const stacks = { prod: state("web-1", "web-2") };
  expect((await command({ hosts: ["web-2"] }, stacks)).looked).toEqual(["web-2"]);
  await expect(command({ hosts: ["web-9"] }, stacks)).rejects.toMatchObject({ code: 64 });
});

test("a host that is gone is not looked at; alone, it is told that there is none", async () => {
  expect((await command({}, { prod: state("old", "web-1") })).looked).toEqual(["web-1"]);
  expect(await command({}, { prod: state("old") })).toMatchObject({
    code: 2,
    out: "",
    err: "no hosts to check\n",
    looked: [],
  });
});

test("all stacks: those without a Relay are left out with a note, one for all of them", async () => {
  const stacks = { prod: state("web-1"), own: "{}", test: state("web-1"), other: "{}" };
  const { code, out, err } = await command({ all: true }, stacks);
  expect(code).toBe(0);
  expect(out).toMatch(/^STACK +HOST.*\nprod +web-1 +in sync\ntest +web-1 +in sync\n\n2 hosts: 2 in sync\n$/);
  expect(err).toMatch(/^2 stacks are left out, each because it has no Relay.*: own, other\n$/);
});

test("all stacks: those with a file are asked before the list is there, each once", async () => {
  const stacks = { prod: state("web-1"), "acme/mail/own": state("web-2") };
  const files = { prod: file("web-1"), old: file("web-9") };
  const { asked, out, err, code } = await command({ all: true }, stacks, { files });
  expect(asked).toEqual([
    "stack ls --json",
    "stack export --show-secrets --stack prod",
    "stack export --show-secrets --stack old",
    "stack export --show-secrets --stack acme/mail/own",
  ]);
  expect(out).toMatch(/^prod +web-1 +in sync$/m);
  expect([code, err]).toEqual([0, "stack old is left out: Pulumi.old.yaml belongs to no stack of this backend\n"]);
});

test("all stacks of a project that has none", async () => {
  await expect(command({ all: true }, {}, { files: { prod: file("web-1") } })).rejects.toThrow(/has no stack/);
});

test("a file beside the state: what is not created yet and what is not applied yet is no fault", async () => {
  const files = { prod: file("web-1", "web-2", "new").replace('"example.com"', '"example.org"') };
  const { code, out, looked } = await command({}, { prod: state("web-2", "web-1") }, { files });
  expect([code, looked]).toEqual([0, ["web-1", "web-2"]]);
  expect(out).toMatch(
    /^web-1 +not applied yet +changed in the stack file: domain\nweb-2 +in sync\nnew +not created yet /m,
  );
  expect(out).toMatch(/\n\n3 hosts: 1 in sync, 1 not applied yet, 1 not created yet\n$/);
});

test("a file with mistakes: the hosts are checked, and the file is told", async () => {
  const files = { prod: file("web-1").replace('"example.com"', '"x y"') };
  const { code, out, err } = await command({}, { prod: state("web-1") }, { files });
  expect([code, err]).toEqual([
    2,
    expect.stringMatching(/^stack prod: Pulumi\.prod\.yaml has mistakes:\n {2}domain: got "x y"/),
  ]);
  expect(out).toMatch(/^web-1 +in sync$/m);
});

test("a host of another project", async () => {
  const looks = { "web-1": looked({ owner: "web/prod/web-1" }) };
  const { code, out } = await command({}, { prod: state("web-1") }, { looks });
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/^web-1 +another owner +it belongs to another Relay, web\/prod\/web-1$/m),
  ]);
});

test("a stack without a Relay that was named", async () => {
  expect(await command({ stacks: ["own"] }, { own: "{}" })).toMatchObject({
    code: 2,
    out: "",
    err: "stack own: it has no Relay: neither its state nor its file has a host\n",
  });
});

test("a stack that cannot be read does not stop the others", async () => {
  const stacks = { prod: state("web-1"), locked: new Refusal("the passphrase of the stack is missing") };
  const found = await command({ all: true, hosts: ["web-1", "web-9"] }, stacks);
  expect(found).toMatchObject({
    code: 2,
    looked: ["web-1"],
    err: "stack locked: the passphrase of the stack is missing\n",
  });
});

test("a stack that does not exist is a mistake in typing", async () => {
  const files = { prod: file("web-1"), test: "" };
  await expect(command({ stacks: ["prod", "prdo"] }, { prod: state("web-1") }, { files })).rejects.toMatchObject({
    code: 64,
    message: "there is no stack prdo; did you mean prod? known here: prod, test",
  });
});

test("JSON is all that is printed", async () => {
  const stacks = { prod: state("web-1", "web-2"), own: "{}" };
  const { code, out } = await command({ all: true, json: true }, stacks, { looks: { "web-2": silent } });
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({
    version: 2,
    hosts: [
      { stack: "prod", host: "web-1", state: "in-sync" },
      { stack: "prod", host: "web-2", state: "no-answer" },
    ],
    unread: [],
    skipped: [{ stack: "own" }],
  });
});

test("JSON without a host is JSON, too", async () => {
  expect(JSON.parse((await command({ json: true }, { own: "{}" })).out)).toMatchObject({ hosts: [], unread: [{}] });
});
