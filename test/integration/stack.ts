import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engine } from "../../lab/engine/index.ts";
import { type PulumiResult, PulumiStack } from "../../lab/engine/pulumi.ts";

export type { PulumiResult } from "../../lab/engine/pulumi.ts";

const checkout = join(import.meta.dirname, "../..");

/** A project without a program, as in docs/stack-file.md. */
const INSTALLED = `name: postfix-relay
stackConfigDir: config
runtime: { name: nodejs, options: { typescript: false, nodeargs: --require=postfix-relay/cache } }
`;

interface Options {
  program?: string;
  installed?: string;
  agent?: string;
  env?: Record<string, string>;
}

/** A stack of the stack program, in a project folder of its own with a state of its own. */
export class Stack extends PulumiStack {
  /**
   * Makes the stack. `program` is the text of another program to run instead of stacks/index.ts; it may import from
   * "./src/index.ts". `installed` is a folder where the package is installed: then its stack program runs, as in
   * docs/stack-file.md. `agent` is the socket of the SSH agent that `pulumi` sees, `env` what else the program sees.
   */
  static async create(name: string, { program, installed, agent, env: more }: Options = {}): Promise<Stack> {
    const folder = mkdtempSync(join(tmpdir(), "postfix-relay-stack-"));
    for (const shared of installed ? ["node_modules", "package.json"] : ["node_modules", "package.json", "src"])
      symlinkSync(join(installed ?? checkout, shared), join(folder, shared));
    if (installed) {
      writeFileSync(join(folder, "Pulumi.yaml"), INSTALLED);
      writeFileSync(join(folder, "index.js"), 'module.exports = require("postfix-relay/stack");\n');
      mkdirSync(join(folder, "config"));
    } else if (program) {
      cpSync(join(checkout, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
      mkdirSync(join(folder, "stacks"));
      writeFileSync(join(folder, "stacks/index.ts"), program);
    } else {
      // Config files belong to this run, the program to the checkout.
      const project = readFileSync(join(checkout, "Pulumi.yaml"), "utf8").replace(
        "stackConfigDir: stacks",
        "stackConfigDir: config",
      );
      writeFileSync(join(folder, "Pulumi.yaml"), project);
      symlinkSync(join(checkout, "stacks"), join(folder, "stacks"));
      mkdirSync(join(folder, "config"));
    }
    mkdirSync(join(folder, "state"));
    const env = { ...more, SSH_AUTH_SOCK: agent ?? "", NO_COLOR: "1" };
    const stack = new Stack(await engine(), { folder, name, env });
    await stack.must(["stack", "init", name]);
    return stack;
  }

  /** The stack's config file. */
  get configFile(): string {
    const folder = readdirSync(this.folder).includes("config") ? "config" : "stacks";
    return join(this.folder, folder, `Pulumi.${this.name}.yaml`);
  }

  /** Sets a config value by its path, such as `postfix-relay:relayHost.host`. */
  async set(path: string, value: string | number): Promise<void> {
    await this.must(["config", "set", "--stack", this.name, "--path", path, "--", String(value)]);
  }

  /** Sets a secret as the pages do: on stdin. */
  async secret(path: string, value: string): Promise<void> {
    await this.must(["config", "set", "--stack", this.name, "--secret", "--path", path], value);
  }

  /** Writes plain config at once; secrets go in afterwards with `secret`. Values are JSON, which YAML contains. */
  write(config: Record<string, unknown>): void {
    const kept = readFileSync(this.configFile, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("encryptionsalt"));
    const lines = Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `  postfix-relay:${key}: ${JSON.stringify(value)}`);
    writeFileSync(this.configFile, [...kept, "config:", ...lines, ""].join("\n"));
  }

  /** `pulumi preview --diff`. */
  override preview(...args: string[]): Promise<PulumiResult> {
    return super.preview("--diff", ...args);
  }

  /** The state with its secrets encrypted, as it lies on the disk. */
  state(): Promise<string> {
    return this.must(["stack", "export", "--stack", this.name]);
  }

  /** The stack's outputs. */
  async outputs(): Promise<Record<string, unknown>> {
    return JSON.parse(await this.must(["stack", "output", "--json", "--stack", this.name]));
  }

  /** Removes the folder with state and config; what is on the hosts stays. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
