import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { modules, moduleText } from "../../src/host/pack.ts";
import { needs } from "../support/shells.ts";

const own = (name: string) => readFileSync(new URL(`../../src/host/${name}`, import.meta.url), "utf8");

const scripts = {
  "what unpacks the tool": own("root.sh") + own("bootstrap.sh"),
  "what runs a tool that was brought": own("root.sh") + own("brought.sh"),
  "the begin of the tool": own("limited.sh"),
  "what reads a host for init": own("hand-made.sh"),
  "the tool": `#!/bin/sh\n${modules.map(moduleText).join("")}`,
};

for (const [what, text] of Object.entries(scripts)) {
  needs("shellcheck")(`shellcheck has nothing to say about ${what}`, () => {
    // SC1091: /etc/os-release is read on the host.
    const args = ["--exclude=SC1091", "--shell=sh", "-"];
    expect(execFileSync("shellcheck", args, { input: text, encoding: "utf8" })).toBe("");
  });
}
