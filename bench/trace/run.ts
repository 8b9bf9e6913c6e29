// One `pulumi up` that is watched: its events, its processes, and those of the hosts.

import { basename } from "node:path";
import { commandOf, noteCommands } from "../../lab/commands.ts";
import type { LabHost } from "../../lab/index.ts";
import { processesIn } from "../../lab/processes.ts";
import { type Followed, Programs } from "../../lab/programs.ts";
import type { Stack } from "../../test/integration/stack.ts";
import { pids, takenBy } from "../machine.ts";
import type { Seen } from "./account.ts";
import { Events, monotonic } from "./events.ts";
import { type Session, sessions } from "./programs.ts";

/** What some processes of `pulumi` have taken: seconds of CPU, and MiB (RSS) at most. */
export interface Taken {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
}

/** The variable that gives `pulumi` the option for its events. */
export const eventsAllowed = { PULUMI_DEBUG_COMMANDS: "true" };

/** How often it is asked what the processes have taken, in milliseconds. */
const EVERY = 100;

/** Runs `up` without a preview. The stack was made with `eventsAllowed`. */
export async function watched(
  stack: Stack,
  hosts: readonly LabHost[],
): Promise<{ seen: Seen; taken: readonly Taken[] }> {
  for (const host of hosts) noteCommands(host);
  const events = await Events.open(stack.folder);
  const here = await Programs.follow([process.pid]);
  const followed: [LabHost, Programs][] = [];
  try {
    for (const host of hosts)
      followed.push([host, await Programs.follow(processesIn(host.record.group).map(({ pid }) => pid))]);
    const begin = monotonic();
    const args = ["up", "--yes", "--skip-preview", "--stack", stack.name, "--event-log", events.path];
    const { session, result } = stack.start(args);
    const looks = new Looks(session);
    const { code, text } = await result.finally(() => looks.end());
    const end = monotonic();
    if (code !== 0) throw new Error(`exit code ${code}\n${text.split("\n").slice(-15).join("\n")}`);
    const own = below(here.read(), session);
    const onHosts = followed.map(([host, programs]): [string, readonly Session[]] => [
      host.name,
      sessions(programs.read(), (path) => commandOf(host, path)),
    ]);
    return {
      seen: { begin, end, events: events.all, engine: own, hosts: new Map(onHosts) },
      taken: looks.taken(new Map(own.map((one) => [one.pid, roleOf(one)]))),
    };
  } finally {
    for (const [, programs] of followed) programs.close();
    here.close();
    events.close();
  }
}

/** A process, and all that it has started. */
function below(all: readonly Followed[], pid: number): Followed[] {
  const whole = (one: Followed): Followed[] => [one, ...one.children.flatMap(whole)];
  const top = all.find((one) => one.pid === pid);
  return top ? whole(top) : [];
}

/** What a process of `pulumi` is there for. */
function roleOf({ programs, parent }: Followed): string {
  const called = programs.map(({ path }) => basename(path));
  if (called.includes("pulumi")) return "engine";
  if (called.includes("pulumi-language-nodejs")) return "language host";
  if (called.includes("pulumi-resource-command")) return "command provider";
  if (called.length === 0) return parent ? roleOf(parent) : "others";
  return called.includes("node") ? "program" : "others";
}

/** Looks at the processes of a session again and again. */
class Looks {
  readonly #session: number;
  readonly #seen = new Map<number, { cpu: number; memory: number }>();
  readonly #timer = setInterval(() => this.#look(), EVERY);

  constructor(session: number) {
    this.#session = session;
  }

  #look(): void {
    for (const pid of pids()) {
      const taken = takenBy(pid);
      if (taken?.session !== this.#session) continue;
      const most = this.#seen.get(Number(pid))?.memory ?? 0;
      this.#seen.set(Number(pid), { cpu: taken.cpu, memory: Math.max(taken.memory, most) });
    }
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** By what the processes are there for; of those one after the other the largest counts. */
  taken(roles: ReadonlyMap<number, string>): Taken[] {
    const named = [...this.#seen].map(([pid, one]) => ({ name: roles.get(pid) ?? "others", ...one }));
    return [...Map.groupBy(named, ({ name }) => name)].map(([name, all]) => ({
      name,
      cpu: all.reduce((sum, { cpu }) => sum + cpu, 0),
      memory: Math.max(...all.map(({ memory }) => memory)),
    }));
  }
}
