// Running other programs, for the parts of the engine.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What a program is run with. */
export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which it is killed. */
  timeout?: number;
  /** Called with each line of stdout and stderr as it comes. */
  line?: (line: string) => void;
}

/** Runs a program to its end; its output if it succeeded, else an error that ends with its last lines. */
export function runProgram(program: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { line, ...rest } = options;
  const child = spawn(program, args, { ...rest, stdio: ["ignore", "pipe", "pipe"], killSignal: "SIGKILL" });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (text) => {
      lines.push(text);
      line?.(text);
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(lines.join("\n"));
      const end = lines.slice(-15).join("\n");
      reject(new Error(`${program} ${args[0] ?? ""} ended with ${signal ?? `exit code ${code}`}:\n${end}`));
    });
  });
}
