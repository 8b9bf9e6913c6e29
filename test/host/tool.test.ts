import { execFileSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { minified, modules, moduleText, packed, script, tool } from "../../src/host/pack.ts";
import { fieldIn } from "../../src/host/payload.ts";
import { broughtInstaller, installer } from "../../src/host/tool.ts";
import { meaning } from "../support/shell-functions.ts";

test("carries the tool and the lines for it through a real shell, unharmed", () => {
  const input = "#% owner mail/prod/it's $(odd)\n#% resource urn:pulumi:x\n";
  const text = installer(input).replace(/main "\$@"\n$/, "");
  expect(text.startsWith(script("bootstrap"))).toBe(true);
  const report = `printf %s "$input"; printf %s "$tool" | base64 -d | gzip -dc`;
  expect(execFileSync("sh", { input: text + report, encoding: "utf8" })).toBe(`${input}${tool()}`);
});

test("what runs a tool that was brought holds none, and looks where the other one puts it", () => {
  const input = "#% owner mail/prod/it's $(odd)\n";
  const text = broughtInstaller(input);
  expect(text.startsWith(script("brought"))).toBe(true);
  expect(text.length).toBeLessThan(2500);
  const place = /^brought=.*$/m;
  expect(place.exec(text)?.[0]).toMatch(/^brought=\/run\/postrelay\.tool-[0-9a-f]{16}$/);
  expect(place.exec(installer(""))?.[0]).toBe(place.exec(text)?.[0]);
  expect(fieldIn(text, "owner")).toEqual(["mail/prod/it's $(odd)"]);
});

test("is the same text wherever it was made", () => {
  expect(installer("a/b/c")).toBe(installer("a/b/c"));
  // Compressed without the machine's zlib, a time or the name of an operating system.
  const gzip = Buffer.from(/^tool='(.*)'$/m.exec(installer("a/b/c"))?.[1] ?? "", "base64");
  expect(gzip.equals(packed())).toBe(true);
  expect([gzip.readUInt32LE(4), gunzipSync(gzip).toString()]).toEqual([0, tool()]);
});

test("travels without what only readers need", () => {
  const text = `# why

  if true; then
    # why
    echo '#' # behind
    awk '
      # why
      { print }' \\
      file
  fi
`;
  expect(minified(text)).toBe("if true; then\necho '#' # behind\nawk '\n{ print }' \\\nfile\nfi\n");
});

test.each([
  "cat <<'TEXT'\n  # kept\n\nTEXT\n",
  "cat <<TEXT\n  # kept $1\n  isn't\nTEXT\n",
  'cat <<-"TEXT"\n\t\t# kept\n\tTEXT\n',
  'x="isn\'t it\n  # kept\n\n"\n',
  "x='\\'\ny='a'\\''b'\nz=\"\\\"\n  # kept\n\"\n",
])("keeps what a command gets: %j", (text) => {
  expect(minified(`# why\n  # and\n${text}  # why`)).toBe(text);
});

test.each(modules)("%s means the same without what only readers need", (module) => {
  const text = moduleText(module);
  expect(meaning(minified(text))).toEqual(meaning(text));
});

test("says how it is called", () => {
  const usage = execFileSync("sh", ["-s", "--", "help"], { input: tool(), encoding: "utf8" });
  expect(usage).toMatch(/^postrelay: .*[\s\S]*\n {2}postrelay status {6}what is live/);
});
