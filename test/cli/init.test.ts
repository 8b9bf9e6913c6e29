import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { init } from "../../src/cli/init.ts";
import { loginOf, wrongAnswers } from "../../src/cli/init-files.ts";
import { hostsInFile } from "../../src/stack/file.ts";
import { HOST_KEY } from "../support/args.ts";

const root = mkdtempSync(join(tmpdir(), "postfix-relay-init-"));
afterAll(() => rmSync(root, { recursive: true }));

const given = {
  address: "deploy@web-1.example.com:2222",
  name: "web-1",
  domain: "example.com",
  relay: "sendgrid",
  username: "apikey",
  to: "ops@example.org",
};

/** Runs it in a folder of that name; `answers` is what the user says to each question. */
async function run(name: string, options: object, answers?: string[]) {
  const said = { out: "", asked: [] as string[], fetched: [] as string[] };
  const cwd = join(root, name);
  const code = await init(
    { cwd, stack: "prod", json: false, ...options },
    {
      ask:
        answers &&
        (async (question) => {
          said.asked.push(question);
          return answers.shift() ?? "";
        }),
      hostKey: async (host, port) => {
        said.fetched.push(`${host} ${port}`);
        return { line: HOST_KEY, fingerprint: "SHA256:abc" };
      },
      run: async () => {
        throw new Error("nobody is asked");
      },
      say: () => {},
      print: (text) => {
        said.out += text;
      },
      version: "1.2.3",
    },
  );
  const read = (file: string) => readFileSync(join(cwd, file), "utf8");
  return { code, ...said, files: readdirSync(cwd).sort(), read };
}

test("options: a project that Pulumi runs, with the host's key, and without a password", async () => {
  const { code, out, fetched, files, read } = await run("mail", given);
  expect([code, fetched]).toEqual([0, ["web-1.example.com 2222"]]);
  expect(files).toEqual([".gitignore", "Pulumi.prod.yaml", "Pulumi.yaml", "index.js", "package.json"]);
  expect(hostsInFile(read("Pulumi.prod.yaml")).hosts).toEqual([
    {
      name: "web-1",
      args: {
        domain: "example.com",
        provider: "sendgrid",
        credentials: { username: "apikey" },
        testDelivery: { to: "ops@example.org" },
        connection: { host: "web-1.example.com", port: 2222, user: "deploy", hostKey: HOST_KEY },
      },
    },
  ]);
  expect(read("Pulumi.yaml")).toMatch(/^name: mail$/m);
  expect(JSON.parse(read("package.json")).dependencies).toEqual({
    "@pulumi/pulumi": expect.any(String),
    "postfix-relay": "^1.2.3",
  });
  for (const text of [
    "Host key of web-1.example.com: SHA256:abc",
    "npm install\n",
    "pulumi stack init prod",
    "pulumi config set --secret --path postfix-relay:credentials.password",
  ])
    expect(out).toContain(text);
});

test("questions, six of them: with defaults, and again while there is no answer", async () => {
  const answers = ["root@db.example.net", "", "", "", "smtp.example.net:2525", "user", "ops@example.org"];
  const { asked, read } = await run("asked", {}, answers);
  expect(asked.map((question) => question.replace(/^.*?(\[.*\])?: $/, "$1"))).toEqual([
    "",
    "[db]",
    "[example.net]",
    ...["", "", "", ""],
  ]);
  expect(hostsInFile(read("Pulumi.prod.yaml")).hosts).toMatchObject([
    { name: "db", args: { domain: "example.net", relayHost: { host: "smtp.example.net", port: 2525 } } },
  ]);
});

test("nothing is overwritten", async () => {
  await run("there", given);
  await expect(run("there", given)).rejects.toThrow(
    /Pulumi\.yaml and index\.js and Pulumi\.prod\.yaml in .*there: nothing/,
  );
});

test("a package.json that is there stays, and what it lacks is told", async () => {
  const folder = mkdtempSync(join(root, "own-"));
  writeFileSync(join(folder, "package.json"), "{}\n");
  const { out, read } = await run(folder.slice(root.length + 1), given);
  expect(read("package.json")).toBe("{}\n");
  expect(out).toContain("npm install postfix-relay @pulumi/pulumi\n");
});

test("answers that are missing, and wrong ones: all at once, before a file is written", async () => {
  await expect(run("none", { address: "web-1.example.com" })).rejects.toThrow(/add --relay, --username, --to$/);
  const wrong = run("wrong", { ...given, domain: "x y", to: "nobody", relay: "sendgird" });
  await expect(wrong).rejects.toThrow(/--domain: .*\n.*--relay: did you mean sendgrid\? .*\n.*--to: /s);
  expect(readdirSync(root)).not.toContain("wrong");
});

test("JSON", async () => {
  const { out } = await run("json", { ...given, json: true });
  expect(JSON.parse(out)).toMatchObject({ version: 2, written: expect.arrayContaining(["index.js"]), kept: [] });
});

describe("a login", () => {
  test.each([
    ["web-1", { host: "web-1" }],
    ["root@203.0.113.10", { host: "203.0.113.10" }],
    ["deploy@web-1:2222", { host: "web-1", port: 2222, user: "deploy" }],
    ["2001:db8::1", { host: "2001:db8::1" }],
    ["deploy@[2001:db8::1]:22", { host: "2001:db8::1", port: 22, user: "deploy" }],
  ])("%s", (address, login) => expect(loginOf(address)).toEqual(login));
});

test("a relay host of one's own needs no provider", () => {
  expect(wrongAnswers({ ...given, relay: "smtp.example.net", hostKey: HOST_KEY })).toEqual([]);
});
