// What `command:remote:Command` prints, and how it ends, with the real engine and a real SSH server. It holds
// for the official provider and for the lab's stand-in; whichever the machine has is tested.
import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { must } from "../shell.ts";
import { commandTests } from "./command-tests.ts";
import type { Resource } from "./project.ts";
import { killSession, processesOf } from "./project.ts";

const { t, connection, command, journal } = await commandTests();

describe("an error", () => {
  test("has the status, the quoted command and all output, never stdin", async () => {
    const create = "cat >/dev/null; printf 'to \"out\"\\n'; printf 'to err\\n' >&2; exit 7";
    t.project.resources([command("e", { create, stdin: "hidden-91aa", logging: "none" }, { secret: ["stdin"] })]);
    const { text, code } = await t.project.up();
    expect(code).not.toBe(0);
    const quoted = `"cat >/dev/null; printf 'to \\"out\\"\\\\n'; printf 'to err\\\\n' >&2; exit 7"`;
    expect(text).toMatch(`error: Process exited with status 7: running ${quoted}:\n`);
    expect(text).toMatch(/:\n(to "out"\nto err|to err\nto "out")\n/);
    expect(text).not.toContain("hidden-91aa");
  });

  test("is complete, even when it is long", async () => {
    const create = "i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done; exit 1";
    t.project.resources([command("l", { create, logging: "none" })]);
    const { text } = await t.project.up();
    expect(text).toContain("line-0\n");
    expect(text).toContain("line-19999");
  });

  test("for a signal and for a refused variable", async () => {
    t.project.resources([
      command("signal", { create: "kill -TERM $$" }),
      command("variable", { create: "true", environment: { OTHER: "x" } }),
    ]);
    const { text } = await t.project.up("--continue-on-error");
    expect(text).toContain('error: Process exited with status 143 from signal TERM: running "kill -TERM $$":');
    expect(text).toContain('error: could not set environment variable "OTHER": ssh: setenv failed');
  });

  test("for a connection that is cut while the command runs", async () => {
    const { file } = journal();
    t.project.resources([command("c", { create: `echo >>${file}; exec sleep 100` })]);
    const { result } = t.project.start(["up", "--yes", "--skip-preview"]);
    await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
    t.sshd.cut();
    expect((await result).text).toContain(
      "error: wait: remote command exited without exit status or exit signal: running ",
    );
  });
});

test("a host that vanishes while a command runs ends it after two minutes and a half", { timeout: 300_000 }, async ({
  onTestFinished,
}) => {
  const { file } = journal();
  // Once the end of stdin has come, the connection is idle: TCP would try for 15 minutes to send what is under way.
  const create = `cat; echo >>${file}; until [ -e ${file}.go ]; do sleep 1; done`;
  t.project.resources([command("v", { create, logging: "none" })]);
  const { result } = t.project.start(["up", "--yes", "--skip-preview"]);
  await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
  const started = Date.now();
  const table = `lab_vanished_${t.sshd.port}`;
  const drop = `chain in { type filter hook input priority 0; tcp dport ${t.sshd.port} drop; }`;
  onTestFinished(async () => {
    await must("nft", ["delete", "table", "inet", table]);
    writeFileSync(`${file}.go`, "");
  });
  await must("nft", ["-f", "-"], { input: `table inet ${table} {\n${drop}\n}\n` });
  expect((await result).text).toContain("error: wait: remote command exited without exit status or exit signal: ");
  const seconds = (Date.now() - started) / 1000;
  expect(seconds).toBeGreaterThan(100);
  expect(seconds).toBeLessThan(200);
});

describe("a command that succeeded fails all the same", () => {
  test("if its output is not UTF-8", async () => {
    const { file, lines } = journal();
    t.project.resources([command("u", { create: `printf 'caf\\351'; echo ran >>${file}`, logging: "none" })]);
    const { text, code } = await t.project.up();
    expect(code).not.toBe(0);
    expect(text).toContain("contains invalid UTF-8");
    expect(lines()).toEqual(["ran"]);
    expect(t.project.state("u")).toBeUndefined();
  });

  test("if it has left more of its input unread than the connection takes in", async () => {
    const stdin = (size: number) => `${"x".repeat(size - 1)}\n`;
    t.project.resources([
      command("much", { create: "echo ran", stdin: stdin(3 * 1024 * 1024), logging: "none" }),
      command("little", { create: "sleep 1; echo ran", stdin: stdin(1000), logging: "none" }),
    ]);
    const { text, code } = await t.project.up("--continue-on-error");
    expect(code).not.toBe(0);
    expect(text).toContain('error: EOF: running "echo ran":\nran');
    expect(t.project.state("much")).toBeUndefined();
    expect(t.project.state("little")?.outputs.stdout).toBe("ran");
  });
});

test("wrong inputs are refused before anything runs, and secret values are not shown", async () => {
  const before = t.sshd.connections();
  const poison = "value-55d0";
  const wrong: [Resource, string][] = [
    [command("top", { bogus: poison }, { raw: true, secret: ["bogus"] }), "Unrecognized field 'bogus'"],
    [{ name: "inside", args: { connection: connection({ hostkey: poison }) } }, "Unrecognized field 'hostkey'"],
  ];
  for (const [resource, reason] of wrong) {
    t.project.resources([resource]);
    const { text, code } = await t.project.preview();
    expect(code, resource.name).not.toBe(0);
    expect(text).toMatch(new RegExp(`error: command:remote:Command resource '${resource.name}'.* has a problem: `));
    expect(text).toContain(reason);
    expect(text).not.toContain(poison);
  }
  expect(t.sshd.connections()).toBe(before);
});

test("the stand-in refuses CopyToRemote", async () => {
  if (t.lab.programs.at(-1)?.origin !== "stand-in") return;
  t.project.resources([{ name: "copy", type: "command:remote:CopyToRemote", raw: true, args: { remotePath: "/x" } }]);
  const { text, code } = await t.project.preview();
  expect(code).not.toBe(0);
  expect(text).toContain("knows command:remote:Command only, not command:remote:CopyToRemote");
});

test("defaults are part of the inputs", async () => {
  t.project.resources([{ name: "d", args: { connection: { host: "h" } }, raw: true }]);
  expect((await t.project.up()).code).toBe(0);
  const { text } = await t.project.pulumi(["stack", "export", "--show-secrets"]);
  expect(text).toMatch(
    String.raw`{\"dialErrorLimit\":10,\"host\":\"h\",\"perDialTimeout\":15,\"port\":22,\"user\":\"root\"}`,
  );
});

test("logging shows each line, or none", async () => {
  const create = "echo said-$((6*7)); echo also-$((6*7)) >&2";
  const modes = ["stdoutAndStderr", "stdout", "stderr", "none"];
  t.project.resources(modes.map((logging) => command(logging, { create, logging })));
  const { text } = await t.project.up();
  const shown = (name: string) => {
    const lines = text.split("\n").filter((line) => line.includes(`Command ${name} `));
    return [lines.some((line) => line.includes("said-42")), lines.some((line) => line.includes("also-42"))];
  };
  expect(modes.map(shown)).toEqual([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ]);
});

describe("when the engine is stopped", () => {
  const held = (file: string) =>
    command("i", { create: `echo start >>${file}; until [ -e ${file}.go ]; do sleep 0.1; done; echo end >>${file}` });

  test("by an interrupt, the running command ends first, and no process is left", async () => {
    const { file, lines } = journal();
    t.project.resources([held(file)]);
    const { session, result } = t.project.start(["up", "--yes", "--skip-preview"]);
    await expect.poll(lines, { timeout: 60_000 }).toContain("start");
    process.kill(session, "SIGINT");
    writeFileSync(`${file}.go`, "");
    expect((await result).code).not.toBe(0);
    expect(lines()).toEqual(["start", "end"]);
    expect(t.project.state("i")?.outputs.stdout).toBe("");
    expect(processesOf(session)).toEqual([]);
  });

  test("by SIGKILL and alone, the running command goes on, and the plugin stays with its connections", async () => {
    const { file, lines } = journal();
    t.project.resources([held(file)]);
    const { session, result } = t.project.start(["up", "--yes", "--skip-preview"]);
    await expect.poll(lines, { timeout: 60_000 }).toContain("start");
    process.kill(session, "SIGKILL");
    await expect.poll(() => processesOf(session).some((line) => line.startsWith(`${session} `))).toBe(false);
    writeFileSync(`${file}.go`, "");
    await expect.poll(lines, { timeout: 60_000 }).toEqual(["start", "end"]);
    expect(processesOf(session).join("\n")).toMatch(/pulumi-resource-command|command-provider/);
    expect(t.sshd.open()).toBe(1);
    await killSession(session);
    await expect.poll(t.sshd.open).toBe(0);
    await result;
  });
});
