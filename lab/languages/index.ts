// The engine with the languages that its command line does not bring here: beside the official CLI lie all language
// hosts; where it cannot be downloaded, they are built from Go modules. The newest that the module proxy has for Python
// and Go are of 2023: they run programs, but make no SDKs, so `sdk` does that.
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { findGo } from "../engine/go.ts";
import { type Engine, engine } from "../engine/index.ts";
import { withLock } from "../lock.ts";
import { must } from "../shell.ts";

const SDK = "github.com/pulumi/pulumi/sdk/v3";
const YAML = "github.com/pulumi/pulumi-yaml";
const SDK_VERSION = `${SDK}/go/common/version.Version`;

const hosts = [
  { folder: "go", version: "3.62.0", program: `${SDK}/go/pulumi-language-go`, variable: SDK_VERSION },
  {
    folder: "python",
    version: "3.68.0",
    program: `${SDK}/python/cmd/pulumi-language-python`,
    variable: SDK_VERSION,
  },
  {
    folder: "yaml",
    version: "1.25.0",
    program: `${YAML}/cmd/pulumi-language-yaml`,
    variable: `${YAML}/pkg/version.Version`,
  },
] as const;

/** The engine and its languages. */
export interface Languages {
  /** What a shell needs on top of its environment to run programs in YAML, Python and Go, too. */
  env: Record<string, string>;
  /** Writes the SDK for a language to a folder; absent where `pulumi package add` does it. */
  sdk?: (language: "go" | "python", schema: string, folder: string) => Promise<unknown>;
}

/** Provides them. The first call on a machine builds what is missing, under a lock; later calls use the cache. */
export async function languages(log: (line: string) => void = () => undefined): Promise<Languages> {
  const found = await engine({ log });
  if (existsSync(join(dirname(found.bin), "pulumi-language-yaml"))) return { env: found.env };
  const go = await findGo(found.home, log);
  const build = { ...go.env, GOWORK: "off", CGO_ENABLED: "0" };
  const names = hosts.map(({ folder, version }) => `${folder}-${version}`).join("-");
  const cli = `pulumi-${found.programs.find(({ name }) => name === "pulumi")?.version}`;
  const bin = join(dirname(found.home), "languages", `${names}-${cli}`);
  await withLock("languages", async () => {
    if (!existsSync(bin)) await make(found, bin, go.program, build, log);
    // It is written for the checkout that used it last.
    copyFileSync(join(dirname(found.bin), "pulumi-language-nodejs"), join(bin, "pulumi-language-nodejs"));
  });
  const path = [bin, ...(isAbsolute(go.program) ? [dirname(go.program)] : []), found.env.PATH];
  // Programs in Go are compiled as the engine was: its packages lie in Go's own cache.
  const compiled = { GOFLAGS: "-trimpath -buildvcs=false", PATH: path.join(delimiter) };
  return { env: { ...found.env, ...build, ...compiled }, sdk: (...args) => must(join(bin, "sdk"), args) };
}

/** The engine looks for its language hosts beside itself: a folder with both. It appears when it is complete. */
async function make(
  found: Engine,
  bin: string,
  go: string,
  env: Record<string, string>,
  log: (line: string) => void,
): Promise<void> {
  log("building the language hosts for YAML, Python and Go from their modules: some minutes, once");
  const partial = `${bin}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  // At the lowest priority: hosts of other tests run beside it.
  const run = (folder: string, ...args: string[]) =>
    must("env", ["-C", join(import.meta.dirname, folder), "nice", "-n", "19", go, ...args], {
      env: { ...env, GOFLAGS: "-mod=readonly" },
    });
  const common = ["build", "-p", "1", "-trimpath", "-buildvcs=false", "-o", `${partial}/`];
  try {
    for (const { folder, version, program, variable } of hosts)
      await run(folder, ...common, "-ldflags", `-s -w -X ${variable}=v${version}`, program);
    await run("sdk", ...common, "-ldflags", "-s -w", ".");
    const module = (await run("sdk", "list", "-m", "-f", "{{.Dir}}", SDK)).trim();
    const executor = join(partial, "pulumi-language-python-exec");
    copyFileSync(join(module, "python/cmd/pulumi-language-python-exec"), executor);
    chmodSync(executor, 0o755); // modules carry no file modes
    linkSync(found.bin, join(partial, "pulumi"));
    renameSync(partial, bin);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
