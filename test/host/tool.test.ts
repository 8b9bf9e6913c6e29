import { execFileSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bootstrap, minified, packed, tool } from "../../src/host/pack.ts";
import { published } from "../../src/host/publish.ts";
import { installer } from "../../src/host/tool.ts";

test("carries the tool and the lines for it through a real shell, unharmed", () => {
  const input = "#% owner mail/prod/it's $(odd)\n#% resource urn:pulumi:x\n";
  const script = installer(input).replace(/main "\$@"\n$/, "");
  expect(script.startsWith(bootstrap())).toBe(true);
  const report = `printf %s "$input"; printf %s "$tool" | base64 -d | gzip -dc`;
  expect(execFileSync("sh", { input: script + report, encoding: "utf8" })).toBe(`${input}${tool()}`);
});

test("is the same text wherever it was made", () => {
  expect(installer("a/b/c")).toBe(installer("a/b/c"));
  // Compressed without the machine's zlib, a time or the name of an operating system.
  const gzip = Buffer.from(/^tool='(.*)'$/m.exec(installer("a/b/c"))?.[1] ?? "", "base64");
  expect(gzip.equals(packed())).toBe(true);
  expect([gzip.readUInt32LE(4), gunzipSync(gzip).toString()]).toEqual([0, tool()]);
});

test("is published in fewer bytes than a checkout sends, and always the same ones", async () => {
  const once = await published();
  expect(once.equals(await published())).toBe(true);
  expect(gunzipSync(once).toString()).toBe(tool());
  // Twice in the state of each host, in base64.
  expect(once.length).toBeLessThan(packed().length);
});

test("travels without what only readers need, and means the same", () => {
  const here = "cat <<'TEXT'\n  # kept\n\nTEXT\n";
  expect(minified(`# why\n\n  if true; then\n    # why\n    echo '#'\n  fi\n${here}`)).toBe(
    `if true; then\necho '#'\nfi\n${here}`,
  );
  const usage = (text: string) => execFileSync("sh", ["-s", "--", "help"], { input: text, encoding: "utf8" });
  expect(usage(tool())).toMatch(/^postrelay: .*[\s\S]*\n {2}postrelay status {6}what is live/);
});
