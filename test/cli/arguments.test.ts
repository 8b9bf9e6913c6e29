import { describe, expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";

const read = (...args: string[]) => readArguments(args, "1.2.3");
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
])("%s", async (args, request) => {
  expect(await read(...args.split(" "))).toEqual({ request: { ...plain, ...request } });
});

test.each<[args: string, says: RegExp]>([
  ["", /a command is missing: check, status or verdict/],
  ["--json", /a command is missing/],
  ["chek", /Unknown command: chek/],
  ["check status", /Unknown command: status/],
  ["check web-1", /Unknown command: web-1/],
  ["check --hots web-1", /Unknown argument.*hots/],
  ["check -x", /Unknown argument.*x/],
  ["check --stack", /Not enough arguments following: stack/],
  ["check --stack=", /Not enough arguments|need a name/],
  ["check --all --stack prod", /all and stack are mutually exclusive/],
])("refused: %s", async (args, says) => {
  const { text, code } = (await read(...args.split(" ").filter(Boolean))) as { text: string; code: number };
  expect({ code, text }).toEqual({ code: 64, text: expect.stringMatching(says) });
  expect(text).toMatch(/^postfix-relay: .*\n`postfix-relay --help` says what may be written\.$/);
});

test("an empty name is refused", async () => {
  for (const option of ["--stack", "--host", "--cwd"])
    expect(await read("check", option, ""), option).toMatchObject({ code: 64 });
});

describe("help", () => {
  test.each([[], ["check"], ["status"]])("of %s", async (...command) => {
    const { text, code } = (await read(...command, "--help")) as { text: string; code: number };
    expect(code).toBe(0);
    for (const word of ["--stack", "--all", "--host", "--json", "--cwd", "--color", "--version", "Exit codes: 0 all"])
      expect(text).toContain(word);
    expect(await read(...command, "-h")).toEqual({ text, code });
  });

  test("names each command", async () => {
    const { text } = await read("--help");
    for (const command of ["check", "status", "completion"]) expect(text).toContain(`postfix-relay ${command}`);
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
    ["postfix-relay check --", ["--stack", "--all", "--host", "--json", "--cwd"]],
  ])("%s", async (typed, words) => {
    const { text } = await read("--get-yargs-completions", ...typed.split(" "));
    expect(text?.split("\n")).toEqual(expect.arrayContaining(words));
    expect(text).not.toMatch(/^--.$/m);
  });
});
