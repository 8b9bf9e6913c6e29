import { expect, test } from "vitest";
import { Refusal } from "../../src/cli/refusal.ts";
import type { Request } from "../../src/cli/request.ts";
import { run } from "../../src/cli/run.ts";
import type { Look } from "../../src/drift/look.ts";
import { HOST_KEY } from "../support/args.ts";
import { drifted, looked, silent } from "../support/looks.ts";
import { sealed, stateWith } from "../support/state.ts";

const request: Request = { command: "check", cwd: ".", stacks: [], all: false, hosts: [], json: false, probe: false };

const argsOf = (name: string) => ({
  connection: { host: name, hostKey: HOST_KEY },
  domain: "example.com",
  relayHost: { host: "smtp.example.net" },
  credentials: { username: "user", password: sealed("poison-x") },
  testDelivery: { to: "ops@example.org" },
});

/** The state of a stack with these hosts; `old` is gone. */
const state = (...names: string[]) =>
  stateWith(
    "prod",
    "mail",
    names.map((name) => ({ name, args: { ...argsOf(name), ...(name === "old" && { gone: true }) } })),
  );

/** A stack file with these hosts. */
const file = (...names: string[]) =>
  `config:\n  postfix-relay:hosts: ${JSON.stringify(
    names.map((name) => ({ name, ...argsOf(name), credentials: { username: "user", password: { secure: "v1" } } })),
  )}\n`;

interface Scene {
  looks?: Record<string, Look | Promise<Look>>;
  files?: Record<string, string>;
  /** What a host answers to a probe; usually that the relay has answered. */
  probes?: Record<string, string | Error | Promise<string>>;
  /** What `pulumi stack ls` has; all stacks that have a state. */
  listed?: string[];
}

/** Runs a command where these stacks and hosts are. */
async function command(
  asked: Partial<Request>,
  stacks: Record<string, string | Refusal>,
  { looks = {}, files = {}, probes = {}, listed = Object.keys(stacks) }: Scene = {},
) {
  const none: string[] = [];
  const said = { out: "", err: "", progress: [...none], looked: [...none], asked: [...none], called: [...none] };
  const pulumi = async (...args: string[]) => {
    said.asked.push(args.join(" "));
    if (args.includes("ls")) return JSON.stringify(listed.map((name) => ({ name })));
    if (args.includes("--show-name")) return `${listed[0]}\n`;
    const name = args.includes("--stack") ? args.at(-1) : listed[0];
    const found = stacks[name ?? ""] ?? new Refusal("there is no stack of that name", 64);
    if (found instanceof Refusal) throw found;
    return found;
  };
  const project = { name: "mail", stacks: Object.keys(files), file: (stack: string) => files[stack] };
  const code = await run(
    { ...request, ...asked },
    {
      pulumi,
      project,
      look: async ({ host }) => {
        said.looked.push(host);
        return looks[host] ?? looked({ owner: "" });
      },
      call: async ({ host }, words, seconds) => {
        said.called.push(`${host}: ${words} (${seconds} s)`);
        const stdout = await (probes[host] ?? probe("yes"));
        if (stdout instanceof Error) throw stdout;
        return { code: 0, stdout };
      },
      print: (text) => {
        said.out += text;
      },
      say: (text) => {
        said.err += `${text}\n`;
      },
      progress: (text) => said.progress.push(text),
      width: 100,
      color: false,
      now: () => 1_790_000_300,
    },
  );
  expect(said.out + said.err + said.progress.join()).not.toContain("poison");
  return { code, ...said };
}

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

/** What the tool prints of a probe. */
const probe = (answered: string, why = "") =>
  JSON.stringify({ postrelay: "probe", version: 1, answered, relay: "r[192.0.2.1]:587", answer: "250 2.1.5 Ok", why });

test("no host is probed unasked", async () => {
  expect((await command({}, { prod: state("web-1") })).called).toEqual([]);
});

test("each host that is there and ours is probed, once", async () => {
  const looks = {
    "web-2": looked({ owner: "mail/prod/web-2", sync: "no", differences: ["x"] }),
    down: silent,
    other: looked({ owner: "web/prod/other" }),
  };
  const probes = { "web-2": probe("no", "The relay refuses the user name or password.") };
  const prod = state("web-1", "web-2", "down", "other");
  const { code, out, called, progress } = await command({ probe: true }, { prod }, { looks, probes });
  expect(code).toBe(1);
  expect(called).toEqual(["web-1: probe --json (90 s)", "web-2: probe --json (90 s)"]);
  expect(out).toMatch(/^HOST +STATE +PROBE +DETAILS$/m);
  expect(out).toMatch(/^web-1 +in sync +answered$/m);
  expect(out).toMatch(/^web-2 +drift +not answered +x\n +probe: The relay refuses the user name or password\.$/m);
  expect(out).toMatch(/^down +no answer +no answer within 5 s$/m);
  expect(out).toMatch(/; 2 probed: 1 answered, 1 not answered\n$/);
  expect(progress.slice(-2)).toEqual(["checked 4 of 4 hosts, probed 2", ""]);
});

test.each<[what: string, answer: string | Error, code: number, row: RegExp]>([
  ["it cannot tell", probe("unknown", "mail is paused"), 2, /unknown +probe: mail is paused$/m],
  ["bounces are refused", probe("yes", "bounces are refused"), 0, /answered +probe: but bounces are refused$/m],
  ["an older tool", "usage: …", 2, /unknown +probe: postrelay is there and does not answer/],
  ["the connection breaks", new Error("no answer within 90 s"), 2, /no answer +probe: no answer within 90 s$/m],
  ["what would write on the terminal", probe("no", "a\u001b[2Jb"), 1, /not answered +probe: a \[2Jb$/m],
])("a probe: %s", async (_, answer, code, row) => {
  const asked = { probe: true, to: "it's@example.org" };
  const found = await command(asked, { prod: state("web-1") }, { probes: { "web-1": answer } });
  expect(found).toMatchObject({ code, out: expect.stringMatching(row) });
  expect(found.called).toEqual(["web-1: probe --json --to 'it'\\''s@example.org' (90 s)"]);
});

test("eight probes at a time, whatever the looks do; one that hangs holds up no other", async () => {
  const names = Array.from({ length: 20 }, (_, at) => `web-${at}`);
  const turns = names.map(() => Promise.withResolvers<string>());
  const probes = Object.fromEntries(names.map((name, at) => [name, turns[at]?.promise as Promise<string>]));
  let atOnce = 0;
  const counted = new Proxy(probes, {
    get: (all, name: string) => {
      atOnce += 1;
      return all[name]?.finally(() => {
        atOnce -= 1;
      });
    },
  });
  const run = command({ probe: true }, { prod: state(...names) }, { probes: counted });
  const most: number[] = [];
  for (const turn of turns.slice(1)) {
    await new Promise(setImmediate);
    most.push(atOnce);
    turn.resolve(probe("yes"));
  }
  await new Promise(setImmediate);
  expect([Math.max(...most), atOnce]).toEqual([8, 1]);
  turns[0]?.resolve(probe("yes"));
  expect((await run).called).toHaveLength(20);
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
