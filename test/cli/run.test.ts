import { expect, test } from "vitest";
import type { Request } from "../../src/cli/arguments.ts";
import { Refusal } from "../../src/cli/refusal.ts";
import { run } from "../../src/cli/run.ts";
import type { Look } from "../../src/drift/look.ts";
import { HOST_KEY } from "../support/args.ts";
import { drifted, looked, silent } from "../support/looks.ts";

const request: Request = { command: "check", cwd: ".", stacks: [], all: false, hosts: [], json: false };

/** The configuration of a stack with these hosts, as `pulumi config --json` prints it. */
function config(...names: string[]): string {
  const tree = {
    domain: "example.com",
    relayHost: { host: "smtp.example.net" },
    credentials: { username: "user", password: "poison-x" },
    testDelivery: { to: "ops@example.org" },
    hosts: names.map((name) => ({ name, connection: { host: name, hostKey: HOST_KEY }, gone: name === "old" })),
  };
  const entries = Object.entries(tree).map(([key, value]) => [
    `postfix-relay:${key}`,
    { value: typeof value === "string" ? value : JSON.stringify(value), secret: key === "credentials" },
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Runs a command where these stacks and hosts are. */
async function command(
  asked: Partial<Request>,
  stacks: Record<string, string | Refusal>,
  looks: Record<string, Look | Promise<Look>> = {},
) {
  const said = { out: "", err: "", progress: [] as string[], looked: [] as string[] };
  const pulumi = async (...args: string[]) => {
    if (args.includes("ls")) return JSON.stringify(Object.keys(stacks).map((name) => ({ name })));
    if (args[0] === "stack") return `${Object.keys(stacks)[0]}\n`;
    const found = stacks[args.at(-1) ?? ""] ?? new Refusal("there is no stack of that name", 64);
    if (found instanceof Refusal) throw found;
    return found;
  };
  const code = await run(
    { ...request, ...asked },
    {
      pulumi,
      look: async ({ host }) => {
        said.looked.push(host);
        return looks[host] ?? looked({ owner: "" });
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
  const { code, out, err, progress } = await command({}, { prod: config("web-1", "web-2"), test: config("web-3") });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toBe("HOST   STATE    DETAILS\nweb-1  in sync\nweb-2  in sync\n");
  expect(progress).toEqual([
    "asking pulumi for the hosts",
    ...[0, 1, 2].map((done) => `looked at ${done} of 2 hosts`),
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
  const { out, looked: hosts } = await command({}, { prod: config("web-1", "web-2") }, looks);
  expect(hosts).toEqual(["web-1", "web-2"]);
  expect(out).toBe("HOST   STATE    DETAILS\nweb-1  in sync\nweb-2  in sync\n");
});

test("drift: one line of words for each difference, in their order", async () => {
  const { code, out } = await command({}, { prod: config("web-1") }, { "web-1": drifted("a b", "c") });
  expect(code).toBe(1);
  expect(out).toBe("HOST   STATE  DETAILS\nweb-1  drift  a b\n              c\n");
});

test("status", async () => {
  expect((await command({ command: "status" }, { prod: config("web-1") })).out).toContain("queue: empty");
});

test("only the host that was asked for", async () => {
  const stacks = { prod: config("web-1", "web-2") };
  expect((await command({ hosts: ["web-2"] }, stacks)).looked).toEqual(["web-2"]);
  await expect(command({ hosts: ["web-9"] }, stacks)).rejects.toMatchObject({ code: 64 });
});

test("a host that is gone is not looked at; alone, it is told that there is none", async () => {
  expect((await command({}, { prod: config("old", "web-1") })).looked).toEqual(["web-1"]);
  expect(await command({}, { prod: config("old") })).toMatchObject({
    code: 2,
    out: "",
    err: "there is no host to look at\n",
    looked: [],
  });
});

test("all stacks: those of other programs are left out with a note", async () => {
  const { code, out, err } = await command({ all: true }, { prod: config("web-1"), own: "{}", test: config("web-1") });
  expect(code).toBe(0);
  expect(out).toMatch(/^STACK +HOST.*\nprod +web-1 +in sync\ntest +web-1 +in sync\n$/);
  expect(err).toMatch(/^stack own is left out: .*no `postfix-relay:hosts`/);
});

test("a stack of another program that was named", async () => {
  expect(await command({ stacks: ["own"] }, { own: "{}" })).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringMatching(/^stack own: its configuration has no `postfix-relay:hosts`.*\n$/),
  });
});

test("a stack that cannot be read does not stop the others", async () => {
  const stacks = { prod: config("web-1"), locked: new Refusal("the passphrase of the stack is missing") };
  const found = await command({ all: true, hosts: ["web-1", "web-9"] }, stacks);
  expect(found).toMatchObject({
    code: 2,
    looked: ["web-1"],
    err: "stack locked: the passphrase of the stack is missing\n",
  });
});

test("a stack that does not exist is a mistake in typing", async () => {
  await expect(command({ stacks: ["prod", "prdo"] }, { prod: config("web-1") })).rejects.toMatchObject({ code: 64 });
});

test("JSON is all that is printed", async () => {
  const stacks = { prod: config("web-1", "web-2"), own: "{}" };
  const { code, out } = await command({ all: true, json: true }, stacks, { "web-2": silent });
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
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
