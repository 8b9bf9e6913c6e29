import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { expect } from "vitest";
import { needs } from "../support/shells.ts";

needs("shellcheck")("shellcheck has nothing to say about the scripts for the host", () => {
  const scripts = globSync("src/host/*.sh");
  expect(scripts).toHaveLength(2);
  // SC1091: /etc/os-release is read on the host.
  expect(execFileSync("shellcheck", ["--exclude=SC1091", ...scripts], { encoding: "utf8" })).toBe("");
});
