// One command, from the stacks to the exit code. It touches only the World that it gets.

import type { Look } from "../drift/look.ts";
import { type Request, USAGE } from "./arguments.ts";
import { exitCodeOf, type Findings, jsonOf } from "./findings.ts";
import { configOf, type Pulumi, stacksOf } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import { tableOf } from "./table.ts";
import { type LeftOut, pickHosts, type Target, type Targets, targetsOf } from "./targets.ts";

/** All that a command touches. */
export interface World {
  readonly pulumi: Pulumi;
  readonly look: (login: Target["login"]) => Promise<Look>;
  /** Prints the result. */
  readonly print: (text: string) => void;
  /** Says something beside the result. */
  readonly say: (text: string) => void;
  /** Shows how far it is; an empty text takes that away. */
  readonly progress: (text: string) => void;
  /** Columns of the terminal; Infinity where it is none. */
  readonly width: number;
  readonly color: boolean;
  /** Now, in seconds since 1970. */
  readonly now: () => number;
}

/** Runs a command; its exit code. */
export async function run(request: Request, world: World): Promise<number> {
  world.progress("asking pulumi for the hosts");
  const stacks = await stacksOf(world.pulumi, request);
  const { targets, gone, unread, skipped } = sortTargets(await targetsIn(stacks, world.pulumi), request.all);
  const wanted = pickHosts(targets, gone, request.hosts, unread.length === 0);
  const progress = (done: number) => world.progress(`looked at ${done} of ${wanted.length} hosts`);
  progress(0);
  const looks = await runLooks(wanted, world.look, progress);
  world.progress("");

  const hosts = looks.map((look, index) => {
    const { stack, host, formerly } = wanted[index] as Target;
    return { stack, host, formerly, look };
  });
  const findings = { hosts, unread, skipped };
  printFindings(findings, request, world);
  return exitCodeOf(findings);
}

/** The looks at all of them, in the order of the hosts. `progress` gets how many are done. */
async function runLooks(
  targets: readonly Target[],
  look: World["look"],
  progress: (done: number) => void,
): Promise<Look[]> {
  let done = 0;
  const one = async ({ login }: Target) => {
    const seen = await look(login);
    done += 1;
    progress(done);
    return seen;
  };
  return await Promise.all(targets.map(one));
}

function printFindings(findings: Findings, { command, json }: Request, { print, say, width, color, now }: World): void {
  const { hosts, unread, skipped } = findings;
  if (json) print(jsonOf(findings));
  else if (hosts.length > 0) print(tableOf(findings, { status: command === "status", width, color, now: now() }));
  for (const { stack, why } of skipped) say(`stack ${stack} is left out: ${why}`);
  for (const { stack, why } of unread) say(`stack ${stack}: ${why}`);
  if (hosts.length === 0 && unread.length === 0) say("there is no host to look at");
}

/** Asks for the hosts of each stack. One that cannot be read does not stop the others; an unknown name does. */
async function targetsIn(stacks: readonly string[], pulumi: Pulumi): Promise<[stack: string, Targets][]> {
  const found: [string, Targets][] = [];
  // One after the other: each starts a Pulumi of its own.
  for (const stack of stacks) {
    try {
      found.push([stack, targetsOf(stack, await configOf(pulumi, stack))]);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === USAGE) throw error;
      found.push([stack, { wrong: error.message }]);
    }
  }
  return found;
}

interface SortedTargets {
  readonly targets: readonly Target[];
  readonly gone: readonly string[];
  readonly unread: readonly LeftOut[];
  readonly skipped: readonly LeftOut[];
}

/** With all stacks, those of other programs are not meant. */
function sortTargets(found: readonly (readonly [string, Targets])[], all: boolean): SortedTargets {
  const left = (which: (targets: Targets) => string | undefined) =>
    found.flatMap(([stack, targets]) => {
      const why = which(targets);
      return why === undefined ? [] : [{ stack, why }];
    });
  return {
    targets: found.flatMap(([, of]) => ("targets" in of ? of.targets : [])),
    gone: found.flatMap(([, of]) => ("targets" in of ? of.gone : [])),
    skipped: left((of) => ("foreign" in of && all ? of.foreign : undefined)),
    unread: left((of) => ("wrong" in of ? of.wrong : "foreign" in of && !all ? of.foreign : undefined)),
  };
}
