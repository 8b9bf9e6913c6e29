// What a rollout touches of this machine, what it asks before it begins, and the files that it leaves.

import { mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { page } from "../rollout/page.ts";
import type { Plan } from "../rollout/plan.ts";
import { codes, Refused } from "../rollout/refused.ts";
import { junit, markdown } from "../rollout/report.ts";
import { isOver } from "../rollout/states.ts";
import type { RolloutStatus } from "../rollout/status.ts";
import type { Reach } from "./act.ts";
import type { ProjectOnDisk } from "./project.ts";
import type { RolloutRequest } from "./request.ts";
import type { Bench } from "./rollout-drive.ts";
import { planText } from "./rollout-plan.ts";
import { counted } from "./states.ts";

/** All that the command touches. */
export interface RolloutWorld extends Pick<Reach, "pulumi" | "look" | "call" | "ask" | "print"> {
  readonly project: ProjectOnDisk;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** A line on stderr, as it is. */
  readonly say: (text: string) => void;
  readonly color: boolean;
  readonly terminal: Bench["terminal"];
}

/** Bytes that a stack leaves in the state folder, at most. */
const EACH = 2 ** 20;

/** Whether it may begin. */
export async function isAgreed(
  plan: Plan,
  { yes, json }: RolloutRequest,
  { ask, say }: RolloutWorld,
): Promise<boolean> {
  const stacks = plan.waves.flat();
  if (!json) say(planText(plan).trimEnd());
  if (yes) return true;
  if (!ask) throw new Refused("there is no terminal to ask on; add --yes to start without a question");
  const hosts = stacks.reduce((sum, one) => sum + one.hosts, 0);
  if (
    await ask(
      `Change ${counted(stacks.length, "stack")} with ${counted(hosts, "host")}, in ${counted(plan.waves.length, "wave")}?`,
    )
  )
    return true;
  say("nothing was done");
  return false;
}

/** A host that two rollouts change would get now this, now that. */
export function refuseOverlap(plan: Plan, all: readonly RolloutStatus[]): void {
  const mine = new Set(plan.waves.flat().map(({ stack }) => stack));
  for (const other of all.filter((one) => !isOver(one))) {
    const shared = other.stacks.map(({ stack }) => stack).filter((stack) => mine.has(stack));
    if (shared.length === 0) continue;
    const ways = `\`postfix-relay rollout resume ${other.id}\`, or \`postfix-relay rollout abort ${other.id}\``;
    throw new Refused(
      `rollout ${other.id} is open (${other.phase}) and has ${shared.slice(0, 5).join(", ")}${shared.length > 5 ? ", …" : ""}; first end it: ${ways}`,
      codes.unavailable,
    );
  }
}

/** A rollout that ends for want of room is worse than one that does not begin. */
export function refuseFullDisk(plan: Plan, jobs: string): void {
  mkdirSync(jobs, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = statfsSync(jobs);
  const needed = 64 * EACH + plan.waves.flat().length * EACH;
  if (bavail * bsize < needed)
    throw new Refused(
      `${jobs} has ${Math.floor((bavail * bsize) / EACH)} MB free, and this rollout needs ${Math.ceil(needed / EACH)} MB; make room, or name another folder with --state`,
    );
}

/** Writes the reports that were asked for. */
export function writeFiles({ files }: RolloutRequest, status: RolloutStatus, say: (text: string) => void): void {
  const all = [
    [files.html, page],
    [files.junit, junit],
    [files.markdown, markdown],
  ] as const;
  for (const [file, text] of all) {
    if (file === undefined) continue;
    try {
      writeFileSync(file, text(status));
      say(`written: ${file}`);
    } catch (error) {
      throw new Refused(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
    }
  }
}
