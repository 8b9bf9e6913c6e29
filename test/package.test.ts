import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { installedProject } from "./support/installed.ts";
import { tarball } from "./support/tarball.ts";

// Programs of their own start here, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

// The package as `npm pack` makes it, in a project that is not this one.
const checkout = join(import.meta.dirname, "..");
let project = "";
let home = "";
beforeAll(() => {
  ({ project, home } = installedProject("@types", "typescript"));
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: project, encoding: "utf8" });
const names = "Relay,RelayFleet,TlsLevel";
const use = `console.log([Relay.name, RelayFleet.name, TlsLevel && "TlsLevel"].join())`;

test("a program in CommonJS can require it", () => {
  writeFileSync(join(project, "a.cjs"), `const { Relay, RelayFleet, TlsLevel } = require("postfix-relay"); ${use}`);
  expect(run("a.cjs").trim()).toBe(names);
});

test("a program in ES modules can import it", () => {
  writeFileSync(join(project, "a.mjs"), `import { Relay, RelayFleet, TlsLevel } from "postfix-relay"; ${use}`);
  expect(run("a.mjs").trim()).toBe(names);
});

test("the tool for the host comes with it", () => {
  writeFileSync(
    join(project, "b.cjs"),
    `const { installer } = require(${JSON.stringify(join(home, "dist/host/tool.js"))});
     process.stdout.write(installer("a/b/c"))`,
  );
  const tool = execFileSync("sh", {
    input: run("b.cjs").replace(/main "\$@"\n$/, `printf %s "$tool" | base64 -d | gzip -dc`),
  });
  expect(tool.toString()).toMatch(/^#!\/bin\/sh\nset -u\n/);
});

test("the command line comes with it", () => {
  const { bin, version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const program = join(home, bin["postfix-relay"]);
  expect(readFileSync(program, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  const env = { PATH: dirname(process.execPath) };
  const start = (...args: string[]) =>
    spawnSync(process.execPath, [program, ...args], { cwd: project, encoding: "utf8", env });
  // Nor does Node say a word about what it loads.
  expect(start("--version")).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  expect(start("check")).toMatchObject({
    status: 2,
    stdout: "",
    stderr: expect.stringContaining("no Pulumi.yaml in "),
  });
});

test("its compile cache is on before a program is loaded, in a folder of the user", () => {
  const kept = join(project, "cache");
  vi.stubEnv("XDG_CACHE_HOME", kept);
  const told = run("--require=postfix-relay/cache", "--print", "require('node:module').getCompileCacheDir()");
  expect(told.startsWith(join(kept, "postfix-relay"))).toBe(true);
});

test("publint finds nothing", () => {
  const args = ["run", "--strict", "--pack", "false", home];
  expect(run(join(checkout, "node_modules/publint/src/cli.js"), ...args)).toContain("All good!");
});

test("its types are right for each way to import it", () => {
  // `postfix-relay/plugin` is a program that the engine starts; nobody imports it.
  const args = [tarball(), "--exclude-entrypoints", "plugin"];
  const result = run(join(checkout, "node_modules/@arethetypeswrong/cli/dist/index.js"), ...args);
  expect(result).toContain("No problems found");
});

test("it holds what a user reads, and nothing of the tests", () => {
  expect(readdirSync(home).sort()).toEqual([
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "dist",
    "docs",
    "package.json",
    "plugin",
  ]);
});

test.each(["typescript", "fleet"])("the example %s compiles", (name) => {
  const folder = join(project, name);
  cpSync(join(checkout, "examples", name), folder, { recursive: true });
  expect(run(join(checkout, "node_modules/typescript/bin/tsc"), "--noEmit", "--types", "node", "-p", folder)).toBe("");
});

test("the program in the README compiles", () => {
  const folder = join(project, "readme");
  cpSync(join(checkout, "examples/typescript"), folder, { recursive: true });
  const [, text = ""] = /```ts\n(.*?)```/s.exec(readFileSync(join(checkout, "README.md"), "utf8")) ?? [];
  expect(text).toContain("new Relay(");
  writeFileSync(join(folder, "index.ts"), text);
  expect(run(join(checkout, "node_modules/typescript/bin/tsc"), "--noEmit", "--types", "node", "-p", folder)).toBe("");
});
