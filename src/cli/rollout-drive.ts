// A worker for one rollout, in this process: from its first step, or from where it was left, until it ends or waits.

import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { startWorker, type Worker, type WorkerOptions } from "../rollout/engine.ts";
import type { Plan } from "../rollout/plan.ts";
import { codes, Refused } from "../rollout/refused.ts";
import { type Event, isAtRest, isOver, type State } from "../rollout/states.ts";
import type { RolloutStatus } from "../rollout/status.ts";
import type { Store } from "../rollout/store.ts";
import { type Audience, Shown } from "./rollout-shown.ts";

/** What a worker needs of its machine. */
export interface Bench extends Audience, Pick<WorkerOptions, "url" | "project" | "place" | "gate" | "revive"> {
  readonly store: Store;
  readonly concurrency: number;
  /** A line for the developers. */
  readonly log: (text: string) => void;
}

/** What a rollout has to do as soon as a worker has it. */
export type Told =
  /** `instead` is one that is aborted first. */
  { readonly begin: Plan; readonly instead?: string } | { readonly resume: Plan; readonly event?: Event };

const POLL = 250;
/** Milliseconds between two looks into the database while things happen here, of which it has nothing to say. */
const LOOK = 5000;
/** Milliseconds in which a rollout that was left has to stay where it is. */
const CALM = 3000;
/** The same where another worker has it. */
const ELSEWHERE = 20_000;

/** Serves it; how it is when it ends or waits. 130 after Ctrl-C, 75 where another worker has it now. */
export async function drive(told: Told, bench: Bench): Promise<{ status: RolloutStatus; code: number }> {
  const { store, url, project, place, gate, revive } = bench;
  const plan = "begin" in told ? told.begin : told.resume;
  const shown = new Shown(plan, bench, await store.state(plan.id).catch(() => undefined));
  const token = `${process.pid}-${Date.now()}`;
  const event = "resume" in told ? told.event : undefined;
  let heard = false;
  let here: State | undefined;
  let lost = false;
  const worker = await startWorker({
    ...{ url, project, gate, revive, id: undefined, machine: hostname(), log: bench.log },
    concurrency: Math.min(bench.concurrency, plan.policy.concurrency),
    place: { ...place, tell: (stack, what) => shown.tell(stack, what) },
    observe: (of, state, events) => {
      if (of.id !== plan.id) return;
      if (events.some((event) => (event as { token?: string }).token === token)) heard = true;
      here = state;
      shown.step(state, events);
    },
    lost: () => {
      lost = true;
    },
  });
  const signals = listen(bench, plan.id);
  try {
    if ("begin" in told) {
      if (told.instead !== undefined) await abort(store, told.instead);
      await worker.begin(plan);
    } else if (event) await store.send(plan.id, Object.assign({}, event, { token }));
    const arrived = () => (heard || "begin" in told ? "all" : event ? "not yet" : "nothing");
    const known = { worker: worker.id, lost: () => lost, arrived, here: () => here };
    await untilRest(known, store, plan.id, shown);
    if (lost) {
      bench.say(
        "the database no longer sees this worker, so another one may have its work; jobs that run end by themselves",
      );
      return { status: await store.status(plan.id), code: codes.unavailable };
    }
  } finally {
    signals.stop();
    shown.end();
    await ended(worker);
  }
  const status = await store.status(plan.id);
  return { status, code: signals.interrupted() ? codes.interrupted : status.code };
}

/** Aborts one that nobody had. This process has it now; an engine cannot be started twice in one. */
async function abort(store: Store, id: string): Promise<void> {
  await store.unstick(id);
  await store.send(id, { type: "abort" });
  for (let waited = 0; waited < ELSEWHERE; waited += POLL) {
    const state = await store.state(id);
    if (state && isOver(state)) return;
    await sleep(POLL);
  }
  throw new Refused(`rollout ${id} could not be ended; try \`postfix-relay rollout abort ${id}\``, codes.unavailable);
}

const whereIs = ({ phase, wave, halt }: State) => JSON.stringify([phase, wave, halt]);

/** What the worker of this process knows. */
interface Known {
  /** Its name. */
  readonly worker: string;
  readonly lost: () => boolean;
  /** Whether what it was told has arrived, after all that had happened before; nothing if nothing was told. */
  readonly arrived: () => "all" | "not yet" | "nothing";
  /** Where the rollout is in this process, which goes through all of it again when it takes over. */
  readonly here: () => State | undefined;
}

/** Until nothing happens any more without somebody's word. */
async function untilRest({ worker, lost, arrived, here }: Known, store: Store, id: string, shown: Shown) {
  let since = Date.now();
  let looked = 0;
  let before = "";
  while (!lost()) {
    await sleep(POLL);
    shown.draw();
    const own = here();
    if (own && !isAtRest(own) && Date.now() - looked < LOOK) continue;
    looked = Date.now();
    // The database may be away for a while: the worker waits for it, and so do we.
    const state = await store.state(id).catch(() => undefined);
    if (!state) continue;
    const now = `${whereIs(state)} ${own && whereIs(own)}`;
    if (now !== before) since = Date.now();
    before = now;
    const calm = Date.now() - since;
    if (isOver(state) && (calm > CALM || (await store.isClosed(id).catch(() => false)))) return;
    if (!isAtRest(state) || arrived() === "not yet") continue;
    if (own && whereIs(own) === whereIs(state) && (arrived() === "all" || calm > CALM)) return;
    // Nobody else has it: this worker takes it over sooner or later.
    if (calm > ELSEWHERE && (await store.isServed(id, worker).catch(() => false))) return;
  }
}

/** Not longer than a moment: what does not end by then ends with the process. */
const ended = (worker: Worker) => Promise.race([worker.end(), sleep(5000, undefined, { ref: false })]).catch(() => {});

/** Ctrl-C once: no more stacks. Twice: leave at once; jobs that run end by themselves. */
function listen({ store, say }: Bench, id: string) {
  let count = 0;
  const heard = () => {
    count += 1;
    if (count > 1) process.exit(codes.interrupted);
    say("no more stacks are started; once more leaves at once, and what runs ends by itself");
    store.send(id, { type: "pause", why: "interrupted from the keyboard" }).catch(() => {});
  };
  const leave = () => process.exit(codes.interrupted);
  process.on("SIGINT", heard);
  process.on("SIGTERM", leave);
  process.on("SIGHUP", leave);
  return {
    interrupted: () => count > 0,
    stop: () => {
      process.off("SIGINT", heard);
      process.off("SIGTERM", leave);
      process.off("SIGHUP", leave);
    },
  };
}
