// Part of the stand-in for the command provider (command-provider.ts): one command on a host, over a connection of its
// own. Unused where the official provider is installed.
import { isUtf8 } from "node:buffer";
import type { Client, ClientChannel } from "ssh2";
import type { DialContext, Endpoint } from "./connection.ts";
import { dial } from "./connection.ts";
import { exitText, quoted } from "./go-text.ts";
import { openSession } from "./session.ts";

/** One operation: where and what to run, and how to report while it runs. */
export interface Operation extends DialContext {
  connection: Endpoint;
  command: string;
  stdin: string;
  environment: Record<string, string>;
  /** Refused ones are only warned about. */
  previousOutput: Record<string, string>;
  logStdout: boolean;
  logStderr: boolean;
  log(severity: "info" | "warning" | "error", message: string): void;
}

/** Output of a command, without the last newline. */
export interface Output {
  stdout: string;
  stderr: string;
}

// The real provider fails when it returns the result to the engine: the command has run.
const NOT_UTF8 = "grpc: error while marshaling: proto: field google.protobuf.Value.string_value contains invalid UTF-8";

/** Runs the command; resolves when it has ended with status 0, else throws the real provider's text. */
export async function run(operation: Operation): Promise<Output> {
  return await execute(await dial(operation.connection, operation), operation);
}

async function execute(client: Client, operation: Operation): Promise<Output> {
  const session = await openSession(client);
  const refusal = (name: string) =>
    `Unable to set '${name}'. This only works if your SSH server is configured to accept\n` +
    "\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n" +
    "\tprefix the command itself with the variables in the form 'VAR=value command'";
  for (const [name, value] of Object.entries(operation.environment)) {
    if (await session.setenv(name, value)) continue;
    operation.log("error", refusal(name));
    throw new Error(`could not set environment variable ${quoted(name)}: ssh: setenv failed`);
  }
  for (const [name, value] of Object.entries(operation.previousOutput)) {
    if (value !== "" && !(await session.setenv(name, value))) operation.log("warning", refusal(name));
  }
  const output = collect(session.channel, operation);
  try {
    await session.exec(operation.command, operation.stdin);
  } catch (error) {
    output.catch(() => undefined);
    throw error;
  }
  return output;
}

function collect(channel: ClientChannel, operation: Operation): Promise<Output> {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[], both: [] as Buffer[] };
  const bytes = (kind: keyof typeof chunks) => Buffer.concat(chunks[kind]);
  const lines = lineLogger((line) => operation.log("info", line));
  const take = (kind: "stdout" | "stderr", logged: boolean) => (chunk: Buffer) => {
    chunks[kind].push(chunk);
    chunks.both.push(chunk);
    if (logged) lines.write(chunk);
  };
  channel.on("data", take("stdout", operation.logStdout));
  channel.stderr.on("data", take("stderr", operation.logStderr));
  channel.on("error", () => undefined);
  return new Promise((resolve, reject) => {
    let problem: string | undefined = "wait: remote command exited without exit status or exit signal";
    channel.on("exit", (code: number | null, signal?: string, _dump?: boolean, reason?: string) => {
      problem = code === 0 ? undefined : exitText(code, signal, reason);
    });
    channel.on("close", () => {
      lines.end();
      // Input beyond the channel's window was never sent: Go's copy to the closed channel fails with EOF.
      if (problem === undefined && channel.writableLength > 0) problem = "EOF";
      const [stdout, stderr] = [bytes("stdout"), bytes("stderr")];
      const text = (output: Buffer) => output.toString("utf8").replace(/\n$/, "");
      if (problem !== undefined) {
        reject(new Error(`${problem}: running ${quoted(operation.command)}:\n${bytes("both").toString("utf8")}`));
      } else if (!isUtf8(stdout) || !isUtf8(stderr)) {
        reject(new Error(NOT_UTF8));
      } else resolve({ stdout: text(stdout), stderr: text(stderr) });
    });
  });
}

function lineLogger(log: (line: string) => void): { write(chunk: Buffer): void; end(): void } {
  let rest = "";
  return {
    write(chunk) {
      const lines = (rest + chunk.toString("utf8")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) log(line.replace(/\r$/, ""));
    },
    end() {
      if (rest !== "") log(rest);
    },
  };
}
