// Programs in other languages, on the engine of the lab with the language hosts for them: the examples as they are,
// with the plugin of this checkout for the released one.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Languages, languages } from "../../lab/languages/index.ts";
import { type Ran, run } from "../../lab/shell.ts";
import { tarball } from "../support/tarball.ts";

const checkout = join(import.meta.dirname, "../..");

/** One of the examples as a project in a folder of its own, beside the plugin. */
export class Example {
  readonly folder: string;
  /** The folder of the project in it. */
  project: string;
  readonly env: Record<string, string>;
  readonly #sdk: Languages["sdk"];

  private constructor(folder: string, project: string, env: Record<string, string>, sdk: Languages["sdk"]) {
    this.folder = folder;
    this.project = project;
    this.env = env;
    this.#sdk = sdk;
  }

  /** `socket` is that of the SSH agent, `more` what else is in the environment. */
  static async open(name: string, socket: string, more = {}, project = "project"): Promise<Example> {
    const folder = mkdtempSync(join(tmpdir(), "postfix-relay-language-"));
    const { env: base, sdk } = await languages();
    const env = {
      ...base,
      ...more,
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "only for this test",
      SSH_AUTH_SOCK: socket,
      NO_COLOR: "1",
    };
    mkdirSync(join(folder, "state"));
    cpSync(join(checkout, "plugin"), join(folder, "plugin"), { recursive: true });
    cpSync(join(checkout, "examples", name), join(folder, project), { recursive: true });
    const example = new Example(folder, project, env, sdk);
    const manifest = join(folder, "plugin/package.json");
    const released = readFileSync(manifest, "utf8");
    writeFileSync(manifest, released.replace(/"0\.1\.0"/, JSON.stringify(`file:${tarball()}`)));
    example.settle("Pulumi.yaml");
    return example;
  }

  /** Puts this checkout's plugin for the released one, and names for what a template leaves open; in Pulumi.yaml. */
  settle(file: string): void {
    if (file !== "Pulumi.yaml") return;
    this.replace(file, /https:\S+plugin@v\S+/, join(this.folder, "plugin"));
    this.replace(file, /\$\{(PROJECT|DESCRIPTION)\}/g, "mail");
  }

  /** Whether the language hosts make SDKs and link them, as official ones do. */
  get makesSdks(): boolean {
    return !this.#sdk;
  }

  /** Does what `pulumi install` does in this language: its SDK, linked to the project, and what the program needs. */
  async install(): Promise<void> {
    await this.must("npm", ["install", "--prefix", join(this.folder, "plugin"), "--no-audit", "--no-fund", "--silent"]);
    const language = /^runtime:\s*(?:name: )?(\w+)$/m.exec(this.read("Pulumi.yaml"))?.[1];
    if (language !== "python" && language !== "go") return;
    if (!this.#sdk) {
      await this.must("pulumi", ["package", "add", join(this.folder, "plugin")]);
      return;
    }
    const sdk = "sdks/postfix-relay";
    await this.#sdk(language, join(checkout, "src/plugin/schema.json"), join(this.folder, this.project, sdk));
    if (language === "go") {
      const module = "github.com/postfix-relay/postfix-relay/sdk/go";
      await this.must("go", ["mod", "edit", `-replace=${module}=./${sdk}`, `-require=${module}@v0.0.0`]);
      // The SDK of the lab's engine, which is there already.
      await this.must("go", ["get", `github.com/pulumi/pulumi/sdk/v3@v${this.env.PULUMI_VERSION}`]);
      await this.must("go", ["mod", "tidy"]);
    } else {
      // The language host of the lab knows no `virtualenv`: its Python is the first one.
      const programs = join(this.folder, this.project, "venv/bin");
      this.env.PATH = `${programs}:${this.env.PATH}`;
      await this.must("/usr/bin/env", ["python3", "-m", "venv", "venv"]);
      await this.must(join(programs, "pip"), ["install", "--quiet", "-r", "requirements.txt", `./${sdk}`]);
    }
  }

  /** The text of a file of the project. */
  read(file: string): string {
    return readFileSync(join(this.folder, this.project, file), "utf8");
  }

  /** Writes a file of the project. */
  write(file: string, text: string): void {
    writeFileSync(join(this.folder, this.project, file), text);
  }

  /** Replaces text in a file of the project, which has to be there. */
  replace(file: string, before: RegExp | string, after: string): void {
    const text = this.read(file);
    const changed = text.replace(before, () => after);
    if (changed === text) throw new Error(`${file} has no ${before}`);
    writeFileSync(join(this.folder, this.project, file), changed);
  }

  /** Runs a command in the project folder; any exit code is an answer. */
  async run(command: string, args: string[], input?: string): Promise<Ran & { text: string }> {
    const ran = await run("env", ["-C", join(this.folder, this.project), command, ...args], {
      env: this.env,
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
