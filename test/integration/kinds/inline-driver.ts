// Runs an inline program of the Automation API: `node inline-driver.ts`, with a request as JSON on stdin. What Pulumi
// prints goes to stdout; the exit code is 1 when an operation failed.

import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { type EngineEvent, LocalWorkspace, type PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { Flags } from "./program.ts";

/** What is wanted. `json` prints the events of the engine, too. */
export interface Request extends Flags {
  verb: "up" | "preview" | "destroy";
  /** The stacks, at once in this process, each with the file that exports its program. */
  stacks: { name: string; file: string; folder: string }[];
}

const request: Request = JSON.parse(await text(process.stdin));
const { verb, stacks, diff, json, plan, continueOnError, expectNoChanges } = request;

const print = (out: string) => void process.stdout.write(out);

/** Prints an event. Pulumi's debug messages hold the secrets of every resource: docs/operating.md says so. */
function tell(event: EngineEvent): void {
  if ((event.diagnosticEvent?.severity as string) !== "debug") print(`${JSON.stringify(event)}\n`);
}

async function run({ name, file, folder }: (typeof stacks)[number]): Promise<void> {
  const { program }: { program: PulumiFn } = await import(pathToFileURL(file).href);
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: "postfix-relay", program },
    { workDir: folder },
  );
  const common = {
    onOutput: print,
    onError: print,
    color: "never" as const,
    ...(json && { onEvent: tell }),
  };
  if (verb === "preview") await stack.preview({ ...common, diff, plan, expectNoChanges });
  else if (verb === "up")
    await stack.up({ ...common, diff, plan, continueOnError, expectNoChanges, showSecrets: false });
  else await stack.destroy(common);
}

const results = await Promise.allSettled(stacks.map(run));
for (const result of results) {
  if (result.status === "fulfilled") continue;
  console.log(String(result.reason));
  process.exitCode = 1;
}
