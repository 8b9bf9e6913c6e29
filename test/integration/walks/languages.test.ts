// The walk of the README in Python, Go and YAML, as it says: with another word in it.

import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openAgent } from "../../../lab/agent.ts";
import { Example } from "../languages.ts";
import { noPython } from "../python.ts";
import { trusting } from "../trusting.ts";
import { openWorld } from "../world.ts";
import { answers, around, follow, here, page, walk } from "./reader.ts";

const without: Record<string, string | undefined> = { python: noPython() };
for (const [language, reason] of Object.entries(without))
  if (reason) console.log(`Left out: the walk in ${language}, because ${reason}`);

const { world, relay } = await openWorld();
const agent = await openAgent(world.lab);
const examples: Example[] = [];
afterAll(() => {
  for (const example of examples) example.remove();
});

const languages = ["python", "go", "yaml"];

test("the README names them", () => {
  expect(page("README.md")).toContain("Write `python`, `go` or `yaml` instead of `typescript`");
});

test.each(languages.filter((language) => !without[language]))(
  "the walk in %s ends with a proven delivery",
  async (language) => {
    const host = await world.lab.host({ release: "bookworm", name: language, packages: ["ca-certificates"] });
    await trusting(host, world.lab.ca);
    const text = walk("README.md", "template");
    expect(text).toContain("/examples/typescript");
    const mine = here(text, host, relay.host).replace("/examples/typescript", `/examples/${language}`);
    const [, before = "", after = ""] = /^(.*^pulumi new [^\n]*\n)(.*)$/ms.exec(mine) ?? [];

    const example = await Example.open(language, agent, {}, `templates/${language}`);
    examples.push(example);
    const told = answers(host, relay.host);
    const env = () => ({
      ...Object.fromEntries(Object.entries(example.env).filter(([name]) => name !== "PULUMI_BACKEND_URL")),
      ...around(example.folder, { host, key: world.lab.key.path, agent, told }),
      TEMPLATES: join(example.folder, "templates"),
      // Where `pulumi` makes no SDK for this language, the lab does.
      GENERATE_ONLY: example.makesSdks ? "" : "1",
    });
    // The template's plugin is installed, as `pulumi new` does it with the released one.
    await example.must("npm", ["install", "--prefix", join(example.folder, "plugin"), "--silent"]);
    const made = await follow(before, example.folder, env());
    expect(made.code, made.stdout + made.stderr).toBe(0);
    example.project = "relay";
    if (!example.makesSdks) await example.install();
    const ran = await follow(after, example.folder, env());
    expect(ran.stdout + ran.stderr).toMatch(/answer\s*: "250 /);
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(ran.stdout + ran.stderr + made.stdout + made.stderr).not.toContain("relaypass");
  },
);
