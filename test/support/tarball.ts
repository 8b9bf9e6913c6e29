// The package as `npm pack` makes it. Packed in a copy, since a build in the checkout would disturb the tests beside
// it, and kept for as long as nothing of it changes.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const checkout = join(import.meta.dirname, "../..");
const parts = [
  "src",
  "docs",
  "plugin",
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "SECURITY.md",
];
const kept = join(checkout, "node_modules/.cache/postfix-relay");

/** What the package is made from, as one short word. */
function sum(): string {
  const hash = createHash("sha256");
  const files = parts.flatMap((part) => [part, ...globSync(`${part}/**/*`, { cwd: checkout })]).sort();
  for (const file of files) {
    const path = join(checkout, file);
    if (existsSync(path) && statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 16);
}

/** The path of the tarball. */
export function tarball(): string {
  const file = join(kept, `postfix-relay-${sum()}.tgz`);
  if (existsSync(file)) return file;
  mkdirSync(kept, { recursive: true });
  const copy = mkdtempSync(join(tmpdir(), "postfix-relay-pack-"));
  try {
    for (const part of parts)
      if (existsSync(join(checkout, part))) cpSync(join(checkout, part), join(copy, part), { recursive: true });
    symlinkSync(join(checkout, "node_modules"), join(copy, "node_modules"));
    const [{ filename }] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--silent"], { cwd: copy, encoding: "utf8" }).replace(/^[^[]*/, ""),
    );
    copyFileSync(join(copy, filename), `${file}.${process.pid}`);
    renameSync(`${file}.${process.pid}`, file);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return file;
}
