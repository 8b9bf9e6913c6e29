// What a line of the mail log means: the tool of the hosts knows, and a shell of this machine runs it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clean } from "../host/clean.ts";
import { toolText } from "../host/tool.ts";
import { USAGE } from "./exit-codes.ts";
import { Refusal } from "./refusal.ts";

/** The advice about a line of the log. */
export function explain(line: string, shell = "sh"): string {
  if (line.trim() === "")
    throw new Refusal(
      "there is no line on stdin; run `postfix-relay explain < FILE`, or paste one and press Ctrl-D",
      USAGE,
    );
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-explain-"));
  try {
    const tool = join(folder, "postrelay");
    writeFileSync(tool, toolText());
    const { error, stdout } = spawnSync(shell, [tool, "explain"], { input: line, encoding: "utf8", timeout: 20_000 });
    if (error)
      throw new Refusal(`this needs a POSIX shell (${shell}) and awk here; or run \`postrelay explain\` on a host`);
    return clean(stdout).trim() || "no advice for this line";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
