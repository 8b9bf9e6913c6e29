// The workflows: that of a rollout does what the planner says, and records what has happened; that of a stack is one
// job. Inputs and results are plain rows of the database: no configuration and no secret.

import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { DBOS as Engine } from "@dbos-inc/dbos-sdk";
import type { GateResult } from "./gate.ts";
import { type Plan, readPlan } from "./plan.ts";
import { initial, step } from "./planner.ts";
import { type Place, runStack, type StackResult, type StackTask } from "./stack.ts";
import type { Effect, Event, Result, State } from "./states.ts";

/** The steps of the workflows. It changes only when they do; what another one has begun is left alone. */
export const PROTOCOL = "rollout-1";
export const QUEUE = "stacks";
/** Names of the workflows, of the topics of messages, and of the event with the state. */
export const names = {
  rollout: "rollout",
  stack: "stack",
  abort: "abort",
  control: "control",
  state: "state",
} as const;

/** The name of the work of one stack. */
export const childId = (rollout: string, stack: string, start: number) => `${rollout}:${stack}:${start}`;

/** What the workflows reach. */
export interface Reached {
  readonly place: Place;
  readonly gate: (asked: {
    readonly stacks: readonly string[];
    readonly control: readonly string[];
    readonly before?: GateResult["queues"];
  }) => Promise<GateResult>;
  /** Hears each step of a rollout that runs here, those of a replay too. */
  readonly observe: (plan: Plan, state: State, events: readonly Event[]) => void;
}

/** Milliseconds between two looks for a message, or for what is to be begun. */
export const POLL = 100;
/** The same for what has ended elsewhere; what has ended here is told. */
const COLLECT = 1000;
/** Milliseconds in which the end of a job is recorded, and further ones may come. */
const RECORDED = 250;
/** Milliseconds after which messages are read, whatever has ended. */
const PATIENCE = 5000;
const MONTH = 30 * 86_400;
const ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"] as const;

/** Registers both. */
export function workflows(DBOS: typeof Engine, { place, gate, observe }: Reached, running: Set<string>) {
  const here = new EventEmitter();
  const guarded =
    <T, R>(work: (input: T) => Promise<R>) =>
    async (input: T): Promise<R> => {
      const id = DBOS.workflowID ?? "";
      running.add(id);
      try {
        return await work(input);
      } catch (error) {
        if (!isAway(error)) throw error;
        // It must not be recorded as failed. Who watches sees that nobody runs it, and lets it begin again.
        running.delete(id);
        return await new Promise<R>(() => {});
      } finally {
        running.delete(id);
      }
    };

  const stackWorkflow = DBOS.registerWorkflow(
    guarded(async (task: StackTask): Promise<StackResult> => {
      // Who takes back what was not begun sees by this step that it was.
      await DBOS.runStep(async () => true, { name: "begin" });
      const result = await DBOS.runStep(() => runStack(task, place), { name: "up" });
      here.emit("ended");
      return result;
    }),
    { name: names.stack, maxRecoveryAttempts: 1000 },
  );

  const collect = (ids: readonly string[]) =>
    DBOS.runStep(
      async () => {
        const until = Date.now() + PATIENCE;
        while (Date.now() < until) {
          // A database that is away for a while is no reason to stop.
          const found = await DBOS.listWorkflows({
            workflowIDs: [...ids],
            status: [...ENDED],
            loadOutput: true,
            loadInput: false,
          }).catch(() => []);
          if (found.length > 0) return found.map(endOf);
          await once(here, "ended", { signal: AbortSignal.timeout(COLLECT) }).catch(() => {});
          await sleep(RECORDED);
        }
        return [];
      },
      { name: "collect" },
    );

  /** Takes back what no worker has begun. What was begun in that moment runs on, and is collected. */
  const cancel = (ids: readonly string[]) =>
    DBOS.runStep(
      async () => {
        const waiting = await DBOS.listWorkflows({ workflowIDs: [...ids], status: "ENQUEUED", loadInput: false });
        const taken = waiting.map(({ workflowID }) => workflowID);
        if (taken.length === 0) return;
        await DBOS.cancelWorkflows(taken);
        for (const id of taken) {
          const steps = (await DBOS.listWorkflowSteps(id)) ?? [];
          if (steps.length > 0) await DBOS.resumeWorkflow(id);
        }
      },
      { name: "cancel", retriesAllowed: true, maxAttempts: 20, intervalSeconds: 1, backoffRate: 1 },
    );

  return DBOS.registerWorkflow(
    guarded(async (given: Plan): Promise<State> => {
      const plan = readPlan(given);
      const { id, policy } = plan;
      const idOf = (state: State, stack: string) => childId(id, stack, state.starts[stack] ?? 1);
      let before: GateResult["queues"] | undefined;
      let until: number | undefined;
      let events: Event[] = [{ type: "begin" }];
      let { state, effects } = step(plan, initial(plan), ...events);
      let told = "";
      for (;;) {
        observe(plan, state, events);
        const now = JSON.stringify([state.phase, state.wave, state.halt, state.notes]);
        if (now !== told) await DBOS.setEvent(names.state, state);
        told = now;
        let last: Event = { type: "begin" };
        for (const effect of effects) last = await perform(effect);
        if (effects.some((effect) => effect.do === "end")) return state;
        events = await messages(effects, last);
        ({ state, effects } = step(plan, state, ...events));
      }

      async function perform(effect: Effect): Promise<Event> {
        switch (effect.do) {
          case "start":
            await Promise.all(
              effect.stacks.map(({ stack, attempt }) => {
                const fingerprint = plan.waves.flat().find((one) => one.stack === stack)?.fingerprint ?? "";
                const task: StackTask = { rollout: id, stack, fingerprint, start: attempt, timeout: policy.timeout };
                const params = {
                  workflowID: childId(id, stack, attempt),
                  queueName: QUEUE,
                  enqueueOptions: { queuePartitionKey: stack },
                };
                return DBOS.startWorkflow(stackWorkflow, params)(task);
              }),
            );
            return { type: "begin" };
          case "cancel":
            await cancel(effect.stacks.map((stack) => idOf(state, stack)));
            return { type: "begin" };
          case "collect":
            return { type: "ended", results: await collect(effect.stacks.map((stack) => idOf(state, stack))) };
          case "gate": {
            const asked = { stacks: effect.stacks, control: effect.control, before };
            const { queues, ...result } = await DBOS.runStep(() => gate(asked), { name: "gate" });
            before = result.verdict === "pass" && !state.baked ? queues : undefined;
            return { type: "gate", ...result };
          }
          case "bake": {
            // A message that has no meaning now does not begin it again.
            until ??= (await DBOS.now()) + effect.seconds * 1000;
            const message = await DBOS.recv<Event>(names.control, { deadlineEpochMS: until, pollingIntervalMs: POLL });
            if (!message) until = undefined;
            return message ?? { type: "baked" };
          }
          case "wait":
            return (
              (await DBOS.recv<Event>(names.control, { timeoutSeconds: MONTH, pollingIntervalMs: POLL })) ?? {
                type: "begin",
              }
            );
          case "end":
            return { type: "begin" };
        }
      }

      /** What has happened, and what people have said meanwhile; an abort comes before all of it. */
      async function messages(done: readonly Effect[], last: Event): Promise<Event[]> {
        const abort = await DBOS.recv<Event>(names.abort, { timeoutSeconds: 0 });
        const busy = done.some((effect) => effect.do === "collect" || effect.do === "gate");
        const control = busy ? await DBOS.recv<Event>(names.control, { timeoutSeconds: 0 }) : null;
        return [...(abort ? [abort] : []), last, ...(control ? [control] : [])];
      }
    }),
    { name: names.rollout, maxRecoveryAttempts: 1000 },
  );
}

/** Whether the database is away, and not the work wrong. */
function isAway(error: unknown): boolean {
  const { code = "", message = "", cause } = error as { code?: string; message?: string; cause?: unknown };
  return AWAY.test(`${code} ${message}`) || (cause !== undefined && isAway(cause));
}

const AWAY = /ECONN|ENOENT .*PGSQL|EPIPE|57P0|onnection terminated|starting up|shutting down|not yet accepting/;

interface EndedWorkflow {
  readonly workflowID: string;
  readonly status: string;
  readonly output?: unknown;
}

function endOf({ workflowID, status, output }: EndedWorkflow): Result {
  const stack = workflowID.split(":").slice(1, -1).join(":");
  if (status === "CANCELLED") return { stack, state: "cancelled", seconds: 0, why: "" };
  if (status !== "SUCCESS") return { stack, state: "failed", seconds: 0, why: "a fault of postfix-relay; see its log" };
  const { state, began, ended, why } = output as StackResult;
  return { stack, state, seconds: Math.round((ended - began) / 1000), why: why[0] ?? "" };
}
