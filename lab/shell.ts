import { execa, type Options } from "execa";

/** Takes one line of progress. */
export type Log = (line: string) => void;

/** What a finished command printed, and its exit code. */
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
  /** On top of this process's environment. */
  env?: Record<string, string>;
  cwd?: string;
  /** Called with each line of stdout and stderr as it comes. */
  line?: (line: string) => void;
}

// Some logins leave the sbin folders out of PATH, and translated messages cannot be read by a program.
const base = { PATH: `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`, LC_ALL: "C.UTF-8" };

/** Options of every command: a non-zero exit code is not an error, and output is left unchanged. */
export const common = (env?: Record<string, string>) =>
  ({ env: { ...base, ...env }, reject: false, stripFinalNewline: false }) satisfies Options;

/** Runs a command without a shell, whatever its exit code; only a missing command or a timeout is an error. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<Ran> {
  const { input = "", timeout, env, cwd, line } = options;
  const child = execa(command, args, {
    ...common(env),
    input,
    cwd,
    timeout: timeout && timeout * 1000,
    killSignal: "SIGKILL",
    all: true,
  });
  if (line) for await (const text of child.iterable({ from: "all" })) line(text);
  const { stdout, stderr, exitCode, signal, timedOut, shortMessage } = await child;
  if (timedOut) throw new Error(`${command} ${args.join(" ")}: no end within ${timeout} s\n${stdout}${stderr}`);
  if (exitCode === undefined && !signal) throw new Error(shortMessage);
  return { stdout, stderr, code: exitCode ?? 128 };
}

/** Runs a command that must succeed, and returns its stdout. */
export async function must(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout;
  const last = `${stderr}\n${stdout}`.trim().split("\n").slice(-20).join("\n");
  throw new Error(`${command} ${args.join(" ")}: exit code ${code}\n${last}`);
}

/** Runs a command in the foreground of this terminal, and returns its exit code. */
export async function foreground(command: string, args: string[], { env, cwd }: RunOptions = {}): Promise<number> {
  const options = { env, cwd, reject: false, stdio: "inherit", cleanup: false } as const;
  const { exitCode, signal, shortMessage } = await execa(command, args, options);
  if (exitCode === undefined && !signal) throw new Error(shortMessage);
  return exitCode ?? 128;
}

/**
 * Starts a command that outlives this process and its terminal's Ctrl-C. Its output is appended to a file.
 * Its stdin stays open as long as this process lives.
 */
export function background(command: string, args: string[], log: string) {
  const child = execa("sh", ["-c", 'exec "$@" >> "$0" 2>&1', log, command, ...args], {
    ...common(),
    detached: true,
    buffer: false,
    stdout: "ignore",
    stderr: "ignore",
  });
  child.stdin.on("error", () => {});
  (child.stdin as unknown as { unref(): void }).unref();
  child.nodeChildProcess.unref();
  return child;
}
