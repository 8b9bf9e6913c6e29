// The verbs that tell a rollout something: pause, approve, abort, resume, retry.

import { codes, Refused } from "../rollout/refused.ts";
import { GOOD, isOver, type StackState } from "../rollout/states.ts";
import { type RolloutStatus, waysOn } from "../rollout/status.ts";
import type { Store } from "../rollout/store.ts";
import type { RolloutRequest } from "./request.ts";
import { type Bench, drive } from "./rollout-drive.ts";
import { planFor } from "./rollout-plan.ts";
import { isAgreed, type RolloutWorld } from "./rollout-world.ts";

/** The one that is open, where none is named. */
export async function onlyOpen(store: Store): Promise<string> {
  const open = (await store.list()).filter((one) => !isOver(one));
  const [one] = open;
  if (one && open.length === 1) return one.id;
  throw new Refused(
    one ? `several rollouts are open; name one of ${open.map(({ id }) => id).join(", ")}` : "no rollout is open",
  );
}

/** Shows how a rollout is, and writes its reports; the exit code comes back. */
type Tell = (status: RolloutStatus, code: number) => number;

/** Verbs that tell a rollout something. */
export async function tell(
  request: RolloutRequest,
  status: RolloutStatus,
  bench: Bench,
  world: RolloutWorld,
  told: Tell,
): Promise<number> {
  const { verb } = request;
  const { id, phase, stacks } = status;
  const { store, say } = bench;
  if (isOver(status)) throw new Refused(`rollout ${id} is ${phase}; nothing can be changed about it any more`);
  const isServed = await store.isServed(id);
  const plan = await store.plan(id);
  const serve = async (event?: Parameters<Store["send"]>[1]) => {
    await store.unstick(id);
    const { status: after, code } = await drive({ resume: plan, event }, bench);
    return told(after, code);
  };
  switch (verb) {
    case "pause":
      await store.send(id, { type: "pause" });
      say(
        isServed
          ? "no more stacks are started; those that run end"
          : "no worker has it now; whoever resumes it finds the pause",
      );
      return 0;
    case "approve":
      if (phase !== "waiting") throw new Refused(`rollout ${id} waits for no approval, it is ${phase}`);
      await store.send(id, { type: "approve" });
      say(
        isServed
          ? "agreed; the next wave begins"
          : `agreed; begin the next wave with \`postfix-relay rollout resume ${id}\``,
      );
      return 0;
    case "abort":
      if (!isServed) return await serve({ type: "abort" });
      await store.send(id, { type: "abort" });
      say("no more stacks are started; those that run end");
      return 0;
    case "resume":
    case "retry": {
      if (isServed)
        throw new Refused(
          `a worker has rollout ${id}; look on with \`postfix-relay rollout watch ${id}\``,
          codes.unavailable,
        );
      const known = stacks.map(({ stack }) => stack);
      const unknown = request.names.filter((name) => !known.includes(name));
      if (unknown.length > 0)
        throw new Refused(`rollout ${id} has no stack ${unknown.join(", ")}; it has ${known.join(", ")}`);
      const left = stacks.filter(({ state }) => !GOOD.includes(state as StackState)).map(({ stack }) => stack);
      const changed = plan.waves
        .flat()
        .filter((one) => left.includes(one.stack) && bench.place.fingerprint(one.stack) !== one.fingerprint);
      const isRest = phase === "paused" || phase === "stopped";
      if (changed.length > 0 && isRest && !request.replan) {
        const names = changed.map(({ stack }) => stack).join(", ");
        throw new Refused(
          `since rollout ${id} began these stacks, or the program, have changed: ${names}; \`postfix-relay rollout resume ${id} --replan\` makes a new rollout of what is left`,
        );
      }
      if (request.replan) return await replan(request, left, bench, world, told);
      const event =
        verb === "retry" ? ({ type: "retry", stacks: request.names } as const) : ({ type: "resume" } as const);
      return await serve(isRest ? event : undefined);
    }
    default:
      throw new Refused(waysOn(status).join("; "));
  }
}

/** A new rollout of what is left, with the policy of the old one, which ends. */
async function replan(
  request: RolloutRequest,
  left: readonly string[],
  bench: Bench,
  world: RolloutWorld,
  told: Tell,
): Promise<number> {
  const old = await bench.store.plan(request.id ?? "");
  const sizes = old.waves.map((wave) => `${wave.length}`);
  const fresh = { ...planFor({ ...request, stacks: left, all: false, waves: sizes }, world), policy: old.policy };
  if (!(await isAgreed(fresh, request, world))) return codes.done;
  world.say(`rollout ${fresh.id} begins`);
  const { status, code } = await drive({ begin: fresh, instead: old.id }, bench);
  return told(status, code);
}
