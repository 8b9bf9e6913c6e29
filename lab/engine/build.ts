// Programs of Pulumi from their Go modules, for machines that cannot download the official ones.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Log, must } from "../shell.ts";
import { findGo } from "./go.ts";

/** A program that a go.mod of the lab names. */
export interface GoProgram {
  /** Folder of that go.mod. */
  folder: string;
  package: string;
  /** The version in go.mod, and the variable of the program that holds it. */
  version: string;
  variable: string;
}

/** The Pulumi CLI. */
export const cli: GoProgram = {
  folder: join(import.meta.dirname, "build"),
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  version: "3.274.1",
  variable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
};

const REPORT_MS = 5000;

/** Builds a program as `target`, which appears only when complete. Takes minutes the first time. */
export async function build(program: GoProgram, home: string, target: string, log: Log): Promise<void> {
  const go = await findGo(home, log);
  const what = `building ${program.package}`;
  log(`${what}: some minutes, once`);
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.partial-${process.pid}`;
  let downloaded = 0;
  let compiled = 0;
  const started = Date.now();
  const report = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    log(`${what}: ${downloaded} modules downloaded, ${compiled} packages compiled (${seconds} s)`);
  }, REPORT_MS);
  try {
    const flags = [
      "-v",
      "-trimpath",
      "-buildvcs=false",
      "-ldflags",
      `-s -w -X ${program.variable}=v${program.version}`,
    ];
    // At the lowest priority: hosts of other tests may run beside it.
    await must("nice", ["-n", "19", go.program, "build", ...flags, "-o", partial, program.package], {
      cwd: program.folder,
      env: { ...go.env, GOWORK: "off", GOFLAGS: "-mod=readonly", CGO_ENABLED: "0" },
      line: (line) => {
        if (line.startsWith("go: downloading")) downloaded++;
        else compiled++;
      },
    });
    renameSync(partial, target);
  } finally {
    clearInterval(report);
    rmSync(partial, { force: true });
  }
}
