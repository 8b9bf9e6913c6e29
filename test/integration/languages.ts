// Programs in other languages, on the engine of the lab with the language hosts for them: the examples as they are, with
// the plugin of this checkout for the released one.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { languages } from "../lab/languages/index.ts";
import { type Ran, run } from "../lab/shell.ts";
import { tarball } from "../support/tarball.ts";

const checkout = join(import.meta.dirname, "../..");

/** One of the examples as a project in a folder of its own, beside the plugin. */
export class Example {
  readonly folder: string;
  readonly #env: Record<string, string>;

  private constructor(folder: string, env: Record<string, string>) {
    this.folder = folder;
    this.#env = env;
  }

  /** `edit` changes the text of Pulumi.yaml; `socket` is that of the SSH agent. */
  static async open(name: string, socket: string): Promise<Example> {
    const folder = mkdtempSync(join(tmpdir(), "postfix-relay-language-"));
    const env = {
      ...(await languages()),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "only for this test",
      SSH_AUTH_SOCK: socket,
      NO_COLOR: "1",
    };
    mkdirSync(join(folder, "state"));
    cpSync(join(checkout, "plugin"), join(folder, "plugin"), { recursive: true });
    cpSync(join(checkout, "examples", name), join(folder, "project"), { recursive: true });
    const example = new Example(folder, env);
    example.replace("plugin/package.json", /"0\.1\.0"/, JSON.stringify(`file:${tarball()}`));
    example.replace("project/Pulumi.yaml", /https:\S+plugin@v\S+/, join(folder, "plugin"));
    example.replace("project/Pulumi.yaml", /\$\{(PROJECT|DESCRIPTION)\}/g, name);
    return example;
  }

  /** Replaces text in a file, which has to be there. */
  replace(file: string, before: RegExp | string, after: string): void {
    const path = join(this.folder, file);
    const text = readFileSync(path, "utf8");
    const changed = text.replace(before, () => after);
    if (changed === text) throw new Error(`${file} has no ${before}`);
    writeFileSync(path, changed);
  }

  /** Runs a command in the project folder; any exit code is an answer. */
  async run(command: string, args: string[], input?: string): Promise<Ran & { text: string }> {
    const ran = await run("env", ["-C", join(this.folder, "project"), command, ...args], {
      env: this.#env,
      input,
      timeout: 600,
    });
    return { ...ran, text: ran.stdout + ran.stderr };
  }

  /** Runs a command that has to succeed. */
  async must(command: string, args: string[], input?: string): Promise<string> {
    const { code, text, stdout } = await this.run(command, args, input);
    if (code !== 0) throw new Error(`${command} ${args.join(" ")}: exit code ${code}\n${text}`);
    return stdout;
  }

  /** Runs `pulumi`; any exit code is an answer. */
  pulumi(...args: string[]) {
    return this.run("pulumi", ["--non-interactive", "--color", "never", ...args]);
  }

  /** A stack with this configuration, and the password as a secret. */
  async stack(config: Record<string, string>, password: string): Promise<void> {
    await this.must("pulumi", ["stack", "init", "dev"]);
    for (const [key, value] of Object.entries(config)) await this.must("pulumi", ["config", "set", key, "--", value]);
    await this.must("pulumi", ["config", "set", "--secret", "password"], password);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
