import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { modules, moduleText } from "../../src/host/pack.ts";
import { needs } from "../support/shells.ts";

const scripts = {
  "the bootstrap": readFileSync(new URL("../../src/host/bootstrap.sh", import.meta.url), "utf8"),
  "what reads a host for init": readFileSync(new URL("../../src/host/hand-made.sh", import.meta.url), "utf8"),
  "the tool": `#!/bin/sh\n${modules.map(moduleText).join("")}`,
};

for (const [what, text] of Object.entries(scripts)) {
  needs("shellcheck")(`shellcheck has nothing to say about ${what}`, () => {
    // SC1091: /etc/os-release is read on the host.
    const args = ["--exclude=SC1091", "--shell=sh", "-"];
    expect(execFileSync("shellcheck", args, { input: text, encoding: "utf8" })).toBe("");
  });
}
