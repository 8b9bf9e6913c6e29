import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { first } from "../../bench/cases.ts";
import { script } from "../../bench/contestants/script.ts";
import type { Lab, LabRelay } from "../../lab/index.ts";
import { needs } from "../support/shells.ts";

needs("shellcheck")("shellcheck has nothing to say about the script that others are measured by", () => {
  const text = readFileSync(new URL("../../bench/contestants/script.sh", import.meta.url), "utf8");
  expect(execFileSync("shellcheck", ["--shell=sh", "-"], { input: text, encoding: "utf8" })).toBe("");
});

needs("dash")("it is one program, with what it is to do before it runs", () => {
  const scene = { lab: { ca: "CERTIFICATE\n" } as Lab, relay: { host: "relay.example.test" } as LabRelay };
  const text = script(scene, "web", { ...first, password: "it's $(odd)" });
  expect(execFileSync("dash", ["-n"], { input: text, encoding: "utf8" })).toBe("");
  expect(text.endsWith("\nmain\n")).toBe(true);
});
