import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readArguments } from "../../src/cli/arguments.ts";
import { oauthVerbs } from "../../src/cli/oauth-options.ts";

const names = () => ({ stacks: ["prod", "dev"], hosts: ["web-1"] });
const read = (...words: string[]) => readArguments(words, "1.2.3", names);

test("the defaults", async () => {
  expect(await read("oauth", "login")).toEqual({
    oauth: {
      ...{ verb: "login", stack: undefined, path: ["credentials"], cwd: ".", flow: undefined, paste: undefined },
      ...{ clientId: undefined, tokenEndpoint: undefined, scope: undefined },
      ...{ deviceEndpoint: undefined, authorizeEndpoint: undefined, timeout: 900 },
    },
  });
});

test.each<[line: string, wanted: object]>([
  ["-s prod -C mail --timeout 90s", { stack: "prod", cwd: "mail", timeout: 90 }],
  ["--account shop@example.com", { path: ["accounts", "shop@example.com"] }],
  ["--path postfix-relay:hosts[1].credentials", { path: ["hosts", 1, "credentials"] }],
  ["--flow browser --paste", { flow: "browser", paste: true }],
  ["--no-paste", { paste: false }],
  ["--client-id 007 --scope mail", { clientId: "007", scope: "mail" }],
  ["--device-endpoint https://x.example/d", { deviceEndpoint: "https://x.example/d" }],
  ["--authorize-endpoint https://x.example/a", { authorizeEndpoint: "https://x.example/a" }],
  ["--token-endpoint https://x.example/t", { tokenEndpoint: "https://x.example/t" }],
])("oauth login %s", async (line, wanted) => {
  expect(await read("oauth", "login", ...line.split(" "))).toMatchObject({ oauth: wanted });
});

test.each<[line: string, says: RegExp]>([
  ["oauth", /^postfix-relay oauth: a verb is missing/],
  ["oauth logn", /there is no verb logn; did you mean login\?/],
  ["oauth login --flow code", /flow, Given: "code", Choices: "device", "browser"/],
  ["oauth login --flow device --paste", /--paste goes with --flow browser/],
  ["oauth login --timeout 2d", /--timeout: got "2d", which is no time up to a day/],
  ["oauth login --timeout 0s", /which is no time up to a day/],
  ["oauth login --timeout 25h", /which is no time up to a day/],
  ["oauth login --path connection", /--path: got "connection", which is no account/],
  ["oauth login --account a --path credentials", /mutually exclusive/],
  ["oauth login --client-id=", /--client-id: got "", which is empty/],
  // A secret has no place on a command line.
  ["oauth login --client-secret x", /there is no option --client-secret here/],
  ["oauth login --refresh-token x", /there is no option --refresh-token here/],
])("refused: %s", async (line, says) => {
  expect(await read(...line.split(" "))).toMatchObject({ code: 64, text: expect.stringMatching(says) });
});

test("the help has each verb and option, and the exit codes", async () => {
  const { text } = (await read("oauth", "--help")) as { text: string };
  for (const verb of oauthVerbs) expect(text).toContain(`oauth ${verb}`);
  const { text: own } = (await read("oauth", "login", "--help")) as { text: string };
  for (const code of [0, 1, 2, 64, 70, 130]) expect(own).toMatch(new RegExp(`^ +${code} `, "m"));
  const { text: all } = (await read("--help")) as { text: string };
  expect(all).toContain("postfix-relay oauth");
});

test.each<[typed: string, words: string[]]>([
  ["postfix-relay oau", ["oauth"]],
  ["postfix-relay oauth ", ["login"]],
  ["postfix-relay oauth login --token", ["--token-endpoint"]],
  ["postfix-relay oauth login --stack p", ["prod"]],
])("completes %s", async (typed, words) => {
  const { text } = (await read("--get-yargs-completions", ...typed.split(" "))) as { text: string };
  expect(text.split("\n").toSorted()).toEqual(words.toSorted());
});

test("no other command loads anything of OAuth 2.0, nor does the help", () => {
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-loads-"));
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ load(url, context, next) {
      if (/oauth4webapi|src[/]cli[/]oauth(?!-options)/.test(url)) console.error("loaded", url);
      return next(url, context);
    } });`;
  const program = join(import.meta.dirname, "../../src/cli/main.ts");
  const start = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(hook)}`, program, ...args], {
      cwd: folder,
      encoding: "utf8",
    }).stderr;
  for (const args of [["check"], ["credentials", "rotate", "--all"], ["oauth", "login", "--help"]])
    expect(start(...args)).not.toContain("loaded");
  // The control: the command itself.
  expect(start("oauth", "login")).toMatch(/loaded .*oauth4webapi/);
  rmSync(folder, { recursive: true });
});
