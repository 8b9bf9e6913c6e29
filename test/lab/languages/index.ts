// The engine with the languages that its command line does not bring here: beside the official CLI lie all language
// hosts; where it cannot be downloaded, that for YAML is built from its Go module.
import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findGo } from "../engine/go.ts";
import { type Engine, engine } from "../engine/index.ts";
import { withLock } from "../lock.ts";
import { must } from "../shell.ts";

const YAML = "github.com/pulumi/pulumi-yaml";

const modules = [
  {
    folder: "yaml",
    version: "1.25.0",
    program: `${YAML}/cmd/pulumi-language-yaml`,
    variable: `${YAML}/pkg/version.Version`,
  },
] as const;

/** What a shell needs on top of its environment to run programs in YAML, too. */
export async function languages(log: (line: string) => void = () => undefined): Promise<Record<string, string>> {
  const found = await engine({ log });
  if (existsSync(join(dirname(found.bin), "pulumi-language-yaml"))) return found.env;
  const names = modules.map(({ folder, version }) => `${folder}-${version}`).join("-");
  const cli = `pulumi-${found.programs.find(({ name }) => name === "pulumi")?.version}`;
  const bin = join(dirname(found.home), "languages", `${names}-${cli}`);
  await withLock("languages", async () => {
    if (!existsSync(bin)) await build(found, bin, log);
    // It is written for the checkout that used it last.
    copyFileSync(join(dirname(found.bin), "pulumi-language-nodejs"), join(bin, "pulumi-language-nodejs"));
  });
  return { ...found.env, PATH: [bin, found.env.PATH].join(delimiter) };
}

/** The engine looks for its language hosts beside itself: a folder with both. It appears when it is complete. */
async function build(found: Engine, bin: string, log: (line: string) => void): Promise<void> {
  log("building the language host for YAML from its Go module: some minutes, once");
  const go = await findGo(found.home, log);
  const partial = `${bin}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const env = { ...go.env, GOWORK: "off", GOFLAGS: "-mod=readonly", CGO_ENABLED: "0" };
  // At the lowest priority: hosts of other tests run beside it.
  const run = (folder: string, ...args: string[]) =>
    must("env", ["-C", join(import.meta.dirname, folder), "nice", "-n", "19", go.program, ...args], { env });
  try {
    for (const { folder, version, program, variable } of modules) {
      const flags = ["-p", "1", "-trimpath", "-buildvcs=false", "-ldflags", `-s -w -X ${variable}=v${version}`];
      await run(folder, "build", ...flags, "-o", `${partial}/`, program);
    }
    linkSync(found.bin, join(partial, "pulumi"));
    renameSync(partial, bin);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
