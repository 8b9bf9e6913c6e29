// The one file that loads DBOS: a worker, and what it does for those that have died.

import { setTimeout as sleep } from "node:timers/promises";
import type { DBOS as Engine } from "@dbos-inc/dbos-sdk";
import { alone, Life } from "./alive.ts";
import { loadEngine } from "./peers.ts";
import type { Plan } from "./plan.ts";
import { codes, Refused } from "./refused.ts";
import { POLL, PROTOCOL, QUEUE, type Reached, workflows } from "./workflows.ts";

/** What a worker is given. */
export interface WorkerOptions extends Reached {
  readonly url: string;
  readonly project: string;
  /** Its name; undefined for the first free one of this machine. */
  readonly id: string | undefined;
  readonly machine: string;
  /** Jobs that it does at the same time. */
  readonly concurrency: number;
  /** Hears that the database sees us no longer. */
  readonly lost: () => void;
  /** Starts the server again, where it is our own. */
  readonly revive: () => Promise<void>;
  readonly log: (line: string) => void;
}

/** A worker. */
export interface Worker {
  readonly id: string;
  readonly begin: (plan: Plan) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** Milliseconds between two looks for workers that have died. */
const WATCH = 2000;

/** Loads it. */
export function engine(): typeof import("@dbos-inc/dbos-sdk") {
  return loadEngine() as typeof import("@dbos-inc/dbos-sdk");
}

/** What the engine has to say, which is for its developers. */
export const quiet = (log: (line: string) => void) => {
  const say = (entry: unknown) => log(entry instanceof Error ? entry.message : String(entry));
  return { info: () => {}, debug: () => {}, warn: say, error: say };
};

/** Starts a worker. It takes what is open, and what dead workers have left. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { DBOS } = engine();
  const { url, project } = options;
  const { id, life } = await beginLife(options);
  const running = new Set<string>();
  const rolloutWorkflow = workflows(DBOS, options, running);
  DBOS.setConfig({
    name: `postfix-relay-${project}`,
    systemDatabaseUrl: url,
    systemDatabasePoolSize: 6,
    applicationVersion: PROTOCOL,
    executorID: id,
    listenQueues: [QUEUE],
    logger: quiet(options.log),
  });
  await alone(url, "launch", async () => {
    await DBOS.launch();
    await DBOS.registerQueue(QUEUE, {
      partitionConcurrency: 1,
      workerConcurrency: options.concurrency,
      minPollingIntervalMs: POLL,
      onConflict: "always_update",
    });
  });
  const stop = new AbortController();
  const watching = watch(DBOS, life, running, stop.signal);
  return {
    id,
    begin: async (plan) => {
      await DBOS.startWorkflow(rolloutWorkflow, { workflowID: plan.id })(plan);
    },
    end: async () => {
      stop.abort();
      await watching;
      await DBOS.shutdown();
      await life.end();
    },
  };
}

/** A life under the name that was asked for, or under the first free one. */
async function beginLife({ url, id, machine, lost, revive }: WorkerOptions): Promise<{ id: string; life: Life }> {
  const wanted = id === undefined ? Array.from({ length: 50 }, (_, n) => `${machine}-${n + 1}`) : [id];
  for (const one of wanted) {
    const life = await Life.begin(url, one, { lost, revive });
    if (life) return { id: one, life };
  }
  throw new Refused(`a worker with the name ${wanted[0]} is at work; choose another one with --id`, codes.unavailable);
}

/** Gives what dead workers have left to those that live, and begins again what an outage of the database has ended. */
async function watch(
  DBOS: typeof Engine,
  life: Life,
  running: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> {
  const pending = () => DBOS.listWorkflows({ status: "PENDING", applicationVersion: PROTOCOL, loadInput: false });
  let idle = new Map<string, number>();
  while (!signal.aborted) {
    await sleep(WATCH, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    try {
      const all = await pending();
      const own = all.filter(({ executorId }) => executorId === DBOS.executorID).map(({ workflowID }) => workflowID);
      idle = new Map(own.filter((id) => !running.has(id)).map((id) => [id, (idle.get(id) ?? 0) + 1]));
      const left = [...idle].filter(([, looks]) => looks >= LOOKS).map(([id]) => id);
      if (left.length > 0) await DBOS.resumeWorkflows(left);
      for (const executor of new Set(all.flatMap(({ executorId }) => executorId ?? []))) {
        if (executor === DBOS.executorID) continue;
        await life.inherit(executor, async () => {
          const again = (await pending()).filter(({ executorId }) => executorId === executor);
          if (again.length > 0) await DBOS.resumeWorkflows(again.map(({ workflowID }) => workflowID));
        });
      }
    } catch {
      // The database is away; the next look may find it again.
    }
  }
}

/** Looks at which nobody runs what is ours. It may have been taken a moment ago. */
const LOOKS = 5;
