// The README and the pages in docs, as people read them: how long, in which order, with links that lead somewhere, and
// with the programs that are tried.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";

const checkout = join(import.meta.dirname, "../..");
const read = (name: string) => readFileSync(join(checkout, name), "utf8");
const readme = read("README.md");
const lines = readme.trimEnd().split("\n");
const pages = readdirSync(join(checkout, "docs")).filter((name) => /\.(md|yml|json)$/.test(name));
const texts = execFileSync("git", ["ls-files", "*.md"], { cwd: checkout, encoding: "utf8" })
  .trim()
  .split("\n")
  .concat(pages.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`))
  .filter((name) => existsSync(join(checkout, name)));

test("the README has at most 170 lines, none of them wider than 200 columns, and TypeScript before line 45", () => {
  expect(lines.length).toBeLessThanOrEqual(170);
  expect(lines.filter((line) => line.length > 200)).toEqual([]);
  const first = lines.indexOf("```ts") + 1;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(45);
});

test("the first program of the README has at most 14 lines, and a provider", () => {
  const [, program = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  expect(program.trimEnd().split("\n").length).toBeLessThanOrEqual(14);
  expect(program).toContain("provider: ");
});

/** The name that GitHub gives to a heading. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

const anchors = (name: string) =>
  [...read(name).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchor(heading.trim()));

test.each([...new Set(texts)])("each link in %s leads somewhere", (name) => {
  const prose = read(name).replaceAll(/^```.*?^```|`[^`\n]*`/gms, "");
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  const broken = links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = "", part] = link.split("#");
    const target = path ? join(dirname(name), path) : name;
    return !existsSync(join(checkout, target)) || (part !== undefined && !anchors(target).includes(part));
  });
  expect(broken).toEqual([]);
});

test("the contents have each page, once", () => {
  const listed = [...read("docs/README.md").matchAll(/\]\((?!\.\.)([^)#]+)\)/g)].map(([, name]) => name);
  expect(listed.sort()).toEqual(pages.filter((name) => name !== "README.md").sort());
});

test("docs/languages.md has the programs of the examples", () => {
  const page = read("docs/languages.md");
  expect(page).toContain(read("examples/python/__main__.py"));
  const program = /^\t\trelay, err := .*?^\t\t\}\)$/ms.exec(read("examples/go/main.go"))?.[0] ?? "";
  expect(program).toContain("NewRelay");
  expect(page).toContain(program.replaceAll(/^\t\t/gm, ""));
  const yaml = /^resources:.*?(?=^outputs)/ms.exec(read("examples/yaml/Pulumi.yaml"))?.[0] ?? "";
  expect(yaml).toContain("postfix-relay:Relay");
  expect(page).toContain(yaml);
});

const templates = ["typescript", "python", "go", "yaml"];

test.each(templates)("the template %s asks for what its program takes, and hides the password", (name) => {
  const folder = join("examples", name);
  const project = parse(read(join(folder, "Pulumi.yaml")));
  const asked = project.template.config;
  const program = readdirSync(join(checkout, folder))
    .filter((file) => /^(index\.ts|__main__\.py|main\.go|Pulumi\.yaml)$/.test(file))
    .map((file) => read(join(folder, file)))
    .join("");
  const taken =
    name === "yaml"
      ? Object.keys(project.config)
      : [...program.matchAll(/\brequire_?(?:secret)?\("(\w+)"\)/gi)].map(([, key]) => key);
  expect(Object.keys(asked)).toEqual([...taken].sort());
  expect(asked.password.secret).toBe(true);
  for (const { description } of Object.values<{ description: string }>(asked)) expect(description).not.toBe("");
});

test("all of them ask the same", () => {
  const asked = templates.map((name) => parse(read(`examples/${name}/Pulumi.yaml`)).template.config);
  for (const one of asked) expect(one).toEqual(asked[0]);
});

const walks = ["README.md", "docs/stack-file.md", "docs/languages.md"].flatMap((name) =>
  [...read(name).matchAll(/<!-- walk: \w+ -->\n```sh\n(.*?)```/gs)].map(([, text = ""]) => text),
);

test("the walks make projects of different names, and take no backend away from whoever has one", () => {
  expect(walks).toHaveLength(3);
  const made = walks.flatMap((text) => [...text.matchAll(/--dir (\S+)/g)].map(([, folder]) => folder));
  expect(made).toHaveLength(2);
  expect(new Set(made).size).toBe(2);
  for (const text of walks)
    for (const line of text.split("\n").filter((line) => line.includes("pulumi login")))
      expect(line).toMatch(/^pulumi whoami --non-interactive \|\| pulumi login --local$/);
});
