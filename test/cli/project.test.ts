import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { folderOf, projectIn, shortName } from "../../src/cli/project.ts";

const folder = mkdtempSync(join(tmpdir(), "postfix-relay-project-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A project with these files. */
function project(name: string, files: Record<string, string>): string {
  const own = join(folder, name);
  mkdirSync(join(own, "src/deep"), { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(own, file, ".."), { recursive: true });
    writeFileSync(join(own, file), text);
  }
  return own;
}

test("its name, its stacks and their files, from a folder below", () => {
  const own = project("plain", {
    "Pulumi.yaml": "name: mail\n",
    "Pulumi.prod.yaml": "a: 1\n",
    "Pulumi.eu.west.yaml": "",
  });
  const { name, stacks, file } = projectIn(join(own, "src/deep"));
  expect([name, [...stacks].sort()]).toEqual(["mail", ["eu.west", "prod"]]);
  expect(file("prod")).toBe("a: 1\n");
  expect(file("acme/mail/prod")).toBe("a: 1\n");
  expect(file("test")).toBeUndefined();
});

test("stack files in a folder of their own; a project without any", () => {
  const own = project("apart", {
    "Pulumi.yaml": "name: mail\nstackConfigDir: stacks\n",
    "stacks/Pulumi.prod.yaml": "b: 1\n",
  });
  expect(projectIn(own).file("prod")).toBe("b: 1\n");
  expect(projectIn(project("none", { "Pulumi.yml": "name: x\nstackConfigDir: none\n" })).stacks).toEqual([]);
});

test("values of the project itself are in no stack file, so none is the whole", () => {
  const own = project("whole", {
    "Pulumi.yaml": "name: mail\nconfig: { 'postfix-relay:domain': { value: example.com } }\n",
    "Pulumi.prod.yaml": "a: 1\n",
  });
  expect([projectIn(own).stacks, projectIn(own).file("prod")]).toEqual([["prod"], undefined]);
});

test("there is none", () => {
  expect(() => projectIn("/proc")).toThrow("no Pulumi.yaml in /proc or above it; go to the folder");
  expect(() => folderOf(join(folder, "nowhere"))).toThrow(/there is no folder .*nowhere/);
  expect(() => projectIn(project("odd", { "Pulumi.yaml": "a: [" }))).toThrow(
    /Pulumi\.yaml cannot be read, or is not YAML/,
  );
});

test("the name of a stack", () => expect(["prod", "acme/mail/prod"].map(shortName)).toEqual(["prod", "prod"]));
