// A guard against what makes a run slower, for any machine, however busy: what loading the package reads, and how much
// a host is sent. What a host starts is in integration/limits.test.ts.

import { execFileSync } from "node:child_process";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packages, packagesBrought, steps } from "../src/host/steps.ts";
import { installer } from "../src/host/tool.ts";
import { publicFiles } from "../src/postfix/generation.ts";
import { settings } from "./support/args.ts";
import { installedProject } from "./support/installed.ts";
import { aboveLimits, excesses, limitsFor, lines } from "./support/limits.ts";

/** Before a program: at its end it prints which modules were loaded, and the seconds of CPU until then. */
const counting = `
const { registerHooks } = require("node:module");
const { fileURLToPath } = require("node:url");
const files = new Set();
registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) files.add(fileURLToPath(url));
    return next(url, context);
  },
});
process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(JSON.stringify({ files: [...files], cpu: (user + system) / 1e6 }));
});
`;

/** The stack program is loaded when it asks for its stack file, which is none here. */
const loading = (name: string) => `try {
  require("${name}");
} catch (error) {
  if (!/Pulumi[.].*yaml/.test(error.message)) throw error;
}
`;

test("what loading the package reads", { timeout: 300_000 }, () => {
  const { project } = installedProject();
  try {
    writeFileSync(join(project, "counting.cjs"), counting);
    const load = (name: string): { files: string[]; cpu: number } => {
      writeFileSync(join(project, "load.cjs"), loading(name));
      const env = { ...process.env, NODE_OPTIONS: "", XDG_CACHE_HOME: join(project, "cache") };
      const args = ["--require=./counting.cjs", "load.cjs"];
      return JSON.parse(execFileSync(process.execPath, args, { cwd: project, env, encoding: "utf8" }));
    };
    const counted = (files: string[]) => ({
      modules: files.length,
      bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
    });
    const sdk = load("@pulumi/pulumi");
    const ways = ["postfix-relay", "postfix-relay/stack"].map((name) => [name, load(name)] as const);
    const measured = Object.fromEntries(
      ways.map(([name, { files }]) => [
        name,
        { ...counted(files), "beyond the SDK": counted(files.filter((file) => !sdk.files.includes(file))) },
      ]),
    );
    for (const [name, { cpu }] of [["@pulumi/pulumi", sdk] as const, ...ways])
      console.log(`loading ${name}: ${cpu.toFixed(2)} s of CPU, not limited`);
    expect(aboveLimits("loading", measured)).toEqual([]);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});

test("how many bytes each step sends", () => {
  const origin = {
    owner: "mail/prod/web-1",
    resource: "urn:pulumi:prod::mail::postfix-relay:index:Relay::web-1",
    formerly: [],
  };
  const all = settings();
  const files = publicFiles(origin.owner, all);
  const account = { username: "user", password: "correct horse" };
  const sent = [packagesBrought, ...steps.filter((step) => step !== packages)].map((step) => {
    const text = "stdin" in step ? step.stdin(origin, all, files) : step.secretStdin(origin, all, files, account);
    return [step.suffix, Buffer.byteLength(text)];
  });
  const brought = ["before packages", Buffer.byteLength(installer(""))];
  expect(aboveLimits("bytes of stdin", Object.fromEntries([brought, ...sent]))).toEqual([]);
});

test("a limit is a twentieth above what was measured, and of fewer than 20 not one more is allowed", () => {
  const limits = limitsFor({ bytes: 1000, start: { awk: 20, sed: 19, cat: 1 } });
  expect(limits).toEqual({ bytes: 1050, start: { awk: 21, sed: 19, cat: 1 } });
  expect(excesses({ bytes: 1050, start: { awk: 21, sed: 19 } }, limits)).toEqual([]);
  expect(excesses({ bytes: 1051, start: { cat: 2, true: 1 } }, limits)).toEqual([
    "bytes: 1051, and at most 1050 are allowed",
    "start, cat: 2, and at most 1 are allowed",
    "start, true: 1, and at most 0 are allowed",
  ]);
});

test("numbers are shown beside their limits, to some depth", () => {
  const measured = { a: { b: { awk: 1, sed: 2 }, c: 1234 } };
  expect(lines(measured, limitsFor(measured), 2)).toEqual(["a, b: 3 (limit 3)", "a, c: 1,234 (limit 1,295)"]);
  expect(lines(measured, {}, 3)[0]).toBe("a, b, awk: 1 (limit 0)");
});
