// The driver of `pulumi`: for the demo, the tests and a shell by hand.
import { join } from "node:path";
import { execa } from "execa";
import { common, foreground } from "../shell.ts";
import type { Engine } from "./index.ts";

/** Everything one call of `pulumi` printed, and its exit code. */
export interface PulumiResult {
  code: number;
  /** stdout and stderr together. */
  text: string;
}

/** A call of `pulumi` that has not ended yet. */
export interface Running {
  /** Session id of all its processes, plugins included; also the process id of `pulumi`. */
  session: number;
  result: Promise<PulumiResult>;
}

/** What belongs to a stack. */
export interface StackOptions {
  /** Folder of the project. */
  folder: string;
  /** Name of the stack. */
  name: string;
  /** Folder of the state. Defaults to `state` in the project's folder. */
  state?: string;
  passphrase?: string;
  /** On top of the engine's environment. */
  env?: Record<string, string>;
}

const SECONDS = 900;

/** The environment of programs that ask no public DNS server. */
export const quietDns = { NODE_OPTIONS: `--require=${join(import.meta.dirname, "../resolver.cjs")}` };

/** One stack, with the engine of the lab and a state in a folder of its own. */
export class PulumiStack {
  readonly name: string;
  readonly folder: string;
  /** What `pulumi` needs on top of the environment. */
  readonly env: Record<string, string>;
  readonly #program: string;

  constructor(engine: Engine, { folder, name, state, passphrase = "only for this test", env }: StackOptions) {
    this.folder = folder;
    this.name = name;
    this.#program = engine.bin;
    this.env = {
      ...engine.env,
      ...quietDns,
      PULUMI_BACKEND_URL: `file://${state ?? join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      ...env,
    };
  }

  /** Starts `pulumi` in the project's folder, in a session of its own, as a terminal gives to a shell. */
  start(args: string[], input = ""): Running {
    const child = execa(this.#program, ["--non-interactive", "--color", "never", ...args], {
      ...common(this.env),
      cwd: this.folder,
      input,
      all: true,
      detached: true,
      timeout: SECONDS * 1000,
      killSignal: "SIGKILL",
    });
    const result = child.then(({ exitCode, signal, timedOut, all, shortMessage }) => {
      if (timedOut) throw new Error(`pulumi ${args.join(" ")}: no end within ${SECONDS} s\n${all}`);
      if (exitCode === undefined && !signal) throw new Error(shortMessage);
      return { code: exitCode ?? 128, text: all };
    });
    return { session: child.pid ?? 0, result };
  }

  /** Runs `pulumi` in the project's folder; any outcome is a result. */
  pulumi(args: string[], input?: string): Promise<PulumiResult> {
    return this.start(args, input).result;
  }

  /** Runs `pulumi`, which has to succeed. */
  async must(args: string[], input?: string): Promise<string> {
    const { code, text } = await this.pulumi(args, input);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}: exit code ${code}\n${text}`);
    return text;
  }

  /** Runs `pulumi` on this terminal, as a user does, and returns its exit code. */
  foreground(args: string[]): Promise<number> {
    return foreground(this.#program, args, { env: this.env, cwd: this.folder });
  }

  /** `pulumi up` without a preview; any outcome is a result. */
  up(...args: string[]): Promise<PulumiResult> {
    return this.pulumi(["up", "--yes", "--skip-preview", "--stack", this.name, ...args]);
  }

  /** `pulumi preview`. */
  preview(...args: string[]): Promise<PulumiResult> {
    return this.pulumi(["preview", "--stack", this.name, ...args]);
  }

  /** `pulumi destroy`. */
  destroy(): Promise<PulumiResult> {
    return this.pulumi(["destroy", "--yes", "--skip-preview", "--stack", this.name]);
  }
}
