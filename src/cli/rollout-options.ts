// The command line of `rollout`: what may be written, and what was asked for.

import { approvals } from "../rollout/plan.ts";
import type { RolloutRequest } from "./request.ts";
import {
  fail,
  last,
  readVerb,
  refuseEmpty,
  text,
  texts,
  type Verb,
  type VerbCommand,
  verbName,
} from "./verb-parser.ts";

/** Seconds, as they are written: `90s`, `10m`, `2h`. */
export function secondsIn(text: string): number | undefined {
  const [, count, unit = "s"] = /^(\d+)\s*([smh]?)$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * ({ s: 1, m: 60, h: 3600 }[unit || "s"] ?? 1);
}

export const ROLLOUT_CODES = `Exit codes:
  0    all stacks have the new configuration
  1    stopped: a stack has failed, or more than is borne
  2    the gate cannot tell whether a wave is well
  3    waits for an approval, or is paused
  4    aborted
  64   wrong usage, an unknown stack, nothing chosen
  70   a fault of this program
  75   no database, a stack that somebody has locked, or another version has begun it
  130  interrupted; jobs that run end by themselves`;

/** Options of all that needs the database of rollouts. */
export const COMMON = {
  cwd: { alias: "C", type: "string", default: ".", describe: "Folder of the Pulumi project" },
  database: { type: "string", describe: "postgres://USER@HOST/NAME [default: a server of its own]" },
  state: { type: "string", describe: "Folder of logs and of that server [default: .postfix-relay in the project]" },
  json: { type: "boolean", describe: "Print JSON" },
  color: { type: "boolean", describe: "Colours, or --no-color [default: on a terminal]" },
} as const;

/** Which stacks. */
export const SELECTOR = {
  stack: { alias: "s", type: "string", array: true, describe: "Stack; may be repeated" },
  tag: { type: "string", array: true, describe: "Stacks with that word in postfix-relay:tags; may be repeated" },
  exclude: { type: "string", array: true, describe: "Not this stack; may be repeated" },
  all: { type: "boolean", describe: "All stacks of the project" },
} as const;

/** How they are changed. */
export const POLICY = {
  wave: { type: "string", array: true, describe: "Size of a wave: 1, 25%; repeated, the last one counts for the rest" },
  concurrency: { type: "number", describe: "Stacks at the same time [default: what this machine can bear]" },
  "max-failures": { type: "number", default: 0, describe: "Failed stacks that are borne; none in the first wave" },
  "max-unreachable": { type: "number", default: 0, describe: "The same for stacks that do not answer or are locked" },
  bake: { type: "string", default: "0s", describe: "Time in which a wave is watched: 90s, 10m, 2h" },
  approval: { choices: approvals, default: "none", describe: "When somebody has to agree" },
  timeout: { type: "string", default: "15m", describe: "Time that one stack may take" },
  gate: { type: "boolean", default: true, describe: "Ask the hosts of a wave before the next one; --no-gate" },
} as const;

const CHECK = {
  check: { type: "boolean", describe: "Preview each stack; stacks with the same changes in one line" },
} as const;
/** Whether nobody is asked. */
export const YES = { yes: { type: "boolean", describe: "Do not ask" } } as const;
/** Reports. */
export const FILES = {
  html: { type: "string", describe: "File for one HTML page" },
  junit: { type: "string", describe: "File for JUnit XML" },
  markdown: { type: "string", describe: "File for Markdown" },
} as const;

/** Each verb: its words, what it does, and its options. */
const VERBS: readonly Verb[] = [
  ["plan", "Show waves and stacks, and start nothing", { ...SELECTOR, ...POLICY, ...CHECK }],
  ["start", "Change stacks in waves", { ...SELECTOR, ...POLICY, ...YES, ...FILES }],
  ["status <id>", "Show how far a rollout is", {}],
  ["list", "List all rollouts of the project", {}],
  ["watch <id>", "Look on until it ends or waits", {}],
  ["report <id>", "Write a report", FILES],
  ["pause <id>", "Start no more stacks; those that run end", {}],
  ["approve <id>", "Agree to the next wave", {}],
  ["abort <id>", "End it: no more stacks are started", { ...YES }],
  [
    "resume [id]",
    "Continue, and try again what has failed",
    {
      ...FILES,
      replan: { type: "boolean", describe: "Where stacks have changed: a new rollout of what is left" },
      ...YES,
    },
  ],
  ["retry <id> [names..]", "Try again these stacks, or all that have failed", FILES],
  [
    "worker",
    "Help with the rollouts of a --database, until it is stopped",
    {
      id: { type: "string", describe: "Name of this worker [default: that of the machine]" },
      concurrency: POLICY.concurrency,
    },
  ],
  [
    "prune",
    "Forget rollouts that are over",
    {
      days: { type: "number", default: 90, describe: "Only those that began that many days ago" },
    },
  ],
];

/** The command. */
export const ROLLOUT: VerbCommand = {
  name: "rollout",
  does: "Change many stacks in waves, and prove each wave before the next one.",
  common: COMMON,
  verbs: VERBS,
  names: {
    id: { type: "string", describe: "Name of the rollout" },
    names: { type: "string", array: true, describe: "Names of stacks" },
  },
  codes: ROLLOUT_CODES,
  conflicts: { all: ["stack", "tag"] },
  missing: "the name of a rollout is missing; `postfix-relay rollout list` has them",
  check: checkPolicy,
};

/** What can be done with a rollout. */
export const rolloutVerbs: readonly string[] = VERBS.map(verbName);

/** Reads the arguments after `rollout`. */
export async function readRollout(
  args: readonly string[],
  program: string,
  version: string,
): Promise<{ rollout: RolloutRequest } | { text: string; code: number }> {
  const asked = await readVerb(ROLLOUT, args, program, version);
  return "text" in asked ? asked : { rollout: rolloutRequest(asked.verb, asked.argv) };
}

/** Fails where the selector or the policy is wrong. */
export function checkPolicy(argv: Record<string, unknown>): void {
  for (const name of ["max-failures", "max-unreachable", "days"])
    if (argv[name] !== undefined && !isWhole(last(argv[name]), 0))
      fail(argv, name, "which is no count; give 0, 1, 2, …");
  if (argv.concurrency !== undefined && !isWhole(last(argv.concurrency), 1))
    fail(argv, "concurrency", "which is no count; give 1, 2, …");
  for (const name of ["bake", "timeout"])
    if (argv[name] !== undefined && secondsIn(String(last(argv[name]))) === undefined)
      fail(argv, name, "which is no time; give 90s, 10m or 2h");
  if (argv.timeout !== undefined && secondsIn(String(last(argv.timeout))) === 0)
    fail(argv, "timeout", "which leaves no time");
  refuseEmpty(argv, "cwd", "database", "state", "stack", "tag", "exclude", "wave", "html", "junit", "markdown", "id");
}

const isWhole = (value: unknown, least: number) =>
  typeof value === "number" && Number.isInteger(value) && value >= least;

/** The request in what the parser has found; what a verb does not know is as if it were not given. */
export function rolloutRequest(verb: string, argv: Record<string, unknown>): RolloutRequest {
  const isWorker = verb === "worker";
  const number = (value: unknown, otherwise: number) =>
    typeof last(value) === "number" ? Number(last(value)) : otherwise;
  return {
    verb,
    id: isWorker ? undefined : text(argv.id),
    names: texts(argv.names),
    cwd: String(last(argv.cwd)),
    state: text(argv.state),
    database: text(argv.database),
    stacks: texts(argv.stack),
    tags: texts(argv.tag),
    exclude: texts(argv.exclude),
    all: Boolean(argv.all),
    waves: argv.wave === undefined ? undefined : texts(argv.wave),
    concurrency: typeof last(argv.concurrency) === "number" ? Number(last(argv.concurrency)) : undefined,
    maxFailures: number(argv["max-failures"], 0),
    maxUnreachable: number(argv["max-unreachable"], 0),
    bake: secondsIn(text(argv.bake) ?? "0") ?? 0,
    timeout: secondsIn(text(argv.timeout) ?? "15m") ?? 900,
    approval: (last(argv.approval) ?? "none") as RolloutRequest["approval"],
    gate: argv.gate !== false,
    check: Boolean(argv.check),
    replan: Boolean(argv.replan),
    yes: Boolean(argv.yes),
    json: Boolean(argv.json),
    workerId: isWorker ? text(argv.id) : undefined,
    days: number(argv.days, 90),
    files: { html: text(argv.html), junit: text(argv.junit), markdown: text(argv.markdown) },
    color: last(argv.color) as boolean | undefined,
  };
}
