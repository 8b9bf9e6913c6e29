// The contract of `command:remote:Command`, with the real engine and a real SSH server. It holds for the official
// provider and for the lab's stand-in; whichever the machine has is tested.
import { describe, expect, test } from "vitest";
import { commandTests } from "./command-tests.ts";

const { t, connection, command, journal } = await commandTests();
const done = (name: string, what: string) => new RegExp(`^.*command:remote:Command ${name} ${what} .*$`, "m");

describe("create", () => {
  test("gives the command all of stdin, and argv none of it", async () => {
    const marker = "marked-stdin-7c1f";
    t.project.resources([
      command("trimmed", { create: "printf 'a\\n\\n'; printf 'b\\n' >&2" }),
      command("whole", { create: "wc -c", stdin: `${"x".repeat(1024 * 1024 - 1)}\n`, logging: "none" }),
      command("argv", { create: "cat >/dev/null; cat /proc/[0-9]*/cmdline | tr '\\0' ' '", stdin: marker }),
      command("none", { stdin: "nobody reads it" }),
      command("eof", { create: "cat; echo at the end" }),
    ]);
    const { code, text } = await t.project.up();
    expect(text).not.toContain("error:");
    expect(code).toBe(0);
    expect(t.project.state("trimmed")?.outputs).toMatchObject({ stdout: "a\n", stderr: "b" });
    expect(t.project.state("whole")?.outputs.stdout).toBe("1048576");
    expect(t.project.state("argv")?.outputs.stdout).toContain("sshd");
    expect(t.project.state("argv")?.outputs.stdout).not.toContain(marker);
    expect(t.project.state("none")?.outputs).toMatchObject({ stdout: "", stderr: "" });
    expect(t.project.state("none")?.id).toMatch(/^none[0-9a-f]{8}$/);
    expect(t.project.state("eof")?.outputs.stdout).toBe("at the end");
  });

  test("keeps secrets wrapped in the state, and the connection always", async () => {
    t.project.resources([
      command("s", { create: "cat >/dev/null; echo open", stdin: "hidden-4be2" }, { secret: ["stdin"] }),
      command("o", { create: "true", stdin: "seen-4be2" }),
    ]);
    expect((await t.project.up()).code).toBe(0);
    const file = t.project.stateFile();
    expect(file).not.toContain("hidden-4be2");
    expect(file).not.toContain("PRIVATE KEY");
    expect(file).not.toContain(t.sshd.hostKey);
    expect(file).toContain("seen-4be2");
    const { inputs, outputs } = t.project.state("s") ?? {};
    for (const value of [inputs?.stdin, outputs?.stdin, inputs?.connection, outputs?.connection]) {
      expect(value).toHaveProperty("ciphertext");
    }
    expect(outputs?.stdout).toBe("open");
  });

  test("that fails is not in the state, and its delete never runs", async () => {
    const { file, lines } = journal();
    t.project.resources([command("f", { create: `echo create >>${file}; exit 3`, delete: `echo delete >>${file}` })]);
    expect((await t.project.up()).code).not.toBe(0);
    expect(t.project.state("f")).toBeUndefined();
    expect((await t.project.up()).code).not.toBe(0);
    expect((await t.project.destroy()).code).toBe(0);
    expect(lines()).toEqual(["create", "create"]);
  });
});

describe("preview", () => {
  test("makes no connection, shows outputs as unknown and the changed line of stdin", async () => {
    const before = t.sshd.connections();
    t.project.resources([command("p", { create: "cat", stdin: "one\ntwo\nthree\n" })]);
    const first = await t.project.preview();
    expect(first.text).toMatch(/command:remote:Command p create/);
    expect(first.text).toMatch(/p: \[unknown\]|stdout: \[unknown\]|stdout: output<string>/);
    expect(t.sshd.connections()).toBe(before);
    expect((await t.project.up()).code).toBe(0);
    expect(t.sshd.connections()).toBe(before + 1);
    t.project.resources([command("p", { create: "cat", stdin: "one\n2\nthree\n" })]);
    const second = await t.project.preview("--diff");
    expect(second.text).toMatch(/~ stdin:\s+one\n- two\n\+ 2\nthree/);
    expect(t.sshd.connections()).toBe(before + 1);
    expect(t.project.state("p")?.outputs.stdout).toBe("one\ntwo\nthree");
  });

  test("and up without a change, refresh too, make no connection", async () => {
    t.project.resources([command("q", { create: "echo here", triggers: [1, { a: "b" }] })]);
    await t.project.up();
    const before = t.sshd.connections();
    expect((await t.project.up("--expect-no-changes")).code).toBe(0);
    expect((await t.project.pulumi(["refresh", "--yes", "--skip-preview", "--expect-no-changes"])).code).toBe(0);
    expect(t.sshd.connections()).toBe(before);
  });
});

test("any changed input but triggers updates in place, a change to or from a secret too", async () => {
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
  t.project.resources([...Object.keys(changes), "same"].map((name) => command(name, base)));
  expect((await t.project.up()).code).toBe(0);
  const before = t.sshd.connections();
  t.project.resources([
    ...Object.entries(changes).map(([name, { args, secret }]) => command(name, { ...base, ...args }, { secret })),
    command("same", base),
  ]);
  const { text, code } = await t.project.up();
  expect(code).toBe(0);
  for (const [name, { shown }] of Object.entries(changes)) {
    expect(done(name, "updated").exec(text)?.[0], name).toContain(`[diff: ${shown}]`);
    expect(t.project.state(name)?.outputs.stdout, name).toBe("updated");
  }
  expect(text).not.toContain("replaced");
  expect(t.project.state("same")?.outputs.stdout).toBe("text");
  expect(t.sshd.connections()).toBe(before + Object.keys(changes).length);
});

test("without `update`, an update runs create again, and sees what was written before", async () => {
  const args = { create: 'echo "$LAB_A, before: $PULUMI_COMMAND_STDOUT"; echo noise >&2' };
  t.project.resources([command("u", { ...args, environment: { LAB_A: "1" } })]);
  await t.project.up();
  expect(t.project.state("u")?.outputs.stdout).toBe("1, before: ");
  t.project.resources([command("u", { ...args, environment: { LAB_A: "2" } })]);
  const { text, code } = await t.project.up();
  expect(code).toBe(0);
  expect(t.project.state("u")?.outputs.stdout).toBe("2, before: 1, before: ");
  // The server does not accept this one: a warning, no failure.
  expect(text).toContain("warning: Unable to set 'PULUMI_COMMAND_STDERR'");
});

test("a failed update keeps the old state and is tried again", async () => {
  const { file, lines } = journal();
  t.project.resources([command("f", { create: "cat", stdin: "old" })]);
  await t.project.up();
  t.project.resources([command("f", { create: `echo try >>${file}; exit 4`, stdin: "new" })]);
  expect((await t.project.up()).code).not.toBe(0);
  expect(t.project.state("f")?.inputs.stdin).toBe("old");
  expect((await t.project.up()).code).not.toBe(0);
  expect(lines()).toEqual(["try", "try"]);
});

test("triggers replace: the new one is created first, then the old one deleted, from its old state", async () => {
  const { file, lines } = journal();
  const args = (text: string, triggers?: unknown[]) => ({
    create: `sed 's/^/create /' >>${file}`,
    update: `echo update >>${file}`,
    delete: `sed 's/^/delete /' >>${file}`,
    stdin: `${text}\n`,
    triggers,
  });
  for (const [line, triggers] of [["1"], ["2", ["a"]], ["3", ["b"]], ["4"]] as [string, unknown[]?][]) {
    t.project.resources([command("t", args(line, triggers))]);
    const { text, code } = await t.project.up();
    expect(code, text).toBe(0);
  }
  expect((await t.project.destroy()).code).toBe(0);
  const order = ["create 1", "create 2", "delete 1", "create 3", "delete 2", "create 4", "delete 3", "delete 4"];
  expect(lines()).toEqual(order);
});
