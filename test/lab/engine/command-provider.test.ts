// The contract of `command:remote:Command`, with the real engine and a real SSH server. It holds for the official
// provider and for the lab's stand-in; whichever the machine has is tested.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Engine } from "./index.ts";
import { engine } from "./index.ts";
import type { Project, Resource } from "./project.ts";
import { makeProject, processesOf } from "./project.ts";
import type { Sshd } from "./sshd.ts";
import { sshdMissing, startSshd } from "./sshd.ts";

// Most of a test's time goes into runs of the engine: about two seconds each on a quiet machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 1_200_000 });

let lab: Engine;
let sshd: Sshd;
let project: Project;

const missing = sshdMissing();
if (missing) console.log(`left out: ${missing}`);
const row = test.skipIf(missing !== undefined);

beforeAll(async () => {
  if (missing) return;
  lab = await engine({ log: console.log });
  console.log(lab.describe());
  sshd = await startSshd();
});
afterAll(() => sshd?.close());
beforeEach(async () => {
  if (missing) return;
  project = await makeProject(lab);
});
afterEach(() => project?.close());

const connection = (more: Record<string, unknown> = {}) => ({
  host: "127.0.0.1",
  port: sshd.port,
  user: sshd.user,
  privateKey: sshd.privateKey,
  hostKey: sshd.hostKey,
  dialErrorLimit: 0,
  ...more,
});
const command = (name: string, args: Record<string, unknown>, more: Partial<Resource> = {}): Resource => ({
  name,
  args: { connection: connection(), ...args },
  ...more,
});
/** A file on the "host", to see which commands ran in which order. */
const journal = () => {
  const file = join(sshd.folder, `journal-${Math.random().toString(36).slice(2)}`);
  return { file, lines: () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []) };
};
const done = (name: string, what: string) => new RegExp(`^.*command:remote:Command ${name} ${what} .*$`, "m");

describe("create", () => {
  row("gives the command all of stdin, and argv none of it", async () => {
    const marker = "marked-stdin-7c1f";
    project.resources([
      command("trimmed", { create: "printf 'a\\n\\n'; printf 'b\\n' >&2" }),
      command("whole", { create: "wc -c", stdin: `${"x".repeat(1024 * 1024 - 1)}\n`, logging: "none" }),
      command("argv", { create: "cat >/dev/null; cat /proc/[0-9]*/cmdline | tr '\\0' ' '", stdin: marker }),
      command("none", { stdin: "nobody reads it" }),
      command("eof", { create: "cat; echo at the end" }),
    ]);
    const { code, output } = await project.up();
    expect(output).not.toContain("error:");
    expect(code).toBe(0);
    expect(project.state("trimmed")?.outputs).toMatchObject({ stdout: "a\n", stderr: "b" });
    expect(project.state("whole")?.outputs.stdout).toBe("1048576");
    expect(project.state("argv")?.outputs.stdout).toContain("sshd");
    expect(project.state("argv")?.outputs.stdout).not.toContain(marker);
    expect(project.state("none")?.outputs).toMatchObject({ stdout: "", stderr: "" });
    expect(project.state("none")?.id).toMatch(/^none[0-9a-f]{8}$/);
    expect(project.state("eof")?.outputs.stdout).toBe("at the end");
  });

  row("keeps secrets wrapped in the state, and the connection always", async () => {
    project.resources([
      command("s", { create: "cat >/dev/null; echo open", stdin: "hidden-4be2" }, { secret: ["stdin"] }),
      command("o", { create: "true", stdin: "seen-4be2" }),
    ]);
    expect((await project.up()).code).toBe(0);
    const file = project.stateFile();
    expect(file).not.toContain("hidden-4be2");
    expect(file).not.toContain("PRIVATE KEY");
    expect(file).not.toContain(sshd.hostKey);
    expect(file).toContain("seen-4be2");
    const { inputs, outputs } = project.state("s") ?? {};
    for (const value of [inputs?.stdin, outputs?.stdin, inputs?.connection, outputs?.connection]) {
      expect(value).toHaveProperty("ciphertext");
    }
    expect(outputs?.stdout).toBe("open");
  });

  row("that fails is not in the state, and its delete never runs", async () => {
    const { file, lines } = journal();
    project.resources([command("f", { create: `echo create >>${file}; exit 3`, delete: `echo delete >>${file}` })]);
    expect((await project.up()).code).not.toBe(0);
    expect(project.state("f")).toBeUndefined();
    expect((await project.up()).code).not.toBe(0);
    expect((await project.destroy()).code).toBe(0);
    expect(lines()).toEqual(["create", "create"]);
  });
});

describe("preview", () => {
  row("makes no connection, shows outputs as unknown and the changed line of stdin", async () => {
    const before = sshd.connections();
    project.resources([command("p", { create: "cat", stdin: "one\ntwo\nthree\n" })]);
    const first = await project.preview();
    expect(first.output).toMatch(/command:remote:Command p create/);
    expect(first.output).toMatch(/p: \[unknown\]|stdout: \[unknown\]|stdout: output<string>/);
    expect(sshd.connections()).toBe(before);
    expect((await project.up()).code).toBe(0);
    expect(sshd.connections()).toBe(before + 1);
    project.resources([command("p", { create: "cat", stdin: "one\n2\nthree\n" })]);
    const second = await project.preview("--diff");
    expect(second.output).toMatch(/~ stdin:\s+one\n- two\n\+ 2\nthree/);
    expect(sshd.connections()).toBe(before + 1);
    expect(project.state("p")?.outputs.stdout).toBe("one\ntwo\nthree");
  });

  row("and up without a change, refresh too, make no connection", async () => {
    project.resources([command("q", { create: "echo here", triggers: [1, { a: "b" }] })]);
    await project.up();
    const before = sshd.connections();
    expect((await project.up("--expect-no-changes")).code).toBe(0);
    expect((await project.pulumi(["refresh", "--yes", "--skip-preview", "--expect-no-changes"])).code).toBe(0);
    expect(sshd.connections()).toBe(before);
  });
});

row("any changed input but triggers updates in place, secretness alone too", async () => {
  const base = { create: "cat", update: "echo updated", stdin: "text", logging: "stdout", environment: { LAB_A: "1" } };
  const changes: Record<string, { args?: Record<string, unknown>; secret?: string[]; shown: string }> = {
    stdin: { args: { stdin: "other" }, shown: "~stdin" },
    delete: { args: { delete: "true" }, shown: "+delete" },
    environment: { args: { environment: { LAB_A: "2" } }, shown: "~environment" },
    logging: { args: { logging: "none" }, shown: "~logging" },
    previous: { args: { addPreviousOutputInEnv: false }, shown: "+addPreviousOutputInEnv" },
    connection: { args: { connection: connection({ perDialTimeout: 9 }) }, shown: "~connection" },
    create: { args: { create: "cat >&2" }, shown: "~create" },
    secretness: { secret: ["stdin"], shown: "~stdin" },
  };
  project.resources([...Object.keys(changes), "same"].map((name) => command(name, base)));
  expect((await project.up()).code).toBe(0);
  const before = sshd.connections();
  project.resources([
    ...Object.entries(changes).map(([name, { args, secret }]) => command(name, { ...base, ...args }, { secret })),
    command("same", base),
  ]);
  const { output, code } = await project.up();
  expect(code).toBe(0);
  for (const [name, { shown }] of Object.entries(changes)) {
    expect(done(name, "updated").exec(output)?.[0], name).toContain(`[diff: ${shown}]`);
    expect(project.state(name)?.outputs.stdout, name).toBe("updated");
  }
  expect(output).not.toContain("replaced");
  expect(project.state("same")?.outputs.stdout).toBe("text");
  expect(sshd.connections()).toBe(before + Object.keys(changes).length);
});

row("without `update`, an update runs create again, and sees what was written before", async () => {
  const args = { create: 'echo "$LAB_A, before: $PULUMI_COMMAND_STDOUT"; echo noise >&2' };
  project.resources([command("u", { ...args, environment: { LAB_A: "1" } })]);
  await project.up();
  expect(project.state("u")?.outputs.stdout).toBe("1, before: ");
  project.resources([command("u", { ...args, environment: { LAB_A: "2" } })]);
  const { output, code } = await project.up();
  expect(code).toBe(0);
  expect(project.state("u")?.outputs.stdout).toBe("2, before: 1, before: ");
  // The server does not accept this one: a warning, no failure.
  expect(output).toContain("warning: Unable to set 'PULUMI_COMMAND_STDERR'");
});

row("a failed update keeps the old state and is tried again", async () => {
  const { file, lines } = journal();
  project.resources([command("f", { create: "cat", stdin: "old" })]);
  await project.up();
  project.resources([command("f", { create: `echo try >>${file}; exit 4`, stdin: "new" })]);
  expect((await project.up()).code).not.toBe(0);
  expect(project.state("f")?.inputs.stdin).toBe("old");
  expect((await project.up()).code).not.toBe(0);
  expect(lines()).toEqual(["try", "try"]);
});

row("triggers replace: the new one is created first, then the old one deleted, from its old state", async () => {
  const { file, lines } = journal();
  const args = (text: string, triggers?: unknown[]) => ({
    create: `sed 's/^/create /' >>${file}`,
    update: `echo update >>${file}`,
    delete: `sed 's/^/delete /' >>${file}`,
    stdin: `${text}\n`,
    triggers,
  });
  for (const [text, triggers] of [["1"], ["2", ["a"]], ["3", ["b"]], ["4"]] as [string, unknown[]?][]) {
    project.resources([command("t", args(text, triggers))]);
    const { output, code } = await project.up();
    expect(code, output).toBe(0);
  }
  expect((await project.destroy()).code).toBe(0);
  const order = ["create 1", "create 2", "delete 1", "create 3", "delete 2", "create 4", "delete 3", "delete 4"];
  expect(lines()).toEqual(order);
});

describe("an error", () => {
  row("says the status, the command in quotes and all output, never stdin", async () => {
    const create = "cat >/dev/null; printf 'to \"out\"\\n'; printf 'to err\\n' >&2; exit 7";
    project.resources([command("e", { create, stdin: "hidden-91aa", logging: "none" }, { secret: ["stdin"] })]);
    const { output, code } = await project.up();
    expect(code).not.toBe(0);
    const quoted = `"cat >/dev/null; printf 'to \\"out\\"\\\\n'; printf 'to err\\\\n' >&2; exit 7"`;
    expect(output).toMatch(`error: Process exited with status 7: running ${quoted}:\n`);
    expect(output).toMatch(/:\n(to "out"\nto err|to err\nto "out")\n/);
    expect(output).not.toContain("hidden-91aa");
  });

  row("comes whole, even when it is long", async () => {
    const create = "i=0; while [ $i -lt 20000 ]; do echo line-$i; i=$((i+1)); done; exit 1";
    project.resources([command("l", { create, logging: "none" })]);
    const { output } = await project.up();
    expect(output).toContain("line-0\n");
    expect(output).toContain("line-19999");
  });

  row("for a signal and for a refused variable", async () => {
    project.resources([
      command("signal", { create: "kill -TERM $$" }),
      command("variable", { create: "true", environment: { OTHER: "x" } }),
    ]);
    const { output } = await project.up("--continue-on-error");
    expect(output).toContain('error: Process exited with status 143 from signal TERM: running "kill -TERM $$":');
    expect(output).toContain('error: could not set environment variable "OTHER": ssh: setenv failed');
  });

  row("for a connection that is cut while the command runs", async () => {
    const { file } = journal();
    project.resources([command("c", { create: `echo >>${file}; exec sleep 100` })]);
    const { result } = project.start(["up", "--yes", "--skip-preview"]);
    await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
    sshd.cut();
    expect((await result).output).toContain(
      "error: wait: remote command exited without exit status or exit signal: running ",
    );
  });
});

row("wrong inputs are refused before anything runs, and secret values not shown", async () => {
  const before = sshd.connections();
  const poison = "value-55d0";
  const wrong: [Resource, string][] = [
    [command("top", { bogus: poison }, { raw: true, secret: ["bogus"] }), "Unrecognized field 'bogus'"],
    [{ name: "inside", args: { connection: connection({ hostkey: poison }) } }, "Unrecognized field 'hostkey'"],
  ];
  for (const [resource, reason] of wrong) {
    project.resources([resource]);
    const { output, code } = await project.preview();
    expect(code, resource.name).not.toBe(0);
    expect(output).toMatch(new RegExp(`error: command:remote:Command resource '${resource.name}'.* has a problem: `));
    expect(output).toContain(reason);
    expect(output).not.toContain(poison);
  }
  expect(sshd.connections()).toBe(before);
});

row("the stand-in says that it knows no CopyToRemote", async () => {
  if (lab.programs.at(-1)?.origin !== "stand-in") return;
  project.resources([{ name: "copy", type: "command:remote:CopyToRemote", raw: true, args: { remotePath: "/x" } }]);
  const { output, code } = await project.preview();
  expect(code).not.toBe(0);
  expect(output).toContain("knows command:remote:Command only, not command:remote:CopyToRemote");
});

row("defaults are part of the inputs", async () => {
  project.resources([{ name: "d", args: { connection: { host: "h" } }, raw: true }]);
  expect((await project.up()).code).toBe(0);
  const { output } = await project.pulumi(["stack", "export", "--show-secrets"]);
  expect(output).toMatch(
    String.raw`{\"dialErrorLimit\":10,\"host\":\"h\",\"perDialTimeout\":15,\"port\":22,\"user\":\"root\"}`,
  );
});

row("logging shows each line, or none", async () => {
  const create = "echo said-$((6*7)); echo also-$((6*7)) >&2";
  const modes = ["stdoutAndStderr", "stdout", "stderr", "none"];
  project.resources(modes.map((logging) => command(logging, { create, logging })));
  const { output } = await project.up();
  const shown = (name: string) => {
    const lines = output.split("\n").filter((line) => line.includes(`Command ${name} `));
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

  row("by an interrupt, the running command ends first, and no process is left", async () => {
    const { file, lines } = journal();
    project.resources([held(file)]);
    const { session, result } = project.start(["up", "--yes", "--skip-preview"]);
    await expect.poll(lines, { timeout: 60_000 }).toContain("start");
    process.kill(session, "SIGINT");
    writeFileSync(`${file}.go`, "");
    expect((await result).code).not.toBe(0);
    expect(lines()).toEqual(["start", "end"]);
    expect(project.state("i")?.outputs.stdout).toBe("");
    expect(processesOf(session)).toEqual([]);
  });

  row("by force, the running command goes on, and the plugin ends with it", async () => {
    const { file, lines } = journal();
    project.resources([held(file)]);
    const { session, result } = project.start(["up", "--yes", "--skip-preview"]);
    await expect.poll(lines, { timeout: 60_000 }).toContain("start");
    process.kill(session, "SIGKILL");
    await expect.poll(() => processesOf(session), { timeout: 60_000 }).toHaveLength(1);
    writeFileSync(`${file}.go`, "");
    await expect.poll(() => processesOf(session), { timeout: 60_000 }).toEqual([]);
    expect(lines()).toEqual(["start", "end"]);
    await result;
  });
});
