// What decides about the `pulumi up` of a stack, as a digest. A stack whose digest is another one than that of the plan
// would get something that no earlier wave has tried.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where the parts of a project lie. */
export interface Parts {
  readonly folder: string;
  /** The file Pulumi.yaml. */
  readonly own: string;
  /** The program: a file, or a folder with it. */
  readonly main: string;
  readonly path: (stack: string) => string | undefined;
}

const LOCKS = ["package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "requirements.txt", "uv.lock", "go.sum"];
const PROGRAM = /\.(ts|mts|js|mjs|cjs|py|go)$/;

/** Gives the digest for any stack; what all stacks have in common is read once. */
export function fingerprints({ folder, own, main, path }: Parts, version: string): (stack: string) => string {
  const common = [own, ...LOCKS.map((name) => join(folder, name)), ...programs(main)].filter((file) =>
    existsSync(file),
  );
  const head = digest([version, ...common.map((file) => readFileSync(file))]);
  return (stack) => {
    const file = path(stack);
    return digest([head, file && existsSync(file) ? readFileSync(file) : ""]);
  };
}

function programs(main: string): string[] {
  const found = statSync(main, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [main];
  const names = readdirSync(main).filter((name) => PROGRAM.test(name));
  return names.sort().map((name) => join(main, name));
}

function digest(parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}\n`).update(part);
  return hash.digest("hex").slice(0, 32);
}
