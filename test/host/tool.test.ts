import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { installer } from "../../src/host/tool.ts";

const source = (name: string) => readFileSync(new URL(`../../src/host/${name}`, import.meta.url), "utf8");

test("carries the tool and the owner through a real shell, unharmed", () => {
  const owner = "mail/prod/it's $(odd)";
  const [setting = "", tool = "", ...bootstrap] = installer(owner).split("\n");
  expect(bootstrap.join("\n")).toBe(source("bootstrap.sh"));
  const script = `${setting}\n${tool}\nprintf '%s\\n' "$owner"; printf %s "$tool" | base64 -d | gzip -dc`;
  expect(execFileSync("sh", { input: script, encoding: "utf8" })).toBe(`${owner}\n${source("postfix-relay.sh")}`);
});

test("is the same text each time, wherever it was made", () => {
  expect(installer("a/b/c")).toBe(installer("a/b/c"));
  const gzip = Buffer.from(/^tool='(.*)'$/m.exec(installer("a/b/c"))?.[1] ?? "", "base64");
  expect([gzip.readUInt32LE(4), gzip[9]]).toEqual([0, 255]); // no time, no operating system
});
