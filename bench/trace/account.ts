// Where the time of a run went: what the engine has said and what the hosts have started, as one account. All times are
// seconds.

import { basename } from "node:path";
import { mean, median } from "simple-statistics";
import type { Followed } from "../../lab/programs.ts";
import type { EngineEvent } from "./events.ts";
import { names, type Session, stepOf } from "./programs.ts";
import { SHELL, spent } from "./spent.ts";

/** What was seen of a run. */
export interface Seen {
  readonly begin: number;
  readonly end: number;
  readonly events: readonly EngineEvent[];
  /** The processes on this machine. */
  readonly engine: readonly Followed[];
  /** The commands on each host, by its name. */
  readonly hosts: ReadonlyMap<string, readonly Session[]>;
}

/** A part of a run. */
export interface Phase {
  readonly what: string;
  readonly seconds: number;
}

/** A step, the median of all hosts; a check has no part in the engine. */
export interface StepTime {
  readonly step: string;
  /** As the engine counts it. */
  readonly seconds?: number;
  /** Until the server of the host has the connection. */
  readonly connecting?: number;
  /** Until the command begins: keys, PAM, a session. */
  readonly login: number;
  readonly command: number;
  /** From its end until the engine has it. */
  readonly back?: number;
  /** How many programs the host has started, and what the time of the command was: of the mean host. */
  readonly started: number;
  readonly shell: number;
  readonly waits: number;
  readonly reloads: number;
  readonly programs: number;
}

/** Of one program, for the mean host. */
export interface ProgramTime {
  readonly name: string;
  readonly started: number;
  readonly seconds: number;
}

/** The account of a run. */
export interface Account {
  readonly seconds: number;
  readonly phases: readonly Phase[];
  readonly steps: readonly StepTime[];
  /** Between the steps of a host, all together. */
  readonly between: number;
  readonly programs: readonly ProgramTime[];
}

const suffixes: Readonly<Record<string, string>> = {
  install: "packages",
  "stage main-cf": "main-cf",
  "stage sasl-passwd": "sasl-passwd",
  start: "service",
  deliver: "delivery",
};

/** The account of what was seen. */
export function accountOf(seen: Seen): Account {
  return {
    seconds: seen.end - seen.begin,
    phases: phases(seen),
    steps: steps(seen),
    between: between(seen),
    programs: programs(seen),
  };
}

const isStep = ({ type, op }: EngineEvent) => type === "command:remote:Command" && op !== "same";
const all = ({ hosts }: Seen) => [...hosts].flatMap(([host, sessions]) => sessions.map((one) => ({ host, ...one })));

/** The parts of a run, one after the other. Where hosts overlap, the first one that goes on ends a part. */
function phases(seen: Seen): Phase[] {
  const { begin, end, events, engine } = seen;
  const firstStep = events.find((event) => event.kind === "begin" && isStep(event))?.at;
  const lastStep = events.findLast((event) => event.kind === "done" && isStep(event))?.at;
  const checks = all(seen).filter(({ command }) => stepOf(command) === "check");
  const checked = checks.length > 0 ? Math.max(...checks.map((one) => one.end)) : undefined;
  const marks: [what: string, until: number | undefined][] = [
    ["`pulumi` and the language host start", programBegin(engine)],
    ["Node.js starts, and loads the SDK", events.find(({ type }) => type === "pulumi:pulumi:Stack")?.at],
    ["this package is loaded", events.find(({ type }) => type?.startsWith("postfix-relay:"))?.at],
    ["the components are made", checks.length > 0 ? Math.min(...checks.map((one) => one.connected)) : undefined],
    ["the hosts are checked", checked && firstStep ? Math.min(checked, firstStep) : checked],
    ["the command provider starts, and what stays is compared", firstStep],
    ["the steps", lastStep],
    ["outputs, the last state, and the end", end],
  ];
  const parts: Phase[] = [];
  let last = begin;
  for (const [what, until] of marks) {
    if (until === undefined) continue;
    parts.push({ what, seconds: Math.max(until - last, 0) });
    last = Math.max(last, until);
  }
  return parts;
}

/** When the program was started: the longest of what the language host has run with Node.js. */
function programBegin(engine: readonly Followed[]): number | undefined {
  const ran = (process: Followed | undefined, name: string) =>
    process?.programs.some(({ path }) => basename(path) === name) ?? false;
  const nodes = engine.filter((one) => ran(one, "node") && ran(one.parent, "pulumi-language-nodejs"));
  const long = ({ begin = 0, end = Infinity }: Followed) => end - begin;
  return nodes.sort((a, b) => long(b) - long(a))[0]?.begin;
}

function steps(seen: Seen): StepTime[] {
  const found = Map.groupBy(all(seen), ({ command }) => stepOf(command));
  return [...found].map(([step, sessions]): StepTime => {
    const suffix = suffixes[step];
    const engine = sessions.map(({ host }) => stepEvents(seen, `${host}-${suffix}`));
    const middle = (value: (one: (typeof sessions)[number], index: number) => number | undefined) => {
      const values = sessions.map(value).filter((one) => one !== undefined);
      return values.length > 0 ? median(values) : undefined;
    };
    const times = sessions.map(({ process, begin, end }) => spent(process, begin, end));
    const part = (wanted: (name: string) => boolean) =>
      mean(times.map((one) => [...one].reduce((sum, [name, seconds]) => sum + (wanted(name) ? seconds : 0), 0)));
    return {
      step,
      seconds: middle((_, index) => difference(engine[index]?.begin, engine[index]?.done)),
      connecting: middle(({ connected }, index) => difference(engine[index]?.begin, connected)),
      login: middle(({ connected, begin }) => begin - connected) ?? 0,
      command: middle(({ begin, end }) => end - begin) ?? 0,
      back: middle(({ end }, index) => difference(end, engine[index]?.done)),
      started: Math.round(mean(sessions.map(({ process }) => names(process).length))),
      shell: part((name) => name === SHELL),
      waits: part((name) => name === "sleep"),
      reloads: part((name) => name === "postfix"),
      programs: part((name) => ![SHELL, "sleep", "postfix"].includes(name)),
    };
  });
}

const difference = (from: number | undefined, until: number | undefined) =>
  from === undefined || until === undefined ? undefined : until - from;

function stepEvents({ events }: Seen, name: string): { begin?: number; done?: number } {
  const at = (kind: EngineEvent["kind"]) =>
    events.find((event) => event.kind === kind && event.name === name && isStep(event))?.at;
  return { begin: at("begin"), done: at("done") };
}

/** The mean host's seconds between the end of a step and the begin of the next one. */
function between(seen: Seen): number {
  const sums = [...seen.hosts.keys()].map((host) => {
    const own = Object.values(suffixes).map((suffix) => stepEvents(seen, `${host}-${suffix}`));
    const there = own.filter(({ begin, done }) => begin !== undefined && done !== undefined);
    return there
      .slice(1)
      .reduce((sum, { begin = 0 }, index) => sum + Math.max(begin - (there[index]?.done ?? begin), 0), 0);
  });
  return sums.length > 0 ? mean(sums) : 0;
}

/** The programs of all commands, those that took longest first. */
function programs(seen: Seen): ProgramTime[] {
  const sums = new Map<string, { started: number; seconds: number }>();
  const add = (name: string, started: number, seconds: number) => {
    const one = sums.get(name) ?? { started: 0, seconds: 0 };
    sums.set(name, { started: one.started + started, seconds: one.seconds + seconds });
  };
  for (const { process, begin, end } of all(seen)) {
    for (const name of names(process)) add(name, 1, 0);
    for (const [name, seconds] of spent(process, begin, end)) add(name, 0, seconds);
  }
  const count = Math.max(seen.hosts.size, 1);
  return [...sums]
    .map(([name, { started, seconds }]) => ({ name, started: started / count, seconds: seconds / count }))
    .sort((a, b) => b.seconds - a.seconds);
}
