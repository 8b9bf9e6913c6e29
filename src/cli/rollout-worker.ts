// A worker that helps with all rollouts of a database, until somebody stops it.

import { hostname } from "node:os";
import { startWorker } from "../rollout/engine.ts";
import { codes } from "../rollout/refused.ts";
import type { RolloutRequest } from "./request.ts";
import type { Bench } from "./rollout-drive.ts";
import { bearable } from "./rollout-plan.ts";

/** Runs it; the exit code. */
export async function worker(request: RolloutRequest, bench: Bench): Promise<number> {
  const { url, project, gate, revive, say, log } = bench;
  let over: (code: number) => void = () => {};
  const end = new Promise<number>((resolve) => {
    over = resolve;
  });
  const running = await startWorker({
    ...{ url, project, gate, revive, log, id: request.workerId, machine: hostname() },
    concurrency: request.concurrency ?? bearable(),
    place: {
      ...bench.place,
      tell: (stack, what) => say(`[${new Date().toTimeString().slice(0, 8)}] ${stack} ${what}`),
    },
    observe: () => {},
    lost: () => over(codes.unavailable),
  });
  say(`worker ${running.id} is at work; Ctrl-C ends it, and what runs ends by itself`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => over(codes.interrupted));
  const code = await end;
  if (code === codes.unavailable) say("the database no longer sees this worker, so another one may have its work");
  await Promise.race([running.end(), new Promise((done) => setTimeout(done, 5000).unref())]);
  return code;
}
