// The plan of a rollout, from the files of the project; and what each stack would change.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { atOnce } from "../host/at-once.ts";
import { digestOf } from "../rollout/events.ts";
import { fingerprints } from "../rollout/fingerprint.ts";
import { type Plan, planHash, waved } from "../rollout/plan.ts";
import { Refused } from "../rollout/refused.ts";
import { type ListedStack, listStack, type Selection, select } from "../rollout/select.ts";
import { short, tally } from "../rollout/status.ts";
import type { ProjectOnDisk } from "./project.ts";
import type { RolloutRequest } from "./request.ts";
import { counted } from "./states.ts";

interface Where {
  readonly project: ProjectOnDisk;
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Bytes that one `pulumi up` needs at its height. */
const EACH = 400 * 2 ** 20;

/** How many stacks this machine can change at the same time. */
export const bearable = () => Math.max(1, Math.min(3 * availableParallelism(), Math.floor(freemem() / EACH)));

/** The stacks of a project that were asked for, from their files. */
export function chosenStacks(project: ProjectOnDisk, selection: Selection): ListedStack[] {
  const all = project.stacks.map((stack) => listStack(stack, readFileSync(project.path(stack) ?? "", "utf8")));
  return select(all, selection);
}

/** Makes the plan. Mistakes are refused before anything is started. */
export function planFor(request: RolloutRequest, { project, version, env }: Where): Plan {
  const chosen = chosenStacks(project, request);
  const sealed = chosen.filter(({ passphrase }) => passphrase).map(({ stack }) => stack);
  if (sealed.length > 0 && env.PULUMI_CONFIG_PASSPHRASE === undefined && !env.PULUMI_CONFIG_PASSPHRASE_FILE)
    throw new Refused(
      `the passphrase of ${sealed.slice(0, 5).join(", ")}${sealed.length > 5 ? ", …" : ""} is missing; set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE`,
    );
  const fingerprint = fingerprints(project, version);
  const stacks = chosen.map(({ stack, hosts }) => ({ stack, hosts: hosts.length, fingerprint: fingerprint(stack) }));
  const { maxFailures, maxUnreachable, bake, approval, timeout, gate } = request;
  return {
    version: 1,
    id: `${new Date().toISOString().slice(0, 10)}-${randomBytes(3).toString("hex")}`,
    project: project.name,
    policy: {
      concurrency: request.concurrency ?? bearable(),
      maxFailures,
      maxUnreachable,
      bake,
      approval,
      timeout,
      gate,
    },
    waves: waved(stacks, request.waves) as unknown as Plan["waves"],
  };
}

/** Stacks whose previews are the same. */
export interface Group {
  readonly changes: string;
  readonly failed: boolean;
  readonly stacks: readonly string[];
}

/** Previews each stack, several at a time. */
export async function previews(plan: Plan, { project, env }: Where): Promise<Group[]> {
  const inTurn = atOnce(plan.policy.concurrency);
  const one = (stack: string) =>
    new Promise<{ stack: string; changes: string; failed: boolean }>((done) => {
      const args = ["preview", "--json", "--non-interactive", "--color", "never", "--stack", stack];
      const options = { cwd: project.folder, env, maxBuffer: 64 * 2 ** 20, timeout: plan.policy.timeout * 1000 };
      const child = execFile("pulumi", args, options, (error, stdout, stderr) =>
        done({ stack, ...changesIn(stdout, stderr, Boolean(error)) }),
      );
      child.stdin?.end();
    });
  const found = await Promise.all(plan.waves.flat().map(({ stack }) => inTurn(() => one(stack))));
  const groups = new Map<string, Group>();
  for (const { stack, changes, failed } of found)
    groups.set(changes, { changes, failed, stacks: [...(groups.get(changes)?.stacks ?? []), stack] });
  return [...groups.values()].toSorted((a, b) => b.stacks.length - a.stacks.length);
}

/** What a preview has found, without values: the steps and the names of their properties. */
function changesIn(stdout: string, stderr: string, failed: boolean): { changes: string; failed: boolean } {
  if (failed) return { changes: `fails: ${digestOf("", stderr, 1).why[0] ?? "no reason was given"}`, failed };
  try {
    const { steps = [] } = JSON.parse(stdout) as { steps?: { op: string; urn: string; diffReasons?: string[] }[] };
    const changed = steps.filter(({ op }) => op !== "same");
    // The name of the host is left out, so that the same change of two hosts is one.
    const texts = changed.map(
      ({ op, urn, diffReasons = [] }) =>
        `${op} ${(urn.split("::").at(-1) ?? "").replace(/^.*-(?=[a-z]+$)/, "")}${diffReasons.length > 0 ? ` (${diffReasons.join(", ")})` : ""}`,
    );
    return { changes: [...new Set(texts)].join("; ") || "no changes", failed: false };
  } catch {
    return { changes: "fails: pulumi has printed something that is not JSON", failed: true };
  }
}

/** The plan, for people. */
export function planText(plan: Plan, groups?: readonly Group[]): string {
  const { waves, policy } = plan;
  const stacks = waves.flat();
  const hosts = stacks.reduce((sum, one) => sum + one.hosts, 0);
  const single = stacks.filter(({ hosts }) => hosts === 1).length;
  const line = (wave: Plan["waves"][number], index: number) => {
    const names = wave.map(({ stack }) => stack);
    return `wave ${index + 1}: ${counted(names.length, "stack")}: ${short(names, 10)}`;
  };
  return [
    `${counted(stacks.length, "stack")} with ${counted(hosts, "host")}, ${policy.concurrency} at a time; plan ${planHash(plan)}`,
    ...waves.map(line),
    `borne: ${policy.maxFailures} failed (none in the first of several waves), ${policy.maxUnreachable} not reached`,
    ...(policy.bake > 0 ? [`each wave is watched for ${policy.bake} s`] : []),
    ...(policy.approval === "none" ? [] : [`approval: ${policy.approval.replace("-", " ")}`]),
    ...(single > 100 ? ["eight hosts in one stack take a third of the time of eight stacks"] : []),
    ...(groups ?? []).map(
      ({ changes, stacks }) =>
        `${counted(stacks.length, "stack")}: ${changes}: ${stacks.slice(0, 10).join(", ")}${stacks.length > 10 ? ", …" : ""}`,
    ),
    ...(groups
      ? [tally(groups.flatMap(({ failed, stacks }) => stacks.map(() => ({ state: failed ? "fails" : "previewed" }))))]
      : []),
    "",
  ].join("\n");
}
