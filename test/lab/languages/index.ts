// The engine with the language host for YAML: beside the official CLI lie all language hosts; where that cannot be
// downloaded, this one is built from its Go module.
import { copyFileSync, existsSync, linkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { build, type GoProgram } from "../engine/build.ts";
import { engine } from "../engine/index.ts";
import { withLock } from "../lock.ts";

const yaml: GoProgram = {
  folder: join(import.meta.dirname, "yaml"),
  package: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
  version: "1.25.0",
  variable: "github.com/pulumi/pulumi-yaml/pkg/version.Version",
};

/** What a shell needs on top of its environment to run programs in YAML, too. */
export async function languages(log: (line: string) => void = () => undefined): Promise<Record<string, string>> {
  const { bin, home, env, programs } = await engine({ log });
  if (existsSync(join(dirname(bin), "pulumi-language-yaml"))) return env;
  // The engine looks for its language hosts beside itself: a folder with both.
  const folder = join(dirname(home), "languages", `yaml-${yaml.version}-pulumi-${programs[0]?.version}`);
  await withLock("languages", async () => {
    const host = join(folder, "pulumi-language-yaml");
    if (!existsSync(host)) await build(yaml, home, host, log);
    if (!existsSync(join(folder, "pulumi"))) linkSync(bin, join(folder, "pulumi"));
    // It is written for the checkout that used it last.
    copyFileSync(join(dirname(bin), "pulumi-language-nodejs"), join(folder, "pulumi-language-nodejs"));
  });
  return { ...env, PATH: [folder, env.PATH].join(delimiter) };
}
