// The package in projects of its users: installed from the registry's packages, compiled by each TypeScript since 5.0.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { tarball } from "../support/tarball.ts";
import { everyRow, taken } from "./rows.ts";

const versions = taken([
  { version: "5.0.2", always: true },
  { version: "5.7.2" },
  { version: "5.9.3" },
  { version: "6.0.3", always: true },
]).map(({ version }) => version);
const ranges: Record<string, string> = JSON.parse(
  execFileSync("npm", ["pkg", "get", "dependencies"], { encoding: "utf8" }),
);
const lowest = Object.fromEntries(Object.entries(ranges).map(([name, range]) => [name, range.replace(/^\^/, "")]));
const newest = { "@pulumi/pulumi": "^3.0.0" };
const checkout = join(import.meta.dirname, "../..");
/** The very version that `engines` begins with. */
const oldestNode = JSON.parse(execFileSync("npm", ["pkg", "get", "engines.node"], { encoding: "utf8" })).replace(
  /^>=(\d+\.\d+)$/,
  "$1.0",
);

const reason = (() => {
  try {
    execFileSync("npm", ["ping", "--fetch-retries=0", "--fetch-timeout=5000"], { stdio: "pipe" });
    return undefined;
  } catch {
    return "the npm registry does not answer";
  }
})();
if (reason) console.log(`Left out: installs of the package, because ${reason}`);

const folders: string[] = [];
const kept: { managers?: string } = {};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A project with the package, packed or from elsewhere, and these others, installed as a user does it. */
function project(dependencies: Record<string, string>, from = `file:${tarball()}`, ...options: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-install-"));
  folders.push(folder);
  const all = { ...dependencies, "postfix-relay": from, "@types/node": "22" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: all }));
  const given = options.length > 0 ? options : ["--ignore-scripts"];
  execFileSync("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...given], {
    cwd: folder,
    stdio: "pipe",
  });
  return folder;
}

/** A folder with other package managers, from the registry. */
function managers(): string {
  if (kept.managers) return kept.managers;
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-managers-"));
  folders.push(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--no-ignore-scripts"];
  execFileSync("npm", ["install", ...options, "pnpm@10", "yarn@1", "bun@1"], { cwd: folder, stdio: "pipe" });
  kept.managers = folder;
  return folder;
}

const run = (folder: string, ...args: string[]) => runBy(process.execPath, folder, ...args);

const runBy = (node: string, folder: string, ...args: string[]) => {
  try {
    return execFileSync(node, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    return String((error as { stdout?: string }).stdout || error);
  }
};

const program = `import { Relay, RelayFleet, type RelayArgs } from "postfix-relay";
import { deliveries } from "postfix-relay/stack";
// @ts-expect-error an argument that is unknown
export const wrong = new Relay("x", { relayhost: "y" });
export const host: Relay["hostname"] = wrong.hostname;
export type Args = RelayArgs;
export { RelayFleet, deliveries };
`;

/** A program that makes a Relay without an engine, and says what it is for the SDK that the program has. */
const relay = `
pulumi.runtime.setMocks({
  newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, stdout: "{}" } }),
  call: ({ inputs }) => inputs,
}, "project", "stack");
const relay = new Relay("web-1", {
  connection: { host: "203.0.113.10", hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIsWzDxIvIYqQEV1b8PIw8l/wo1ywAyJQq1eKaBvEc6q" },
  domain: "example.com",
  relayHost: { host: "smtp.example.net" },
  credentials: { username: "user", password: "only for this test" },
  testDelivery: { to: "ops@example.org" },
});
relay.mainCf.apply((text) => console.log(relay instanceof pulumi.ComponentResource, /^relayhost = /m.test(text)));
`;
const programs = {
  "a.cjs": `const pulumi = require("@pulumi/pulumi"); const { Relay } = require("postfix-relay");${relay}`,
  "a.mjs": `import * as pulumi from "@pulumi/pulumi"; import { Relay } from "postfix-relay";${relay}`,
};

describe.skipIf(reason)("in a project with", () => {
  test(`TypeScript ${versions.join(", ")}, programs of both kinds compile`, () => {
    const compilers = versions.map((version) => [`typescript-${version}`, `npm:typescript@${version}`]);
    const folder = project({ ...newest, ...Object.fromEntries(compilers) });
    for (const name of ["c.cts", "c.mts", "c.ts"]) writeFileSync(join(folder, name), program);
    const common = "--target es2022 --strict --noEmit --skipLibCheck --types node";
    const tried = compilers.flatMap(([name = "", version]) =>
      [
        "--module nodenext --moduleResolution nodenext c.cts c.mts",
        "--module node16 --moduleResolution node16 c.cts c.mts",
        `--module commonjs --moduleResolution node ${version?.includes("@6") ? "--ignoreDeprecations 6.0 " : ""}c.ts`,
      ].map((options) => {
        const result = run(folder, join("node_modules", name, "lib/tsc.js"), ...`${common} ${options}`.split(" "));
        return [`${name} ${options}`, result];
      }),
    );
    expect(tried.filter(([, result]) => result !== "")).toEqual([]);
    expect(tried).toHaveLength(versions.length * 3);
  });

  test.each([
    ["the newest", newest],
    ["the lowest", lowest],
  ])("%s versions of what it needs, there is one SDK, and a Relay is its ComponentResource", (_, dependencies) => {
    const folder = project(dependencies);
    for (const [name, version] of Object.entries(dependencies).filter(([, version]) => !version.startsWith("^")))
      expect(JSON.parse(readFileSync(join(folder, "node_modules", name, "package.json"), "utf8")).version).toBe(
        version,
      );
    const copies = execFileSync("npm", ["ls", "--all", "--parseable", "@pulumi/pulumi"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(copies.trim().split("\n")).toHaveLength(1);
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, name), text);
      expect(run(folder, name)).toMatch(/^true true$/m);
    }
  });

  test("the oldest Node.js, a Relay is made, and the command line starts without a warning", () => {
    const folder = project({ ...newest, oldest: `npm:node-linux-${process.arch}@${oldestNode}` });
    const node = join(folder, "node_modules/oldest/bin/node");
    expect(execFileSync(node, ["--version"], { encoding: "utf8" })).toBe(`v${oldestNode}\n`);
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, name), text);
      expect(runBy(node, folder, name)).toMatch(/^true true$/m);
    }
    const { bin, version } = JSON.parse(readFileSync(join(folder, "node_modules/postfix-relay/package.json"), "utf8"));
    const program = join("node_modules/postfix-relay", bin["postfix-relay"]);
    const ran = spawnSync(node, [program, "--version"], { cwd: folder, encoding: "utf8" });
    expect(ran).toMatchObject({ stdout: `${version}\n`, stderr: "", status: 0 });
  });

  test.runIf(everyRow).each(["pnpm", "yarn", "bun"])(
    "the line for %s in docs/languages.md, Pulumi finds its SDK there, and a Relay is made",
    { timeout: 600_000 },
    (manager) => {
      const page = readFileSync(join(checkout, "docs/languages.md"), "utf8");
      const [, line = ""] = new RegExp(`^\\| ${manager} \\| \`(${manager} add .*?)\``, "m").exec(page) ?? [];
      const folder = mkdtempSync(join(tmpdir(), "postfix-relay-install-"));
      folders.push(folder);
      writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
      const [, ...args] = line.replace("postfix-relay", `file:${tarball()}`).split(" ");
      execFileSync(join(managers(), "node_modules/.bin", manager), args, { cwd: folder, stdio: "pipe" });
      // From the project, as the language host looks for it.
      writeFileSync(join(folder, "b.cjs"), 'console.log(typeof require("@pulumi/pulumi").runtime.serialize)');
      expect(run(folder, "b.cjs")).toBe("function\n");
      writeFileSync(join(folder, "a.cjs"), programs["a.cjs"]);
      expect(run(folder, "a.cjs")).toMatch(/^true true$/m);
      const cli = execFileSync(join(folder, "node_modules/.bin/postfix-relay"), ["--version"], { encoding: "utf8" });
      expect(cli).toMatch(/^\d+\.\d+\.\d+\n$/);
    },
  );

  // What is committed: npm clones the repository, and builds the package from it.
  test.runIf(everyRow && existsSync(join(checkout, ".git")))(
    "the package from git, it is built on installation",
    () => {
      const folder = project(newest, `git+file://${checkout}`, "--no-ignore-scripts");
      const home = join(folder, "node_modules/postfix-relay");
      expect(readdirSync(home)).not.toContain("src");
      expect(gunzipSync(readFileSync(join(home, "dist/host/postrelay.gz"))).toString()).toMatch(/^#!\/bin\/sh\n/);
      for (const [name, text] of Object.entries(programs)) {
        writeFileSync(join(folder, name), text);
        expect(run(folder, name)).toMatch(/^true true$/m);
      }
    },
  );
});
