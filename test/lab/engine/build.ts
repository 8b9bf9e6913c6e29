// The Pulumi CLI from its Go module, for machines that cannot download the official one.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { must } from "../shell.ts";
import { findGo } from "./go.ts";
import type { Log } from "./index.ts";

/** The version that build/go.mod names. */
export const BUILT_VERSION = "3.274.1";

const PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const REPORT_MS = 5000;

/** Builds the CLI as `target`, which appears only when complete. Takes minutes the first time. */
export async function buildCli(home: string, target: string, log: Log): Promise<void> {
  const go = await findGo(home, log);
  log("building the Pulumi CLI from its Go module: about 4 minutes, once");
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.partial-${process.pid}`;
  let downloaded = 0;
  let compiled = 0;
  const started = Date.now();
  const report = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000);
    log(`building the Pulumi CLI: ${downloaded} modules downloaded, ${compiled} packages compiled (${seconds} s)`);
  }, REPORT_MS);
  try {
    const flags = ["-trimpath", "-buildvcs=false", "-ldflags", `-s -w -X ${VERSION_VARIABLE}=v${BUILT_VERSION}`];
    await must(go.program, ["build", "-v", ...flags, "-o", partial, PACKAGE], {
      cwd: join(import.meta.dirname, "build"),
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
