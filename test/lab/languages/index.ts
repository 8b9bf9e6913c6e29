// The engine with the languages that its command line does not bring here: beside the official CLI lie all language
// hosts; where it cannot be downloaded, those for YAML and Python are built from their Go modules.
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findGo } from "../engine/go.ts";
import { type Engine, engine } from "../engine/index.ts";
import { withLock } from "../lock.ts";
import { must } from "../shell.ts";

const SDK = "github.com/pulumi/pulumi/sdk/v3";
const YAML = "github.com/pulumi/pulumi-yaml";

const modules = [
  {
    folder: "python",
    version: "3.68.0",
    program: `${SDK}/python/cmd/pulumi-language-python`,
    variable: `${SDK}/go/common/version.Version`,
  },
  {
    folder: "yaml",
    version: "1.25.0",
    program: `${YAML}/cmd/pulumi-language-yaml`,
    variable: `${YAML}/pkg/version.Version`,
  },
] as const;

/** What a shell needs on top of its environment to run programs in YAML and Python, too. */
export async function languages(log: (line: string) => void = () => undefined): Promise<Record<string, string>> {
  const found = await engine({ log });
  if (existsSync(join(dirname(found.bin), "pulumi-language-python"))) return found.env;
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
  log("building the language hosts for YAML and Python from their Go modules: some minutes, once");
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
    const sdk = (await run("python", "list", "-m", "-f", "{{.Dir}}", SDK)).trim();
    copyFileSync(join(sdk, "python/cmd/pulumi-language-python-exec"), join(partial, "pulumi-language-python-exec"));
    chmodSync(join(partial, "pulumi-language-python-exec"), 0o755); // modules carry no file modes
    linkSync(found.bin, join(partial, "pulumi"));
    renameSync(partial, bin);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
