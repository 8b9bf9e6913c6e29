// The walks of the README and of docs, word for word but for the names of hosts, by a reader with an empty folder.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openAgent } from "../../../lab/agent.ts";
import { engine } from "../../../lab/engine/index.ts";
import { trusting } from "../trusting.ts";
import { openWorld } from "../world.ts";
import { answers, around, follow, here, page, template, walk } from "./reader.ts";

const { world, relay } = await openWorld();
const agent = await openAgent(world.lab);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** The template that `pulumi new typescript` would download, as a project that somebody has. */
const project = `cp -r ${join(import.meta.dirname, "typescript")} project && cd project
npm install --silent --no-audit --no-fund --prefer-offline
pulumi login --local && pulumi stack init prod
`;

test.each([
  { name: "template", file: "README.md", first: "" },
  { name: "stack", file: "docs/stack-file.md", first: "" },
  { name: "program", file: "docs/languages.md", first: project },
])("the walk with the $name ends with a proven delivery", async ({ name, file, first }) => {
  const host = await world.lab.host({ release: "bookworm", name, packages: ["ca-certificates"] });
  await trusting(host, world.lab.ca);
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-walk-"));
  folders.push(folder);
  for (const one of ["typescript", "stack"]) template(one, join(folder, "templates", one));
  const [, program = ""] = /```ts\n(.*?)```/s.exec(page("README.md")) ?? [];
  writeFileSync(join(folder, "index.ts"), here(program, host, relay.host));
  const told =
    name === "stack"
      ? { "postfix-relay:domain": "example.com", "postfix-relay:sender": "ops@example.com" }
      : answers(host, relay.host);
  const { env } = await engine();
  const ran = await follow(first + here(walk(file, name), host, relay.host), folder, {
    ...env,
    ...around(folder, { host, key: world.lab.key.path, agent, told }),
    TEMPLATES: join(folder, "templates"),
    PROGRAM: join(folder, "index.ts"),
  });
  expect(ran.stdout + ran.stderr).toMatch(/answer\s*: "250 /);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  expect(ran.stdout + ran.stderr).not.toContain("relaypass");
});
