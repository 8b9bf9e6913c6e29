// A program of some kind, with a stack and a state of its own.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engine } from "../../../lab/engine/index.ts";
import { quietDns } from "../../../lab/engine/pulumi.ts";
import { run } from "../../../lab/shell.ts";
import { type PulumiResult, Stack } from "../stack.ts";
import type { Request } from "./inline-driver.ts";
import { javascript } from "./javascript.ts";
import type { Spec } from "./values.ts";

/** Flags of an operation. */
export interface Flags {
  diff?: boolean;
  json?: boolean;
  /** The file of a plan: a preview saves it, an update is held to it. */
  plan?: string;
  continueOnError?: boolean;
  /** Fails when there is something to do. */
  expectNoChanges?: boolean;
}

/** What a program finds around it. */
export interface Surroundings {
  /** The socket of an SSH agent. */
  agent?: string;
  env?: Record<string, string>;
}

/** A program, and what Pulumi does with it. Any outcome is a result. */
export interface Program {
  /** The folder of its backend: state, history, backups. */
  readonly state: string;
  write(spec: Spec): void;
  preview(flags?: Flags): Promise<PulumiResult>;
  up(flags?: Flags): Promise<PulumiResult>;
  destroy(): Promise<PulumiResult>;
  /** `pulumi stack export`. */
  export(): Promise<PulumiResult>;
  /** `postfix-relay check --json` in its project, for each of its stacks. */
  check(): Promise<PulumiResult[]>;
  remove(): void;
}

/** The flags of the command line. */
export const commandLine = (flags: Flags, verb: "preview" | "up"): string[] => {
  const { diff, json, plan, continueOnError, expectNoChanges } = flags;
  return [
    ...(diff ? ["--diff"] : []),
    ...(json ? ["--json"] : []),
    ...(plan ? [verb === "preview" ? "--save-plan" : "--plan", plan] : []),
    ...(continueOnError ? ["--continue-on-error"] : []),
    ...(expectNoChanges ? ["--expect-no-changes"] : []),
  ];
};

/** The arguments of Node.js for the check of a stack. */
export const checkOf = (stack: string): string[] => [
  join(import.meta.dirname, "../../../src/cli/main.ts"),
  ...["check", "--json", "--stack", stack],
];

/** A program that the language host of Node.js runs; `write` gives the file for its statements. */
export class NodeProgram implements Program {
  readonly state: string;
  readonly #stack: Stack;
  readonly #file: string;
  readonly #text: (spec: Spec) => string;
  readonly #removed: () => void;

  constructor(stack: Stack, file: string, text: (spec: Spec) => string, removed = () => {}) {
    this.#removed = removed;
    this.#stack = stack;
    this.state = join(stack.folder, "state");
    this.#file = join(stack.folder, file);
    this.#text = text;
  }

  write(spec: Spec): void {
    writeFileSync(this.#file, this.#text(spec));
  }

  preview(flags: Flags = {}): Promise<PulumiResult> {
    return this.#stack.pulumi(["preview", "--stack", this.#stack.name, ...commandLine(flags, "preview")]);
  }

  up(flags: Flags = {}): Promise<PulumiResult> {
    return this.#stack.up(...commandLine(flags, "up"));
  }

  destroy(): Promise<PulumiResult> {
    return this.#stack.destroy();
  }

  export(): Promise<PulumiResult> {
    return this.#stack.pulumi(["stack", "export", "--stack", this.#stack.name]);
  }

  async check(): Promise<PulumiResult[]> {
    const { folder, env, name } = this.#stack;
    const { code, stdout, stderr } = await run(process.execPath, checkOf(name), { cwd: folder, env });
    return [{ code, text: stdout + stderr }];
  }

  remove(): void {
    this.#stack.remove();
    this.#removed();
  }
}

/** A program in TypeScript, beside the sources of this checkout. */
export async function typescript({ agent, env }: Surroundings = {}): Promise<Program> {
  const stack = await Stack.create("s", { program: "export {};\n", agent, env });
  return new NodeProgram(stack, "stacks/index.ts", (spec) => {
    const { statements, exported } = javascript(spec);
    return `import * as pulumi from "@pulumi/pulumi";
import { Relay } from "../src/index.ts";
${statements}
export const outputs = ${exported};
`;
  });
}

/** An inline program of the Automation API. */
class InlineProgram implements Program {
  readonly state: string;
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #names: string[];

  constructor(folder: string, env: Record<string, string>, names: string[]) {
    this.#folder = folder;
    this.#env = env;
    this.#names = names;
    this.state = join(folder, "state");
  }

  /** One Relay each for two stacks, all of them for one. */
  write(spec: Spec): void {
    for (const [index, name] of this.#names.entries()) {
      const entries = Object.entries(spec.relays);
      const own = this.#names.length > 1 ? entries.slice(index, index + 1) : entries;
      const { statements, exported } = javascript({ ...spec, relays: Object.fromEntries(own) });
      writeFileSync(
        join(this.#folder, `${name}.ts`),
        `import * as pulumi from "@pulumi/pulumi";
import { Relay } from "${join(import.meta.dirname, "../../../src/index.ts")}";
export const program = async () => {
${statements}
return ${exported};
};
`,
      );
    }
  }

  preview(flags: Flags = {}): Promise<PulumiResult> {
    return this.#run("preview", flags);
  }

  up(flags: Flags = {}): Promise<PulumiResult> {
    return this.#run("up", flags);
  }

  destroy(): Promise<PulumiResult> {
    return this.#run("destroy", {});
  }

  async export(): Promise<PulumiResult> {
    const all = this.#names.map((name) =>
      run("pulumi", ["stack", "export", "--stack", name], { cwd: join(this.#folder, name), env: this.#env }),
    );
    const ran = await Promise.all(all);
    return { code: Math.max(...ran.map(({ code }) => code)), text: ran.map(({ stdout }) => stdout).join("\n") };
  }

  async check(): Promise<PulumiResult[]> {
    const all = this.#names.map((name) =>
      run(process.execPath, checkOf(name), { cwd: join(this.#folder, name), env: this.#env }),
    );
    return (await Promise.all(all)).map(({ code, stdout, stderr }) => ({ code, text: stdout + stderr }));
  }

  async #run(verb: Request["verb"], flags: Flags) {
    const stacks = this.#names.map((name) => ({
      name,
      file: join(this.#folder, `${name}.ts`),
      folder: join(this.#folder, name),
    }));
    const request: Request = { verb, stacks, ...flags };
    const { code, stdout, stderr } = await run("node", [join(import.meta.dirname, "inline-driver.ts")], {
      cwd: this.#folder,
      env: this.#env,
      input: JSON.stringify(request),
      timeout: 600,
    });
    return { code, text: stdout + stderr };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** An inline program with a stack for each name, all at once in one process. */
export async function inline({ agent, env: more }: Surroundings = {}, names: string[] = ["s"]): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), "postfix-relay-inline-"));
  const { env } = await engine();
  for (const name of ["state", ...names]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  symlinkSync(join(import.meta.dirname, "../../../node_modules"), join(folder, "node_modules"));
  return new InlineProgram(
    folder,
    {
      ...env,
      ...quietDns,
      ...more,
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "only for this test",
      SSH_AUTH_SOCK: agent ?? "",
      NO_COLOR: "1",
    },
    names,
  );
}
