// A project with stacks, whose `pulumi` is a stand-in, and the command line on it: as a user has it, in a process of
// its own that can be killed.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { attemptsIn, recordOf } from "../../../src/rollout/job.ts";
import { kill } from "../../../src/rollout/session.ts";
import { HOST_KEY } from "../../support/args.ts";

/** What a command has printed, and its exit code. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  readonly stderr: () => string;
}

/** A project with that many stacks, s01 and so on. */
export class TestProject {
  readonly folder = mkdtempSync(join(tmpdir(), "postfix-relay-rollout-"));
  readonly env: NodeJS.ProcessEnv;
  readonly stacks: readonly string[];

  readonly #program: string;

  /** `program` is the command line, as source or as it is built. */
  constructor(count: number, env: NodeJS.ProcessEnv = {}, program = "src/cli/main.ts") {
    this.#program = join(import.meta.dirname, "../../..", program);
    const stand = join(import.meta.dirname, "../../rollout/stand-in");
    this.env = { ...process.env, PATH: `${stand}:${process.env.PATH}`, STAND_IN: this.folder, NO_COLOR: "1", ...env };
    this.stacks = Array.from({ length: count }, (_, index) => `s${String(index + 1).padStart(2, "0")}`);
    writeFileSync(join(this.folder, "Pulumi.yaml"), "name: mail\nruntime: nodejs\nmain: index.js\n");
    writeFileSync(join(this.folder, "index.js"), "");
    for (const [index, stack] of this.stacks.entries()) this.write(stack, `192.0.${index >> 8}.${index & 255}`);
  }

  /** Writes the file of a stack. */
  write(stack: string, address: string, more = ""): void {
    const host = `    - name: web\n      connection: { host: ${address}, port: 22 }\n`;
    const tags = `  postfix-relay:tags: [prod, ${stack}]\n`;
    writeFileSync(join(this.folder, `Pulumi.${stack}.yaml`), `config:\n${tags}  postfix-relay:hosts:\n${host}${more}`);
  }

  /** What the `up` of a stack does, as shell. */
  does(stack: string, script: string): void {
    writeFileSync(join(this.folder, `${stack}.does`), script);
  }

  /** Lets those go on that wait for it. */
  open(name: string): void {
    writeFileSync(join(this.folder, name), "");
  }

  /** The configuration of a stack as `pulumi config` prints it; `more` is further values. */
  configure(stack: string, more: Record<string, unknown> = {}): void {
    const tree = {
      domain: "example.com",
      relayHost: { host: "smtp.example.net" },
      credentials: { username: "@USERNAME@", password: "@PASSWORD@" },
      testDelivery: { to: "ops@example.org" },
      hosts: [{ name: "web", connection: { host: "192.0.2.1", hostKey: HOST_KEY } }],
      ...more,
    };
    const entries = Object.entries(tree).map(([key, value]) => [
      `postfix-relay:${key}`,
      {
        value: typeof value === "string" ? value : JSON.stringify(value),
        secret: JSON.stringify(value).includes("password"),
      },
    ]);
    writeFileSync(join(this.folder, `${stack}.config`), JSON.stringify(Object.fromEntries(entries)));
    writeFileSync(join(this.folder, `${stack}.username`), "relayuser");
    writeFileSync(join(this.folder, `${stack}.password`), "before-Kx4");
  }

  /** What `config set` was given for a stack. */
  given(stack: string, name: "password" | "username" = "password"): string {
    return readFileSync(join(this.folder, `${stack}.${name}`), "utf8");
  }

  start(...args: string[]): Running {
    return this.command(["rollout", ...args]);
  }

  /** Starts the command line, with that on its stdin. */
  command(words: readonly string[], input = ""): Running {
    const child = spawn(process.execPath, [this.#program, ...words], {
      cwd: this.folder,
      env: this.env,
      stdio: "pipe",
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    const said = { stdout: "", stderr: "" };
    child.stdout?.on("data", (data) => {
      said.stdout += data;
    });
    child.stderr?.on("data", (data) => {
      said.stderr += data;
    });
    const ended = new Promise<Ran>((resolve) => child.on("close", (code) => resolve({ code, ...said })));
    return { child, ended, stderr: () => said.stderr };
  }

  run(...args: string[]): Promise<Ran> {
    return this.start(...args).ended;
  }

  /** The calls of `pulumi`, without the numbers of their processes. */
  calls(): string[] {
    const file = join(this.folder, "ran");
    const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
    return lines.map((line) => line.replace(/ \d+$/, ""));
  }

  /** Those stacks whose `up` has begun, in that order. */
  begun(): string[] {
    return this.calls().flatMap((line) => /^up (\S+) begins$/.exec(line)?.[1] ?? []);
  }

  /** Those whose `up` has ended, in that order. */
  ended(): string[] {
    return this.calls().flatMap((line) => /^up (\S+) done$/.exec(line)?.[1] ?? []);
  }

  /** Waits until that is so; a command that has to run meanwhile may not end before. */
  async until(is: () => boolean, running?: Running): Promise<void> {
    const early = running?.ended.then(({ code, stderr }) => {
      if (!is()) throw new Error(`it has ended with exit code ${code}:\n${stderr}`);
    });
    await Promise.race([vi.waitUntil(is, { timeout: 240_000, interval: 50 }), ...(early ? [early] : [])]);
  }

  /** The folders of all attempts of a rollout. */
  attempts(id: string): string[] {
    const of = (stack: string) => attemptsIn(join(this.folder, ".postfix-relay/rollouts", id, stack, "start-1"));
    return this.stacks.flatMap(of);
  }

  /** Kills the jobs of a rollout that still run. */
  killJobs(id: string): void {
    for (const attempt of this.attempts(id)) {
      const pid = recordOf(attempt)?.pid;
      if (pid !== undefined && !existsSync(join(attempt, "exit"))) kill(pid);
    }
  }

  /** Ends what killed commands have left, and removes all. */
  async remove(): Promise<void> {
    const rollouts = join(this.folder, ".postfix-relay/rollouts");
    for (const id of existsSync(rollouts) ? readdirSync(rollouts) : []) this.killJobs(id);
    const file = join(this.folder, ".postfix-relay/postgres/postmaster.pid");
    const pid = existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
    if (pid > 0) {
      process.kill(pid, "SIGQUIT");
      await vi.waitUntil(() => !existsSync(file), { timeout: 20_000 });
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The name of the rollout that a command has begun. */
export const idIn = (text: string): string => /rollout (\S+) begins/.exec(text)?.[1] ?? "";

/** A script that waits for a file in the folder of the stand-in, at most some minutes. */
export const until = (name: string) =>
  `tries=0; while [ ! -e "$STAND_IN/${name}" ] && [ $((tries += 1)) -lt 6000 ]; do sleep 0.05; done; events 1`;
