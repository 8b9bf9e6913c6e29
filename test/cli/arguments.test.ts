import { describe, expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";

const names = () => ({ stacks: ["prod", "dev"], hosts: ["web-1", "web-2", "db"] });
const read = (...args: string[]) => readArguments(args, "1.2.3", names);
const plain = { command: "check", cwd: ".", stacks: [], all: false, hosts: [], json: false, color: undefined };

test.each<[args: string, request: object]>([
  ["check", {}],
  ["status", { command: "status" }],
  ["check -C mail", { cwd: "mail" }],
  ["check --cwd=mail --cwd other", { cwd: "other" }],
  ["-C mail check", { cwd: "mail" }],
  ["check --stack prod", { stacks: ["prod"] }],
  ["--stack prod check", { stacks: ["prod"] }],
  ["check -s prod --stack acme/mail/test", { stacks: ["prod", "acme/mail/test"] }],
  ["check --all --host web-1 --host 2", { all: true, hosts: ["web-1", "2"] }],
  ["check --host 007", { hosts: ["007"] }],
  ["status --json --json", { command: "status", json: true }],
  ["check --no-color", { color: false }],
  ["check --color", { color: true }],
  ["check --probe", { probe: true }],
  [
    "status --probe --to a@example.org --host web-1",
    { command: "status", probe: true, to: "a@example.org", hosts: ["web-1"] },
  ],
])("%s", async (args, request) => {
  expect(await read(...args.split(" "))).toEqual({ request: { ...plain, probe: false, ...request } });
});

test.each<[args: string, says: RegExp]>([
  ["chek", /there is no command chek; did you mean check\?/],
  ["check status", /there is no command status/],
  ["check web-1", /there is no command web-1$/m],
  ["check --hots web-1", /there is no option --hots; did you mean --host\?/],
  ["check -x", /there is no option -x$/m],
  ["queue", /the name of a host is missing/],
  ["check --prob", /there is no option --prob; did you mean --probe\?/],
  ["test web-1 --probe", /--probe is an option of check and status/],
  ["check --stack", /Not enough arguments following: stack/],
  ["check --stack=", /Not enough arguments|need a value/],
  ["check --all --stack prod", /all and stack are mutually exclusive/],
])("refused: %s", async (args, says) => {
  const { text, code } = (await read(...args.split(" ").filter(Boolean))) as { text: string; code: number };
  expect({ code, text }).toEqual({ code: 64, text: expect.stringMatching(says) });
  expect(text).toMatch(/^postfix-relay: .*\nSee `postfix-relay --help`\.$/);
});

test.each(["", "--json"])("without a command it helps: %s", async (args) => {
  const { text, code } = (await read(...args.split(" ").filter(Boolean))) as { text: string; code: number };
  expect(code).toBe(64);
  expect(text).toContain("postfix-relay queue <name..>");
});

const action = { to: undefined, yes: false };
test.each<[args: string, request: object]>([
  ["queue web-1", { command: "queue", hosts: ["web-1"] }],
  ["queue web-1 007 --json -s prod", { command: "queue", hosts: ["web-1", "007"], json: true, stacks: ["prod"] }],
  ["test web-1 --to a@example.org", { command: "test", hosts: ["web-1"], to: "a@example.org" }],
  ["probe web-1 --all", { command: "probe", hosts: ["web-1"], all: true }],
  ["rollback web-1 --yes", { command: "rollback", hosts: ["web-1"], yes: true }],
])("%s", async (args, request) => {
  expect(await read(...args.split(" "))).toEqual({ request: { ...plain, ...action, ...request } });
});

test.each<[args: string, scope: object]>([
  ["inbox", {}],
  ["inbox web-1 web-2 --json", { hosts: ["web-1", "web-2"], json: true }],
  ["inbox --host web-1 -s prod", { hosts: ["web-1"], stacks: ["prod"] }],
])("%s", async (args, scope) => {
  const { command: _, ...of } = plain;
  expect(await read(...args.split(" "))).toEqual({ inbox: { ...of, ...scope } });
});

test("explain", async () => expect(await read("explain", "--json")).toEqual({ explain: { json: true } }));

test("an empty name is refused", async () => {
  for (const option of ["--stack", "--host", "--cwd"])
    expect(await read("check", option, ""), option).toMatchObject({ code: 64 });
});

describe("help", () => {
  test.each([[], ["check"], ["status"]])("of %s", async (...command) => {
    const { text, code } = (await read(...command, "--help")) as { text: string; code: number };
    expect(code).toBe(0);
    for (const word of [
      "--stack",
      "--all",
      "--host",
      "--json",
      "--probe",
      "--cwd",
      "--color",
      "--version",
      "Exit codes:\n  0 ",
    ])
      expect(text).toContain(word);
    expect(await read(...command, "-h")).toEqual({ text, code });
  });

  test("names each command", async () => {
    const { text } = (await read("--help")) as { text: string };
    for (const command of ["check", "status", "probe", "test", "inbox", "queue", "rollback", "explain", "completion"])
      expect(text).toContain(`postfix-relay ${command}`);
  });
});

test("the version", async () => {
  expect(await read("--version")).toEqual({ text: "1.2.3", code: 0 });
});

describe("completion", () => {
  test("has a script that asks this program", async () => {
    const { text, code } = (await read("completion")) as { text: string; code: number };
    expect(code).toBe(0);
    expect(text).toContain("postfix-relay --get-yargs-completions");
  });

  test.each<[typed: string, words: string[]]>([
    ["postfix-relay c", ["check", "completion"]],
    ["postfix-relay check --stack ", ["prod", "dev"]],
    ["postfix-relay check --host w", ["web-1", "web-2"]],
    ["postfix-relay queue ", ["web-1", "web-2", "db"]],
    ["postfix-relay inbox ", ["web-1", "web-2", "db"]],
    ["postfix-relay check --", ["--stack", "--all", "--host", "--json", "--probe", "--cwd"]],
  ])("%s", async (typed, words) => {
    const { text } = (await read("--get-yargs-completions", ...typed.split(" "))) as { text: string };
    expect(text.split("\n")).toEqual(expect.arrayContaining(words));
    expect(text).not.toMatch(/^--.$/m);
  });
});
