// Rollouts over many stacks whose `pulumi up` only waits: what the engine adds to it.

import { globSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { TestProject } from "../test/integration/rollout/project.ts";
import { pids, takenBy } from "./machine.ts";
import type { Row } from "./results.ts";

/** What is measured. */
export const rolloutWays: Readonly<Record<string, string>> = {
  rollout:
    "postfix-relay rollout start --all --no-gate, where each `pulumi up` only waits; its CPU is that of worker and PostgreSQL",
  "no engine": "the seconds that the same waiting takes, so many at once, without anything else",
};

/** How many stacks, how many at once, and the seconds of each. */
interface Load {
  readonly stacks: number;
  readonly concurrency: number;
  readonly each: number;
}

const loads: readonly Load[] = [
  { stacks: 200, concurrency: 8, each: 1 },
  { stacks: 1000, concurrency: 16, each: 3 },
];

/** Each load once. */
export async function rollouts(
  log: (line: string) => void,
  note: (text: string) => void,
  all: readonly Load[] = loads,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { stacks, concurrency, each } of all) {
    const project = new TestProject(stacks, {}, "dist/cli/main.js");
    try {
      for (const stack of project.stacks) project.does(stack, `sleep ${each}; events 1`);
      const begin = performance.now();
      const waves = ["--wave", "1", "--wave", "100%"];
      const running = project.start(
        "start",
        "--all",
        "--yes",
        "--no-gate",
        ...waves,
        "--concurrency",
        `${concurrency}`,
      );
      const seen = new Seen(join(project.folder, ".postfix-relay/postgres"), running.child.pid ?? 0);
      const looks = setInterval(() => seen.look(), 500);
      const { code, stdout, stderr } = await running.ended.finally(() => clearInterval(looks));
      const seconds = (performance.now() - begin) / 1000;
      if (code !== 0)
        throw new Error(`${stacks} stacks: exit code ${code}\n${stderr.slice(-2000)}${stdout.slice(-500)}`);
      const ideal = each + Math.ceil((stacks - 1) / concurrency) * each;
      const name = `rollout of ${stacks} stacks that take ${each} s, ${concurrency} at once`;
      log(`${name}: ${seconds.toFixed(1)} s, ideal ${ideal} s`);
      note(
        `${name}: ${((seen.cpu * 1000) / stacks).toFixed(1)} ms of CPU for each stack (worker ${seen.worker.toFixed(1)} s, ` +
          `PostgreSQL ${seen.server.toFixed(1)} s), worker ${Math.round(seen.workerMemory)} MiB at most, ` +
          `${seen.connections} server processes for clients at most, ${(seen.grown / 1024 / stacks).toFixed(1)} KiB of the ` +
          "database for each stack.",
      );
      rows.push(
        {
          case: name,
          contestant: "rollout",
          hosts: stacks,
          seconds: [seconds],
          cpu: { here: [seen.cpu], host: [] },
          memory: seen.workerMemory,
        },
        { case: name, contestant: "no engine", hosts: stacks, seconds: [ideal] },
      );
    } finally {
      await project.remove();
    }
  }
  return rows;
}

/** The processes of a rollout: the worker, and those of its server. */
class Seen {
  readonly #data: string;
  readonly #worker: number;
  readonly #cpu = new Map<string, number>();
  #begun = 0;
  workerMemory = 0;
  connections = 0;

  constructor(data: string, worker: number) {
    this.#data = data;
    this.#worker = worker;
  }

  look(): void {
    // The tables are there as soon as the worker has begun its first stack.
    if (globSync("rollouts/*/*", { cwd: join(this.#data, "..") }).length > 0) this.#begun ||= this.#size();
    this.workerMemory = Math.max(this.workerMemory, this.#count("worker", this.#worker));
    let clients = 0;
    for (const pid of pids())
      try {
        if (readlinkSync(`/proc/${pid}/cwd`) !== this.#data) continue;
        this.#count("server", Number(pid));
        if (/\[local\]/.test(readFileSync(`/proc/${pid}/cmdline`, "latin1"))) clients += 1;
      } catch {
        // It has ended.
      }
    this.connections = Math.max(this.connections, clients);
  }

  #count(whose: "worker" | "server", pid: number): number {
    const taken = takenBy(pid);
    if (taken) this.#cpu.set(`${whose} ${pid}`, taken.cpu);
    return taken?.memory ?? 0;
  }

  #sum(whose: string): number {
    return [...this.#cpu].reduce((sum, [name, seconds]) => sum + (name.startsWith(whose) ? seconds : 0), 0);
  }

  #size(): number {
    const files = globSync("base/*/*", { cwd: this.#data });
    return files.reduce(
      (sum, file) => sum + (statSync(join(this.#data, file), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
  }

  /** Bytes by which the files of the database have grown since the first stack began. */
  get grown(): number {
    return this.#size() - this.#begun;
  }

  get worker(): number {
    return this.#sum("worker");
  }

  get server(): number {
    return this.#sum("server");
  }

  get cpu(): number {
    return this.worker + this.server;
  }
}
