// The workflows of GitHub: what runs there is known to the commit, and may do no more than it needs.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "../.github/workflows");
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

/** The line of a text that begins with this word, with those that are set in further. */
const block = (text: string, word: string) =>
  [...text.matchAll(new RegExp(`^( *)(?:- )?${word}:.*(?:\\n\\1 +.*)*`, "gm"))].map(([found]) => found);

test("there are some", () => expect(workflows.map(({ name }) => name)).toContain("release.yml"));

describe.each(workflows)("$name", ({ text }) => {
  test("takes actions by their commit, and says which version that is", () => {
    const uses = text.match(/^.*\buses:.*$/gm) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("leaves no token in the checkout", () => {
    expect(text.match(/persist-credentials: false/g)?.length).toBe(text.match(/actions\/checkout@/g)?.length);
  });

  test("may do nothing, but for what a job names", () => {
    expect(text).toMatch(/^permissions: \{\}$/m);
    const [, ...jobs] = block(text, "permissions");
    expect(jobs.length).toBeGreaterThan(0);
    for (const job of jobs) expect(job.match(/: (read|write|.*-all)\b/g)?.join()).toMatch(/^: read(,: write)?$/);
    expect(text.match(/: write/g)?.length ?? 0).toBe(/npm publish/.test(text) ? 1 : 0);
  });

  test("puts nothing that others write into a shell", () => {
    expect(text.match(/\$\{\{(?! matrix\.).*\}\}/g)).toBe(null);
    expect(text).not.toContain("pull_request_target");
  });
});

test("what is published says where it was made, and no token for it lies anywhere", () => {
  const { text = "" } = workflows.find(({ name }) => name === "release.yml") ?? {};
  expect(text).toMatch(/npm publish --provenance/);
  expect(text).toMatch(/id-token: write/);
  expect(text).not.toMatch(/secrets\.|NODE_AUTH_TOKEN/);
});
