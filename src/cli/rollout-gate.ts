// What the gate of a rollout asks the hosts: whether the relay answers them, whether they have drifted, what waits.

import { type GateResult, judge, type Reading } from "../rollout/gate.ts";
import type { Reach } from "./act.ts";
import { askHost } from "./ask-host.ts";
import { detailsOf, type Seen, stateOf } from "./findings.ts";
import { inventoryOf } from "./inventory.ts";
import { Refusal } from "./refusal.ts";
import type { Target } from "./targets.ts";

type Asked = Pick<Reach, "pulumi" | "project" | "look" | "call">;

/** Hosts that were not changed and are asked beside the wave. */
const CONTROLS = 3;

/** The gate, for a project. */
export const gateOf =
  (asked: Asked) =>
  async ({
    stacks,
    control,
    before,
  }: {
    stacks: readonly string[];
    control: readonly string[];
    before?: GateResult["queues"];
  }): Promise<GateResult> => {
    try {
      const [wave, others] = await Promise.all([
        readings(stacks, asked),
        readings(control.slice(0, CONTROLS), asked).catch(() => []),
      ]);
      return judge(wave, others.slice(0, CONTROLS), before);
    } catch (error) {
      // Who cannot ask knows nothing of the hosts.
      const why = error instanceof Refusal ? error.message : "the hosts cannot be asked";
      return { verdict: "inconclusive", stacks, why, queues: {} };
    }
  };

async function readings(stacks: readonly string[], asked: Asked): Promise<Reading[]> {
  if (stacks.length === 0) return [];
  const { targets, unread } = await inventoryOf({ stacks, all: false }, { ...asked, progress: () => {} });
  const silent = unread.map(
    ({ stack, why }): Reading => ({ stack, host: "*", answered: "unknown", inSync: undefined, why, ...NOTHING }),
  );
  return [...(await Promise.all(targets.map((target) => readingOf(target, asked)))), ...silent];
}

const NOTHING = { deferred: undefined, waitsFor: "" };

async function readingOf({ login, ...target }: Target, { look, call }: Asked): Promise<Reading> {
  const { stack, host } = target;
  if (!login) return { stack, host, answered: "unknown", inSync: undefined, why: "no step was done on it", ...NOTHING };
  const seen: Seen = { ...target, look: await look(login) };
  const report = seen.look?.kind === "report" ? seen.look.report : undefined;
  const state = stateOf(seen);
  const known = { deferred: report?.deferred, waitsFor: report?.waitsFor ?? "" };
  const inSync = { "in-sync": true, "not-applied-yet": true, drift: false, "another-owner": false }[state as string];
  const about = detailsOf(seen)[0] ?? "";
  if (inSync === undefined) return { stack, host, answered: "unknown", inSync, why: about || state, ...known };
  const answer = await askHost(login, "probe", undefined, call);
  const answered = ({ answered: "yes", "not-answered": "no" } as const)[answer.state as string] ?? "unknown";
  return { stack, host, answered, inSync, why: inSync ? (answer.details[0] ?? "") : about, ...known };
}
