// The Go tool chain that builds the Pulumi CLI.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "./index.ts";
import { runProgram } from "./process.ts";

/** A `go` program and what it has to be run with. */
export interface Go {
  program: string;
  env: Record<string, string>;
}

const usual = ["go", "/usr/local/go/bin/go", "/usr/lib/go/bin/go"];

/** The version that build/go.mod asks for. */
export function wantedGo(): string {
  const file = readFileSync(join(import.meta.dirname, "build/go.mod"), "utf8");
  return /^go (\S+)$/m.exec(file)?.[1] ?? "";
}

/** Finds Go. From 1.21 on any version will do: it fetches the one that go.mod wants as a module. */
export async function findGo(_home: string, _log: Log): Promise<Go> {
  for (const program of usual) {
    const answer = await runProgram(program, ["version"]).catch(() => "");
    const [, minor] = /^go version go1\.(\d+)/m.exec(answer) ?? [];
    if (Number(minor) >= 21) return { program, env: { GOTOOLCHAIN: "auto" } };
  }
  throw new Error("no Go");
}
