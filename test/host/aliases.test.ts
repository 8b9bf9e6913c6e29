// An index of /etc/aliases that is known to be that of its file.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect } from "vitest";
import { definitions } from "../support/modules.ts";
import { needs, shells } from "../support/shells.ts";

const root = mkdtempSync(join(tmpdir(), "aliases-"));
const state = join(root, "var/lib/postfix-relay");
const generation = join(state, "good");
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  for (const folder of ["etc", "var/lib/postfix-relay/good/etc"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(generation, "etc/main.cf"), "default_database_type = hash\n");
  writeFileSync(join(root, "etc/aliases"), "root: ops@example.org\n");
  writeFileSync(join(root, "etc/aliases.db"), "the index");
});

describe.each(shells.map((shell) => [shell.join(" "), shell] as const))("%s", (_, [program, ...args]) => {
  const test = needs(program);
  const run = (script: string) =>
    execFileSync(program, [...args, "-c", `set -u\n${definitions("generation/aliases")}\n${script}`], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: root, POSTRELAY_ROOT: root },
    });
  // What each call of Postfix would answer: entries that are the same in every index.
  const asked = 'postalias() { echo asked >&3; }; timeout() { shift; "$@"; }; exec 3>&1';

  test("nobody asks Postfix about it", () => {
    const fault = `aliases_know ${generation}; aliases_fault ${generation}; aliases_index_fault ${generation}`;
    expect(run(`${asked}; ${fault}`)).toBe("");
  });

  test.each(["aliases", "aliases.db"])("as soon as %s is another one, somebody does", (name) => {
    const change = `echo '# more' >>"$root/etc/${name}"; touch -d '-1 day' "$root/etc/aliases"`;
    expect(run(`${asked}; aliases_know ${generation}; ${change}; aliases_index_fault ${generation}`)).toMatch(/asked/);
  });

  test("where it cannot be written, no switch fails for that", () => {
    rmSync(state, { recursive: true });
    expect(run(`aliases_know ${generation} && echo fine`)).toBe("fine\n");
  });
});
