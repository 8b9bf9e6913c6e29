// The tables of a trace, for the terminal and for docs/performance.md.

import { markdownTable } from "markdown-table";
import type { Machine } from "../results.ts";
import { machineText } from "../table.ts";
import type { StepTime } from "./account.ts";
import { SHELL } from "./spent.ts";
import type { Traced } from "./trace.ts";

/** What `--trace` writes. */
export interface TraceResults {
  readonly machine: Machine;
  readonly runs: readonly Traced[];
  readonly notes: readonly string[];
}

/** How many programs are named. */
const NAMED = 10;

const table = (head: string[], rows: string[][]) =>
  markdownTable([head, ...rows], { align: ["l", ...head.slice(1).map(() => "r")] });

const seconds = (value: number | undefined) => (value === undefined ? "" : value.toFixed(value < 10 ? 2 : 1));

/** All tables, as Markdown. */
export function tracePage({ machine, runs, notes }: TraceResults): string {
  const withSteps = runs.filter(({ account }) => account.steps.length > 0);
  const [one] = withSteps;
  const parts = [
    machineText(machine),
    "The parts of a run, one after the other, in seconds. Where hosts overlap, the first one that goes on ends a part.",
    phaseTable(runs),
    ...withSteps.flatMap((run) => [
      `The steps with ${run.name}, in seconds${run.hosts > 1 ? ", medians" : ""}: all of the step, the connection until sshd has it, the \
login, the command on the host, and the way back; how many programs the host has started, and what the time of the \
command was.`,
      stepTable(run),
    ]),
    ...(one ? [`What takes the time of these commands with ${one.name}:`, programTable(one)] : []),
    "What the processes of `pulumi` have taken: seconds of CPU, and MiB (RSS) at most.",
    takenTable(runs),
    ...notes.map((note) => `- ${note}.`),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function phaseTable(runs: readonly Traced[]): string {
  const names = [...new Set(runs.flatMap(({ account }) => account.phases.map(({ what }) => what)))];
  const cell = (what: string, { account }: Traced) => seconds(account.phases.find((one) => one.what === what)?.seconds);
  return table(
    ["", ...runs.map(({ name }) => name)],
    [
      ...names.map((what) => [what, ...runs.map((run) => cell(what, run))]),
      ["all of it", ...runs.map(({ account }) => seconds(account.seconds))],
    ],
  );
}

function stepTable({ account: { steps, between } }: Traced): string {
  const columns: [title: string, value: (step: StepTime) => string][] = [
    ["seconds", ({ seconds: all }) => seconds(all)],
    ["connection", ({ connecting }) => seconds(connecting)],
    ["login", ({ login }) => seconds(login)],
    ["command", ({ command }) => seconds(command)],
    ["back", ({ back }) => seconds(back)],
    ["programs", ({ started }) => String(started)],
    ["they take", ({ programs }) => seconds(programs)],
    [SHELL, ({ shell }) => seconds(shell)],
    ["waits", ({ waits }) => seconds(waits)],
    ["reloads", ({ reloads }) => seconds(reloads)],
  ];
  return table(
    ["", ...columns.map(([title]) => title)],
    [
      ...steps.map((step) => [`\`${step.step}\``, ...columns.map(([, value]) => value(step))]),
      ["between them", seconds(between), ...columns.slice(1).map(() => "")],
    ],
  );
}

function programTable({ account: { programs } }: Traced): string {
  const rest = programs.slice(NAMED);
  const sum = (value: (one: (typeof rest)[number]) => number) => rest.reduce((all, one) => all + value(one), 0);
  const row = (name: string, started: number, time: number) => [
    name,
    name === SHELL ? "" : String(Math.round(started)),
    seconds(time),
  ];
  return table(
    ["", "started", "seconds"],
    [
      ...programs
        .slice(0, NAMED)
        .map((one) => row(one.name === SHELL ? SHELL : `\`${one.name}\``, one.started, one.seconds)),
      row(
        "all others",
        sum(({ started }) => started),
        sum((one) => one.seconds),
      ),
    ],
  );
}

function takenTable(runs: readonly Traced[]): string {
  const names = [...new Set(runs.flatMap(({ taken }) => taken.map(({ name }) => name)))];
  const cell = (name: string, { taken }: Traced) => {
    const one = taken.find((all) => all.name === name);
    return one ? `${seconds(one.cpu)} s, ${Math.round(one.memory)} MiB` : "";
  };
  const hosts = runs.map(({ host }) => (host === undefined ? "" : `${seconds(host)} s`));
  return table(
    ["", ...runs.map(({ name }) => name)],
    [...names.map((name) => [name, ...runs.map((run) => cell(name, run))]), ["each host", ...hosts]],
  );
}
