// One command, from the stacks to the exit code. It touches only the World that it gets.

import type { Look } from "../drift/look.ts";
import { atOnce } from "../host/at-once.ts";
import { askHost, type Call } from "./ask-host.ts";
import { exitCodeOf, type Findings, isProbed, jsonOf, type Seen } from "./findings.ts";
import { inventoryOf } from "./inventory.ts";
import type { Project } from "./project.ts";
import type { Pulumi } from "./pulumi.ts";
import type { Request, Scope } from "./request.ts";
import { tableOf } from "./table.ts";
import { type LeftOut, pickHosts, type Target } from "./targets.ts";

/** All that a command touches. */
export interface World {
  readonly pulumi: Pulumi;
  readonly project: Project;
  readonly look: (login: NonNullable<Target["login"]>) => Promise<Look>;
  readonly call: Call;
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
  const { wanted, unread, skipped } = await hostsFor(request, world);
  const hosts = await runLooks(wanted, request, world);
  world.progress("");

  const findings = { hosts, unread, skipped };
  printFindings(findings, request, world);
  return exitCodeOf(findings);
}

/** The hosts that a command is about, and the stacks that were left out. */
export async function hostsFor(scope: Scope, { pulumi, project, progress }: World) {
  progress("asking pulumi for the hosts");
  const asked = (done: number, all: number) => progress(`asked pulumi for ${done} of ${all} stacks`);
  const { targets, gone, unread, skipped } = await inventoryOf(scope, { pulumi, project, progress: asked });
  return { wanted: pickHosts(targets, gone, scope.hosts, unread.length === 0), unread, skipped };
}

/** Probes under way at the same time: hosts often share an account, and relays limit its connections. */
const PROBES = 8;

/**
 * The looks at all hosts on which a step was done, in the order of the hosts; and, where that is asked for, a probe of
 * each that has answered and is ours. The probe of one host does not wait for the look at another.
 */
async function runLooks(targets: readonly Target[], { probe, to }: Request, world: World): Promise<Seen[]> {
  const { look, call, progress } = world;
  const inTurn = atOnce(PROBES);
  const all = targets.filter(({ login }) => login !== undefined).length;
  let [done, probed] = [0, 0];
  const tell = () => progress(`checked ${done} of ${all} hosts${probe ? `, probed ${probed}` : ""}`);
  tell();
  const one = async ({ login, ...target }: Target): Promise<Seen> => {
    if (login === undefined) return { ...target, look: undefined };
    const seen: Seen = { ...target, look: await look(login) };
    done += 1;
    tell();
    if (!probe || !isProbed(seen)) return seen;
    const answer = await inTurn(() => askHost(login, "probe", to, call));
    probed += 1;
    tell();
    return { ...seen, probe: answer };
  };
  return await Promise.all(targets.map(one));
}

function printFindings(findings: Findings, { command, json }: Request, { print, say, width, color, now }: World): void {
  const { hosts, unread, skipped } = findings;
  if (json) print(jsonOf(findings));
  else if (hosts.length > 0) print(tableOf(findings, { status: command === "status", width, color, now: now() }));
  for (const text of leftOutTexts(skipped)) say(text);
  for (const { stack, why } of unread) say(`stack ${stack}: ${why}`);
  if (hosts.length === 0 && unread.length === 0) say("no hosts to check");
}

/** One text for all stacks that are left out for the same reason. */
function leftOutTexts(skipped: readonly LeftOut[]): string[] {
  const reasons = [...new Set(skipped.map(({ why }) => why))];
  return reasons.map((reason) => {
    const names = skipped.filter(({ why }) => why === reason).map(({ stack }) => stack);
    return names.length === 1
      ? `stack ${names[0]} is left out: ${reason}`
      : `${names.length} stacks are left out, each because ${reason}: ${names.join(", ")}`;
  });
}
