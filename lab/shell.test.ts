import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { background, must, run } from "./shell.ts";
import { until } from "./until.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "shell-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a command gets its input, environment and folder, and its output stays as it is", async () => {
  const script = 'cat; pwd; echo "$MARK" >&2; exit 3';
  const ran = await run("sh", ["-c", script], { input: "in\n", env: { MARK: "err" }, cwd: folder });
  expect(ran).toEqual({ stdout: `in\n${folder}\n`, stderr: "err\n", code: 3 });
  await expect(must("sh", ["-c", script], { env: { MARK: "why" } })).rejects.toThrow(/exit code 3\nwhy/);
});

test("a command may leave its input unread, and be killed", async () => {
  const input = "x".repeat(4 * 1024 * 1024);
  expect(await run("true", [], { input })).toMatchObject({ code: 0 });
  expect(await run("sh", ["-c", "kill -KILL $$"], { input })).toMatchObject({ code: 128 });
});

test("a command that is missing or too slow is an error", async () => {
  await expect(run("no-such-program", [])).rejects.toThrow("no-such-program");
  await expect(run("sh", ["-c", "echo begun; exec sleep 60"], { timeout: 0.5 })).rejects.toThrow(/0\.5 s\nbegun/);
});

test("lines are passed on as they come", async () => {
  const lines: string[] = [];
  const { stdout } = await run("sh", ["-c", "echo one; echo two >&2"], { line: (line) => lines.push(line) });
  expect(lines.sort()).toEqual(["one", "two"]);
  expect(stdout).toBe("one\n");
});

test("what a background process prints is part of the error when a wait for it fails", async () => {
  const log = join(folder, "it's a log");
  background("sh", ["-c", "echo 'no such bridge' >&2; exit 1"], log);
  await until("the log", () => readFileSync(log, { encoding: "utf8", flag: "a+" }).includes("bridge"));
  const wait = until("the server answers", () => false, { seconds: 0, log });
  await expect(wait).rejects.toThrow(/the server answers: not within 0 s; the last lines of .*:\nno such bridge/);
});
