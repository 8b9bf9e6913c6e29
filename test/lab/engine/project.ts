// A Pulumi project in a temporary folder, with a state of its own, for the tests of the engine.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Engine } from "./index.ts";

/** How a run of `pulumi` ended. */
export interface Result {
  code: number | null;
  /** stdout and stderr, each line without its indentation, which only serves the eye. */
  output: string;
}

/** A run that has not ended yet. */
export interface Running {
  /** Session id of all its processes, plugins included; also the process id of `pulumi`. */
  session: number;
  result: Promise<Result>;
}

/** A resource as the projects's program makes it. */
export interface Resource {
  name: string;
  args: Record<string, unknown>;
  /** Inputs to be wrapped as secrets. */
  secret?: string[];
  options?: Record<string, unknown>;
  /** Goes around the typed SDK, which would drop unknown inputs. */
  raw?: boolean;
  type?: string;
}

/** One stack of a project of its own. */
export interface Project {
  folder: string;
  /** Environment on top of the engine's. */
  env: Record<string, string>;
  program(text: string): void;
  resources(list: Resource[]): void;
  start(args: string[], input?: string): Running;
  pulumi(args: string[], input?: string): Promise<Result>;
  up(...args: string[]): Promise<Result>;
  preview(...args: string[]): Promise<Result>;
  destroy(): Promise<Result>;
  /** The state file as it lies on disk. */
  stateFile(): string;
  /** Inputs and outputs of a resource as the state has them, undefined when it is not there. */
  state(name: string): StateEntry | undefined;
  close(): void;
}

/** A resource in the state. */
export interface StateEntry {
  id: string;
  urn: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

const program = `import { readFileSync } from "node:fs";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

const list: { name: string; args: any; secret?: string[]; options?: any; raw?: boolean; type?: string }[] =
  JSON.parse(readFileSync("resources.json", "utf8"));
export const stdout: Record<string, pulumi.Output<string>> = {};
for (const { name, args, secret = [], options, raw, type = "command:remote:Command" } of list) {
  for (const key of secret) args[key] = pulumi.secret(args[key]);
  if (raw) new pulumi.CustomResource(type, name, args, { version: "1.2.1", ...options });
  else stdout[name] = new remote.Command(name, args, options).stdout;
}
`;

const settings = `name: lab
runtime: { name: nodejs, options: { typescript: false } }
main: index.ts
`;

/** Makes a project with the stack `s`. */
export async function makeProject(engine: Engine): Promise<Project> {
  const folder = mkdtempSync(join(tmpdir(), "lab-project-"));
  const file = (name: string) => join(folder, name);
  mkdirSync(file("state"));
  writeFileSync(file("Pulumi.yaml"), settings);
  writeFileSync(file("package.json"), `{ "name": "lab", "type": "module" }\n`);
  writeFileSync(file("index.ts"), program);
  symlinkSync(resolve(import.meta.dirname, "../../../node_modules"), file("node_modules"));
  const env: Record<string, string> = {};
  const start = (args: string[], input = ""): Running => {
    // A session of its own, as a terminal gives to a shell: it also holds what the engine starts in other groups.
    const child = spawn(engine.bin, [...args, "--non-interactive", "--color", "never"], {
      cwd: folder,
      detached: true,
      env: {
        ...process.env,
        SSH_AUTH_SOCK: "",
        ...engine.env,
        PULUMI_BACKEND_URL: `file://${file("state")}`,
        PULUMI_CONFIG_PASSPHRASE: "lab",
        ...env,
      },
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    const result = once(child, "close").then(([code]) => {
      const text = Buffer.concat(chunks).toString("utf8");
      return { code, output: text.replace(/^[ \t]+/gm, "") } as Result;
    });
    return { session: child.pid ?? 0, result };
  };
  const pulumi = (args: string[], input?: string) => start(args, input).result;
  const stateFile = () => readFileSync(file("state/.pulumi/stacks/lab/s.json"), "utf8");
  const created = await pulumi(["stack", "init", "s"]);
  if (created.code !== 0) throw new Error(`pulumi stack init failed:\n${created.output}`);
  return {
    folder,
    env,
    program: (text) => writeFileSync(file("index.ts"), text),
    resources: (list) => writeFileSync(file("resources.json"), JSON.stringify(list)),
    start,
    pulumi,
    up: (...args) => pulumi(["up", "--yes", "--skip-preview", ...args]),
    preview: (...args) => pulumi(["preview", ...args]),
    destroy: () => pulumi(["destroy", "--yes", "--skip-preview"]),
    stateFile,
    state(name) {
      const state = JSON.parse(stateFile()) as { checkpoint: { latest: { resources?: StateEntry[] } } };
      return state.checkpoint.latest.resources?.find((entry) => entry.urn.endsWith(`::${name}`));
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The processes of a session that are still alive, each with its command line. */
export function processesOf(session: number): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      // pid (name) state ppid group session …; a name may hold anything, so the fields count from its end.
      const [state, , , own] = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      if (Number(own) !== session || state === "Z") return [];
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`];
    } catch {
      return [];
    }
  });
}
