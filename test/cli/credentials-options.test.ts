import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import { credentialsVerbs } from "../../src/cli/credentials-options.ts";
import { askHidden, newPassword, passwordIn } from "../../src/cli/hidden.ts";
import { hostkeyVerbs } from "../../src/cli/hostkey-options.ts";

const names = () => ({ stacks: ["prod", "dev"], hosts: ["web-1", "db"] });
const read = (...words: string[]) => readArguments(words, "1.2.3", names);
const asked = async (line: string) => await read(...line.split(" ").filter((word) => word !== ""));

test.each([
  ["credentials rotate --all", { path: ["credentials"], username: undefined }],
  ["credentials rotate --all --username 007", { username: "007" }],
  ["credentials rotate --all --account smtp.example.net", { path: ["accounts", "smtp.example.net"] }],
  ["credentials rotate --all --path postfix-relay:hosts[1].credentials", { path: ["hosts", 1, "credentials"] }],
  ['credentials rotate --all --path accounts["a@b.example"]', { path: ["accounts", "a@b.example"] }],
])("%s", async (line, wanted) => {
  expect(await asked(line)).toMatchObject({ credentials: { verb: "rotate", ...wanted } });
});

test("the options of a rollout", async () => {
  const line = "credentials rotate --tag prod --exclude dev --wave 1 --bake 10m --approval each-wave --yes --no-gate";
  expect(await asked(line)).toMatchObject({
    credentials: {
      rollout: {
        ...{ verb: "start", tags: ["prod"], exclude: ["dev"], waves: ["1"], bake: 600, approval: "each-wave" },
        ...{ yes: true, gate: false },
      },
    },
  });
});

test.each([
  ["hostkey add prod web-1", { verb: "add", stack: "prod", host: "web-1", yes: false, replace: false }],
  ["hostkey add prod 007 --yes --replace --json", { host: "007", yes: true, replace: true, json: true }],
  ["hostkey check prod -C mail", { verb: "check", stack: "prod", host: undefined, cwd: "mail" }],
])("%s", async (line, wanted) => expect(await asked(line)).toMatchObject({ hostkey: wanted }));

test.each([
  ["credentials", /^postfix-relay credentials: a verb is missing/],
  ["credentials rotat --all", /there is no verb rotat; did you mean rotate\?/],
  ["credentials status --username x", /there is no option --username here/],
  ["credentials rotate --all --stack a", /mutually exclusive/],
  ["credentials rotate --account a --path credentials", /mutually exclusive/],
  ["credentials rotate --all --path connection", /--path: got "connection", which is no account; give credentials/],
  ["credentials rotate --all --path a[", /which is no account/],
  ["credentials rotate --all --username=", /--username: got "", which is empty/],
  ["credentials rotate --all --password x", /there is no option --password here/],
  ["credentials rotate poison --all", /./],
  ["hostkey add prod", /name a stack, and a host of it/],
  ["hostkey", /^postfix-relay hostkey: a verb is missing/],
  ["hostkey chek prod", /did you mean check\?/],
  ["hostkey check prod --replace", /there is no option --replace here/],
  ["-C mail credentials status", /write `postfix-relay credentials VERB`, with the options after it/],
])("refused: %s", async (line, says) => {
  expect(await asked(line)).toMatchObject({ code: 64, text: expect.stringMatching(says) });
});

test("the help has each verb, and the exit codes", async () => {
  const { text: own } = (await read("credentials", "--help")) as { text: string };
  for (const verb of credentialsVerbs) expect(own).toContain(`credentials ${verb}`);
  for (const code of [0, 1, 2, 64, 70]) expect(own).toMatch(new RegExp(`^ +${code} `, "m"));
  const { text: keys } = (await read("hostkey", "--help")) as { text: string };
  for (const verb of hostkeyVerbs) expect(keys).toContain(`hostkey ${verb}`);
  for (const code of [0, 1, 2, 64, 70]) expect(keys).toMatch(new RegExp(`^ +${code} `, "m"));
  const { text: all } = (await read("--help")) as { text: string };
  for (const command of ["credentials", "hostkey"]) expect(all).toContain(`postfix-relay ${command}`);
});

test.each<[typed: string, words: string[]]>([
  ["postfix-relay cred", ["credentials"]],
  ["postfix-relay credentials ", ["rotate", "status"]],
  ["postfix-relay credentials rotate --us", ["--username"]],
  ["postfix-relay credentials rotate --stack ", ["prod", "dev"]],
  ["postfix-relay rollout re", ["report", "resume", "retry"]],
  ["postfix-relay rollout start --wa", ["--wave"]],
  ["postfix-relay rollout start --exclude d", ["dev"]],
  ["postfix-relay hostkey ", ["add", "check"]],
  ["postfix-relay hostkey add p", ["prod"]],
  ["postfix-relay hostkey add -C mail prod ", ["web-1", "db"]],
])("completes %s", async (typed, words) => {
  const { text } = (await read("--get-yargs-completions", ...typed.split(" "))) as { text: string };
  expect(text.split("\n").toSorted()).toEqual(words.toSorted());
});

/** A terminal on which that is typed. */
function terminal(...keys: string[]) {
  const input = new PassThrough();
  const shown: string[] = [];
  const ask = (question: string) => {
    const answer = askHidden(question, { input, output: { write: (text: string) => shown.push(text) } });
    input.write(keys.shift() ?? "");
    return answer;
  };
  return { ask, shown };
}

test("what is typed is not shown, and has to be typed twice", async () => {
  const { ask, shown } = terminal("poison秘\r", "poison秘\r");
  expect(await newPassword(ask, "for x")).toBe("poison秘");
  expect(shown.join("")).toBe("New password for x: \nOnce more: \n");
});

test("two that differ, none, and Ctrl-C or Ctrl-D", async () => {
  await expect(newPassword(terminal("one\r", "two\r").ask, "")).rejects.toMatchObject({ code: 64 });
  await expect(newPassword(terminal("\r").ask, "")).rejects.toMatchObject({ code: 64 });
  for (const key of ["\u0003", "\u0004"])
    await expect(newPassword(terminal(`poi${key === "\u0004" ? "\u0015" : ""}${key}`).ask, "")).rejects.toMatchObject({
      code: 130,
      message: "nothing was done",
    });
});

test("from a pipe: all of it, without the end of the line", () => {
  for (const end of ["", "\n", "\r\n"]) expect(passwordIn(` a b${end}`)).toBe(" a b");
  expect(passwordIn("a\n\n")).toBe("a\n");
  expect(() => passwordIn("\n")).toThrow(/there is no password on stdin/);
});
