// `credentials status` in memory: what hosts answer, and what is said of them.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import { type CredentialsWorld, credentials } from "../../src/cli/credentials.ts";
import { Refusal } from "../../src/cli/refusal.ts";
import { answerTo } from "../../src/rollout/holders.ts";
import { HOST_KEY } from "../support/args.ts";
import { sealed, stateWith } from "../support/state.ts";

const folder = mkdtempSync(join(tmpdir(), "postfix-relay-credentials-"));
afterAll(() => rmSync(folder, { recursive: true }));

const connection = (name: string) => ({ host: `${name}.example.com`, hostKey: HOST_KEY });
const account = { username: "user", password: "poison-now" };

/** What `pulumi config` prints of a stack with these hosts. */
const config = (names: string[], more: Record<string, unknown> = {}) =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries({
        domain: "example.com",
        relayHost: { host: "smtp.example.net" },
        credentials: account,
        testDelivery: { to: "ops@example.org" },
        hosts: names.map((name) => ({ name, connection: connection(name) })),
        ...more,
      }).map(([key, value]) => [
        `postfix-relay:${key}`,
        { value: typeof value === "string" ? value : JSON.stringify(value), secret: key === "credentials" },
      ]),
    ),
  );
const state = (names: string[], begun = true) =>
  stateWith(
    "prod",
    "mail",
    names.map((name) => ({ name, begun, args: { connection: connection(name), credentials: sealed("poison-key") } })),
  );

interface Scene {
  config?: string | Refusal;
  state?: string;
}

/** A host that holds this sasl_passwd; or what it prints, or an error of the connection. */
type Host = string | { stdout: string; code?: number } | Error;

async function status(line: string, stacks: Record<string, Scene>, hosts: Record<string, Host> = {}) {
  for (const stack of Object.keys(stacks)) {
    const text = `config:\n  postfix-relay:tags: [${stack}]\n  postfix-relay:hosts: []\n`;
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), text);
  }
  const said = { out: "", err: "", called: [] as string[], nonces: [] as string[] };
  const world = {
    project: {
      name: "mail",
      stacks: Object.keys(stacks),
      path: (stack: string) => join(folder, `Pulumi.${stack}.yaml`),
    },
    pulumi: async (...args: string[]) => {
      const { config: of = config([]), state: exported = state([]) } = stacks[args.at(-1) ?? ""] ?? {};
      if (args[0] !== "config") return exported;
      if (of instanceof Refusal) throw of;
      return of;
    },
    call: async ({ host }: { host: string }, words: string, seconds: number, stdin = "") => {
      said.called.push(`${host}: ${words} (${seconds} s)`);
      said.nonces.push(stdin);
      const found = hosts[host.replace(".example.com", "")] ?? "";
      if (found instanceof Error) throw found;
      if (typeof found !== "string") return { code: 0, ...found };
      return { code: 0, stdout: report({ answer: answerTo(stdin.trim(), found) }) };
    },
    print: (text: string) => {
      said.out += text;
    },
    say: (text: string) => {
      said.err += `${text}\n`;
    },
    progress: () => {},
    width: 200,
    colorTable: false,
  } as unknown as CredentialsWorld;
  const asked = await readArguments(["credentials", "status", ...line.split(" ").filter(Boolean)], "1");
  if (!("credentials" in asked)) throw new Error(JSON.stringify(asked));
  const code = await credentials(asked.credentials, world);
  expect(said.out + said.err + said.called.join()).not.toMatch(/poison|[0-9a-f]{40}/);
  return { code, ...said };
}

const report = (more: object) =>
  `Welcome\n${JSON.stringify({ postrelay: "credential", version: 1, owner: "", mark: "proven", answer: "", why: "", ...more })}\n`;
const now = "[smtp.example.net]:587 user:poison-now\n";
const old = "[smtp.example.net]:587 user:poison-old\n";

test("all have it: the old one can be revoked", async () => {
  const scene = { config: config(["web-1", "web-2"]), state: state(["web-1", "web-2"]) };
  const found = await status("--all", { prod: scene }, { "web-1": now, "web-2": now });
  expect(found).toMatchObject({
    code: 0,
    err: "",
    called: expect.arrayContaining(["web-1.example.com: credential (20 s)"]),
  });
  expect(found.out).toBe(`\
HOST   STATE    DETAILS
web-1  current
web-2  current

Every host has answered, and has what its stack's configuration says. The old one can be revoked.
`);
  // One nonce for all hosts of a call, and another one for the next.
  expect(new Set(found.nonces).size).toBe(1);
  expect(found.nonces[0]).toMatch(/^[0-9a-f]{64}\n$/);
  const again = await status("--all", { prod: scene }, { "web-1": now, "web-2": now });
  expect(again.nonces[0]).not.toBe(found.nonces[0]);
});

test("some have not, and of some it is not known", async () => {
  const names = ["a", "b", "c", "d", "e", "f", "g"];
  const found = await status(
    "--stack prod",
    { prod: { config: config([...names, "new"]), state: state(names) } },
    {
      a: now,
      b: old,
      c: { stdout: report({ answer: "0".repeat(64), mark: "paused" }) },
      d: new Error("ECONNREFUSED"),
      e: { stdout: report({ owner: "other/prod/e", answer: "1".repeat(64) }) },
      f: { stdout: report({ why: "another run works on this host: \u001b[2Jx" }), code: 2 },
      g: { stdout: "postrelay: there is no command credential.\n", code: 64 },
    },
  );
  expect(found.code).toBe(1);
  expect(found.out).toMatch(/^a +current$/m);
  expect(found.out).toMatch(/^b +group A +not what the configuration of its stack says/m);
  expect(found.out).toMatch(/^c +group B +mail is paused until a new password is proven$/m);
  expect(found.out).toMatch(/^d +unknown +nothing listens on its SSH port/m);
  expect(found.out).toMatch(/^e +unknown +it belongs to another Relay, other\/prod\/e$/m);
  expect(found.out).toMatch(/^f +unknown +another run works on this host: {2}\[2Jx$/m);
  expect(found.out).toMatch(
    /^g +unknown +its postrelay does not know `credential` yet; `pulumi up` brings a newer one$/m,
  );
  expect(found.out).toMatch(/^new +unknown +`pulumi up` sets it up$/m);
  expect(found.out).toMatch(
    /\nDo not revoke the old one yet: another one is on 2 of 8 hosts, of 5 it is not known\.\n$/,
  );
});

test("a host that only the state has, and one that is gone", async () => {
  const hosts = ["left", "web"].map((name) => ({
    name,
    connection: connection(name),
    ...(name === "left" && { gone: true }),
  }));
  const scene = { config: config([], { hosts }), state: state(["web", "left", "removed"]) };
  const found = await status("--all", { prod: scene }, { web: now, left: old, removed: old });
  expect(found.out).toMatch(/^removed +group A +the configuration of its stack does not have this host$/m);
  expect(found.out).not.toMatch(/^left/m);
  expect(found.code).toBe(1);
});

test("a stack that cannot be read, or whose configuration is wrong: nothing can be revoked", async () => {
  const found = await status(
    "--all --json",
    {
      prod: { config: config(["web"]), state: state(["web"]) },
      sealed: { config: new Refusal("the passphrase of the stack is missing") },
      wrong: { config: config(["db"], { domain: "x y" }) },
    },
    { web: now },
  );
  expect(found.code).toBe(2);
  expect(JSON.parse(found.out)).toEqual({
    version: 1,
    hosts: [{ stack: "prod", host: "web", state: "current", group: null, details: [] }],
    unread: [
      { stack: "sealed", why: "the passphrase of the stack is missing" },
      { stack: "wrong", why: expect.stringMatching(/^its configuration has mistakes:\n {2}postfix-relay:domain: /) },
    ],
    revocable: false,
  });
  expect(found.err).toMatch(/^stack sealed: the passphrase/m);
});

test("nothing is chosen, or a stack that is not there", async () => {
  await expect(status("", { prod: {} })).rejects.toMatchObject({
    code: 64,
    message: expect.stringMatching(/^nothing is chosen/),
  });
  await expect(status("--stack prdo", { prod: {} })).rejects.toMatchObject({
    code: 64,
    message: expect.stringMatching(/there is no stack prdo; did you mean prod\?/),
  });
});
