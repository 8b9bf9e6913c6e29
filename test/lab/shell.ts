import { spawn } from "node:child_process";

/** What a finished command said. */
export interface Ran {
  stdout: string;
  stderr: string;
  code: number;
}

/** Options of `run` and `must`. */
export interface RunOptions {
  input?: string | Buffer;
  /** Seconds until the command is killed and the call fails. */
  timeout?: number;
  env?: Record<string, string>;
}

// Some logins leave the sbin folders out of PATH, and translated messages cannot be read by a program.
const base = { ...process.env, PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`, LC_ALL: "C.UTF-8" };

/** Runs a command without a shell; any exit code is an answer. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...base, ...options.env }, stdio: "pipe" });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let late = false;
    const timer = options.timeout
      ? setTimeout(() => {
          late = true;
          child.kill("SIGKILL");
        }, options.timeout * 1000)
      : undefined;
    child.stdout.on("data", (chunk) => out.push(chunk));
    child.stderr.on("data", (chunk) => err.push(chunk));
    // A command may end before it has read all of its input; its exit code says what came of it.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const stdout = Buffer.concat(out).toString();
      const stderr = Buffer.concat(err).toString();
      if (late)
        reject(new Error(`${command} ${args.join(" ")}: no end within ${options.timeout} s\n${stdout}${stderr}`));
      else resolve({ stdout, stderr, code: code ?? (signal ? 128 : 1) });
    });
  });
}

/** Runs a command that has to succeed, and gives its stdout. */
export async function must(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const ran = await run(command, args, options);
  if (ran.code !== 0) {
    const said = `${ran.stderr}\n${ran.stdout}`.trim().split("\n").slice(-20).join("\n");
    throw new Error(`${command} ${args.join(" ")}: exit code ${ran.code}\n${said}`);
  }
  return ran.stdout;
}
