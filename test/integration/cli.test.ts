import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../../lab/shell.ts";
import { hostReport } from "../../src/drift/host-report.ts";
import { type Env, openCommandLine, program } from "./cli-scene.ts";
import type { Stack } from "./stack.ts";
import { watch } from "./watch.ts";

const cli = await openCommandLine();
const { relay, web, db, said } = cli;
const empty = mkdtempSync(join(tmpdir(), "postfix-relay-empty-"));
let stack: Stack;
let marks: string[];
const command = (args: string, options?: { cwd?: string; env?: Env }) => cli.command(stack, args, options);

beforeAll(async () => {
  ({ stack, marks } = await cli.open());
});
afterAll(() => rmSync(empty, { recursive: true }));

describe("in sync", () => {
  test("check", async () => {
    const watching = watch(web.root, marks);
    expect(await command("check")).toEqual({
      code: 0,
      stdout: "HOST  STATE    DETAILS\nweb   in sync\ndb    in sync\n\n2 hosts: 2 in sync\n",
      stderr: "",
    });
    expect((await watching.stop()).processes).toEqual([]);
  });

  test("status", async () => {
    const { code, stdout } = await command("status --stack prod --host web");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^web +in sync +queue: empty$/m);
    expect(stdout).toMatch(/^ +last delivery: \d{4}-\d\d-\d\d \d\d:\d\d UTC \(\d+ (s|min) ago\): 250 /m);
    expect(stdout).not.toMatch(/^db/m);
  });

  test("from elsewhere", async () => {
    expect(await command(`check -C ${stack.folder}`, { cwd: empty })).toMatchObject({ code: 0 });
  });
});

describe("main.cf was edited on one host", () => {
  beforeAll(() =>
    web.must("cp -p /etc/postfix/main.cf /root/ && postconf -e 'relayhost = [elsewhere.example.net]:25'"),
  );
  afterAll(() => web.must("mv /root/main.cf /etc/postfix/main.cf"));
  const words = `/etc/postfix/main.cf was edited: relayhost is [elsewhere.example.net]:25, proven is [${relay.host}]:587`;

  test("a line of words", async () => {
    expect(await command("check")).toEqual({
      code: 1,
      stdout: `HOST  STATE    DETAILS\nweb   drift    ${words}\ndb    in sync\n\n2 hosts: 1 in sync, 1 drift\n`,
      stderr: "",
    });
  });

  test("the other host is in sync", async () => {
    expect(await command("check --host db")).toMatchObject({ code: 0 });
  });

  test("JSON", async () => {
    const { code, stdout, stderr } = await command("check --json");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const { hosts, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ version: 2, unread: [], skipped: [] });
    expect(hosts).toMatchObject([
      { stack: "prod", host: "web", state: "drift", details: [words], report: { steps: ["delivery"] } },
      { stack: "prod", host: "db", state: "in-sync", details: [] },
    ]);
    for (const { report } of hosts) expect(hostReport.parse(report)).toEqual(report);
  });

  test("on a terminal: colours, how far it is, and no line wider than that", async () => {
    const on = async (args: string, env: Record<string, string> = {}) => {
      const line = `stty cols 60; exec ${process.execPath} ${program} ${args}`;
      const options = { cwd: stack.folder, env: { ...stack.env, NO_COLOR: "", TERM: "xterm", ...env } };
      const ran = await run("script", ["-qefc", line, "/dev/null"], options);
      said.push({ ...ran, stdout: "" });
      return ran;
    };
    const colored = await on("check");
    expect(colored.code).toBe(1);
    expect(colored.stdout).toContain("\u001b[31mdrift");
    expect(colored.stdout).toContain("checked 2 of 2 hosts");
    const plain = await on("check --no-color");
    expect(plain.stdout).not.toContain("\u001b[3");
    const lines = stripVTControlCharacters(plain.stdout).split("\n");
    // What was there before is overwritten.
    const shown = lines.map((line) => line.trimEnd().split("\r").at(-1) ?? "");
    expect(shown).toContain("db    in sync");
    expect(shown.filter((line) => line.length > 60)).toEqual([]);
    expect((await on("check", { NO_COLOR: "1" })).stdout).not.toContain("\u001b[3");
    for (const { stdout } of [colored, plain]) for (const mark of marks) expect(stdout).not.toContain(mark);
  });
});

describe("the stack file has changed", () => {
  test("an argument, and a host that is not set up: no fault, and not in sync", async () => {
    const before = readFileSync(stack.configFile, "utf8");
    await stack.set("postfix-relay:hosts[0].domain", "example.org");
    await stack.set("postfix-relay:hosts[2].name", "new");
    expect(await command("check")).toMatchObject({
      code: 0,
      stdout: `\
HOST  STATE            DETAILS
web   not applied yet  changed in the stack file: domain
db    in sync
new   not created yet  \`pulumi up\` sets it up

3 hosts: 1 in sync, 1 not applied yet, 1 not created yet
`,
    });
    writeFileSync(stack.configFile, before);
  });
});

test("the host has another owner", async () => {
  const owner = await web.must("cat /var/lib/postfix-relay/owner");
  await web.must("echo other/prod/web > /var/lib/postfix-relay/owner");
  const { code, stdout } = await command("check --probe");
  expect(code).toBe(1);
  expect(stdout).toMatch(/^db +in sync +answered$/m);
  expect(stdout).toMatch(/^web +another owner +it belongs to another Relay, other\/prod\/web$/m);
  await web.must(`echo ${owner.trim()} > /var/lib/postfix-relay/owner`);
});

describe("that cannot be told", () => {
  test("nothing is on a host", async () => {
    await db.must("mv /usr/local/sbin/postrelay /root/");
    expect(await command("check")).toMatchObject({
      code: 2,
      stdout: expect.stringMatching(/^db +absent +postfix-relay is not installed on it$/m),
    });
    await db.must("mv /root/postrelay /usr/local/sbin/");
  });

  test("a host has another key", async () => {
    // As if it had been set up with another one.
    const state = await stack.must(["stack", "export", "--show-secrets"]);
    await stack.must(["stack", "import"], state.replaceAll(db.hostKey, web.hostKey));
    const { code, stdout } = await command("check");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^web +in sync$/m);
    expect(stdout).toMatch(
      /^db +wrong key +its host key does not match `connection\.hostKey`: SHA256:\S+ instead of SHA256:/m,
    );
    const { hosts } = JSON.parse((await command("check --json")).stdout);
    expect(hosts[1]).toMatchObject({ state: "wrong-key", report: null });
    await stack.must(["stack", "import"], state);
  });

  test("a host is down: the other one as usual, and no longer than its time", async () => {
    await db.kill();
    const start = performance.now();
    const { code, stdout } = await command("status");
    expect(performance.now() - start).toBeLessThan(30_000);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^web +in sync +queue: empty$/m);
    expect(stdout).toMatch(/^db +no answer +\S/m);
  });

  test("a host that is gone is left out", async () => {
    await stack.set("postfix-relay:hosts[1].gone", "true");
    const { code, stdout } = await command("check");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "HOST  STATE    DETAILS\nweb   in sync\n" });
  });
});

describe("stacks", () => {
  test("all of them; one without a Relay is left out with a note", async () => {
    await stack.must(["stack", "init", "own"]);
    const { code, stdout, stderr } = await command("check --all");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "HOST  STATE    DETAILS\nweb   in sync\n" });
    expect(stderr).toMatch(/^postfix-relay: stack own is left out: it has no Relay/);
    expect(await command("check")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("stack own: "),
    });
  });

  test("none is selected", async () => {
    await stack.must(["stack", "unselect"]);
    const { code, stdout, stderr } = await command("check");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^postfix-relay: no stack is selected; name one with --stack NAME/);
  });

  test.each<[what: string, args: string, code: number, says: RegExp, options?: { cwd?: string; env?: Env }]>([
    ["there is none of that name", "check --stack prdo", 64, /no stack prdo; did you mean prod\? known here: /],
    [
      "there is no host of that name",
      "check --stack prod --host wbe",
      64,
      /no host wbe; did you mean web\? known here: web, db/,
    ],
    ["there is no project", "check", 2, /no Pulumi\.yaml in \/.*; go to the folder of the project, or/, { cwd: empty }],
    ["there is no such folder", "check -C none", 64, /there is no folder \/.*none/],
    ["there is no pulumi", "check --stack prod", 2, /pulumi was not found/, { env: { PATH: empty } }],
    [
      "the passphrase is missing",
      "check --stack prod",
      2,
      /passphrase of the stack is missing; set/,
      { env: { PULUMI_CONFIG_PASSPHRASE: undefined } },
    ],
    [
      "the passphrase is another",
      "check --stack prod",
      2,
      /is not that of the stack/,
      { env: { PULUMI_CONFIG_PASSPHRASE: "x" } },
    ],
  ])("%s", async (_, args, code, says, options) => {
    const ran = await command(args, options);
    expect({ ...ran, stderr: "" }).toEqual({ code, stdout: "", stderr: "" });
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).toMatch(/^postfix-relay: /);
  });
});

test("no secret and no escape code was in anything that was printed", () => {
  const text = said.map(({ stdout, stderr }) => stdout + stderr).join("\n");
  expect(text.length).toBeGreaterThan(2000);
  for (const mark of marks) expect(text).not.toContain(mark);
  expect(text).not.toContain("\u001b");
});
