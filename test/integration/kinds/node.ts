// Programs of Node.js that use the package as a user installs it.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tarball } from "../../support/tarball.ts";
import { Stack } from "../stack.ts";
import { javascript } from "./javascript.ts";
import { NodeProgram, type Program, type Surroundings } from "./program.ts";
import type { Spec } from "./values.ts";

const texts = {
  commonjs: (spec: Spec) => `const pulumi = require("@pulumi/pulumi");
const { Relay } = require("postfix-relay");
${plain(javascript(spec).statements)}
module.exports = ${javascript(spec).exported};
`,
  esm: (spec: Spec) => `import * as pulumi from "@pulumi/pulumi";
import { Relay } from "postfix-relay";
${plain(javascript(spec).statements)}
export const outputs = ${javascript(spec).exported};
`,
};

/** The statements without their types. */
const plain = (statements: string) => statements.replaceAll(": any =", " =").replaceAll(" as any", "");

/** A program as a CommonJS or an ES module, in a project where the package is installed. */
export async function installed(kind: "commonjs" | "esm", around: Surroundings = {}): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-installed-"));
  mkdirSync(join(folder, "node_modules"));
  const manifest = { private: true, type: kind === "esm" ? "module" : "commonjs" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  execFileSync("npm", ["install", ...options, `file:${tarball()}`], { cwd: folder, stdio: "pipe" });
  const stack = await Stack.create("s", { ...around, installed: folder });
  return new NodeProgram(stack, "index.js", texts[kind], () => rmSync(folder, { recursive: true, force: true }));
}
