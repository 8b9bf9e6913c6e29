import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { raiseInotify, restoreInotify } from "./inotify.ts";

let folder: string;
let files: { limit: string; before: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inotify-"));
  files = { limit: join(folder, "limit"), before: join(folder, "run/before") };
});
afterEach(() => rmSync(folder, { recursive: true }));
const limit = () => readFileSync(files.limit, "utf8");

test("is raised once by all labs together, and restored", () => {
  writeFileSync(files.limit, "128\n");
  for (const _ of "12") expect(raiseInotify(files)).toBeUndefined();
  expect(limit()).toBe("8192");
  for (const _ of "12") restoreInotify(files);
  expect(limit()).toBe("128");
});

test("stays as it is where it is higher", () => {
  writeFileSync(files.limit, "65536\n");
  expect(raiseInotify(files)).toBeUndefined();
  restoreInotify(files);
  expect(limit()).toBe("65536\n");
});

test("advises what to set where the lab cannot", () => {
  // A number of the kernel that nobody can write.
  const readOnly = { ...files, limit: "/proc/sys/kernel/random/poolsize" };
  expect(raiseInotify(readOnly)).toMatch(/about \d+ hosts .*`sysctl -w fs\.inotify\.max_user_instances=8192`/);
});
