// A Pulumi project in a temporary folder, with a state of its own, for the tests of the engine.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { processes } from "../processes.ts";
import { until } from "../until.ts";
import type { Engine } from "./index.ts";
import { PulumiStack, type Running } from "./pulumi.ts";

/** A resource as the project's program makes it. */
export interface Resource {
  name: string;
  args: Record<string, unknown>;
  /** Inputs to be wrapped as secrets. */
  secret?: string[];
  options?: Record<string, unknown>;
  /** Bypasses the typed SDK, which would drop unknown inputs. */
  raw?: boolean;
  type?: string;
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

/** The stack `s` of a project of its own, whose program makes the resources of a list. */
export class Project extends PulumiStack {
  static async make(engine: Engine): Promise<Project> {
    const folder = mkdtempSync(join(tmpdir(), "lab-project-"));
    const project = new Project(engine, { folder, name: "s", env: { SSH_AUTH_SOCK: "" } });
    mkdirSync(join(folder, "state"));
    project.write("Pulumi.yaml", settings);
    project.write("package.json", `{ "name": "lab", "type": "module" }\n`);
    project.write("index.ts", program);
    symlinkSync(resolve(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));
    await project.must(["stack", "init", "s"]);
    return project;
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
  }

  /** The resources of the program from now on. */
  resources(list: Resource[]): void {
    this.write("resources.json", JSON.stringify(list));
  }

  /** Strips the indentation of each line, which is only there for the eye. */
  override start(args: string[], input?: string): Running {
    const { session, result } = super.start(args, input);
    return { session, result: result.then(({ code, text }) => ({ code, text: text.replace(/^[ \t]+/gm, "") })) };
  }

  /** The state file as it lies on disk. */
  stateFile(): string {
    return readFileSync(join(this.folder, "state/.pulumi/stacks/lab/s.json"), "utf8");
  }

  /** Inputs and outputs of a resource as the state has them, undefined when it is not there. */
  state(name: string): StateEntry | undefined {
    const state = JSON.parse(this.stateFile()) as { checkpoint: { latest: { resources?: StateEntry[] } } };
    return state.checkpoint.latest.resources?.find((entry) => entry.urn.endsWith(`::${name}`));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ends every process of a session at once. */
export async function killSession(session: number): Promise<void> {
  await until(`end of session ${session}`, () => {
    const left = processesOf(session);
    for (const line of left) process.kill(Number(line.split(" ")[0]), "SIGKILL");
    return left.length === 0;
  });
}

/** The processes of a session that are still alive, each with its command line. */
export const processesOf = (wanted: number): string[] =>
  processes()
    .filter(({ session, state }) => session === wanted && state !== "Z")
    .map(({ pid, cmdline }) => `${pid} ${cmdline}`);
