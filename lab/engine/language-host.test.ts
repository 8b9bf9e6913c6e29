// How the engine and the language host run a Node.js program: its output, its errors, its end. It holds for the
// official language host and for the lab's stand-in; whichever the machine has is tested.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineTests } from "./command-tests.ts";
import { killSession, processesOf } from "./project.ts";

const t = await engineTests();

/** A program that never ends. A file shows the test that it has begun. */
const endless = 'import { writeFileSync } from "node:fs";\nwriteFileSync("begun", "");\nsetInterval(() => {}, 1000);\n';
const begun = () => expect.poll(() => existsSync(join(t.project.folder, "begun")), { timeout: 60_000 }).toBe(true);

test("a program in a folder of its own gets configuration, secrets, arguments and types without a compiler", async () => {
  mkdirSync(join(t.project.folder, "stacks"));
  const settings =
    "name: lab\nruntime: { name: nodejs, options: { typescript: false } }\nmain: stacks/index.ts\nstackConfigDir: stacks\n";
  writeFileSync(join(t.project.folder, "Pulumi.yaml"), settings);
  writeFileSync(
    join(t.project.folder, "stacks/index.ts"),
    `import * as pulumi from "@pulumi/pulumi";
    const config: pulumi.Config = new pulumi.Config();
    console.log("to stdout");
    console.error("to stderr");
    export const plain: string = config.require("plain");
    export const hidden: pulumi.Output<string> = config.requireSecret("hidden");
    export const facts = [pulumi.getProject(), pulumi.getStack(), pulumi.getOrganization(), process.cwd()];
    export const rehearsal = pulumi.runtime.isDryRun();`,
  );
  await t.project.pulumi(["config", "set", "plain", "seen"]);
  await t.project.pulumi(["config", "set", "--secret", "hidden"], "poison-0f3a");
  const { text, code } = await t.project.up();
  expect(code, text).toBe(0);
  expect(text).toContain("to stdout");
  expect(text).toContain("to stderr");
  expect(text).not.toContain("poison-0f3a");
  expect(t.project.stateFile()).not.toContain("poison-0f3a");
  const outputs = JSON.parse((await t.project.pulumi(["stack", "output", "--json", "--show-secrets"])).text);
  expect(outputs).toEqual({
    plain: "seen",
    hidden: "poison-0f3a",
    facts: ["lab", "s", "organization", join(t.project.folder, "stacks")],
    rehearsal: false,
  });
});

test("a program that throws gives one error, and the run fails", async () => {
  t.project.write("index.ts", 'console.log("before");\nthrow new Error("thrown-by-program");\n');
  const { text, code } = await t.project.up();
  expect(code).not.toBe(0);
  const diagnostics = text.slice(text.indexOf("Diagnostics:"));
  expect(diagnostics.match(/^error: /gm)).toHaveLength(1);
  expect(diagnostics).toContain("Error: thrown-by-program");
  expect(diagnostics).toContain("index.ts:2:7");
});

test("a program that exits with a code fails the run, and the error names the code", async () => {
  t.project.write("index.ts", "process.exit(5);\n");
  const { text, code } = await t.project.up();
  expect(code).not.toBe(0);
  expect(text).toContain("non-zero exit code: 5");
});

test("a program that does not parse, or is not there, gives a clear error", async () => {
  t.project.write("index.ts", "const = 1;\n");
  const broken = await t.project.preview();
  expect(broken.code).not.toBe(0);
  expect(broken.text).toMatch(/SyntaxError/);
  t.project.write("index.ts", 'import "./absent.ts";\n');
  const absent = await t.project.preview();
  expect(absent.code).not.toBe(0);
  expect(absent.text).toContain("absent.ts");
});

test("the plugins that a program's packages need are known to the engine", async () => {
  const { text } = await t.project.pulumi(["plugin", "ls", "--project", "--json"]);
  const known = /"name": "command",\n"kind": "resource",\n"version": "1\.2\.1"/;
  expect(text).toMatch(known);
  // Packages above the folder of the program are not looked at.
  mkdirSync(join(t.project.folder, "stacks"));
  t.project.write("stacks/index.ts", "export {};\n");
  const settings = readFileSync(join(t.project.folder, "Pulumi.yaml"), "utf8");
  t.project.write("Pulumi.yaml", settings.replace("main: index.ts", "main: stacks/"));
  expect((await t.project.pulumi(["plugin", "ls", "--project", "--json"])).text).not.toMatch(known);
});

test("an interrupt from the terminal ends everything", async () => {
  t.project.write("index.ts", endless);
  const { session, result } = t.project.start(["up", "--yes", "--skip-preview"]);
  await begun();
  // Ctrl-C goes to the foreground group; the second one is the impatient user's.
  process.kill(-session, "SIGINT");
  process.kill(-session, "SIGINT");
  expect((await result).code).not.toBe(0);
  await expect.poll(() => processesOf(session), { timeout: 60_000 }).toEqual([]);
});

test("an engine that is killed alone leaves its plugins and the program; whoever kills the session ends them", async () => {
  t.project.write("index.ts", endless);
  const { session, result } = t.project.start(["up", "--yes", "--skip-preview"]);
  await begun();
  process.kill(session, "SIGKILL");
  await expect.poll(() => processesOf(session).some((line) => line.startsWith(`${session} `))).toBe(false);
  expect(processesOf(session).join("\n")).toMatch(/pulumi-language-nodejs|language-host/);
  await killSession(session);
  await result;
});
