// The command `credentials`, from what was asked for to its exit code: who has which password.

import { randomBytes } from "node:crypto";
import { z } from "zod";
import { isOf } from "../drift/drift.ts";
import { atOnce } from "../host/at-once.ts";
import { words } from "../host/said.ts";
import { answerTo, type Holder, type HostAnswer, holders, isRevocable, verdictOn } from "../rollout/holders.ts";
import { Refused } from "../rollout/refused.ts";
import { problemText } from "../settings/problems.ts";
import { rendered } from "../stack/account.ts";
import { answerOf, type Call } from "./ask-host.ts";
import { USAGE } from "./exit-codes.ts";
import { configOf, stateOf } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import type { CredentialsRequest } from "./request.ts";
import { chosenStacks } from "./rollout-plan.ts";
import type { RotateWorld } from "./rotate.ts";
import { relaysIn } from "./state.ts";
import { worst } from "./states.ts";
import { rowsText } from "./table.ts";
import type { LeftOut, Target } from "./targets.ts";
import type { Verdict } from "./verbs.ts";

/** All that the command touches. */
export interface CredentialsWorld extends RotateWorld {
  readonly progress: (text: string) => void;
  /** Columns of the terminal; Infinity where it is none. */
  readonly width: number;
  /** Whether the table has colours. */
  readonly colorTable: boolean;
}

/** Runs it; the exit code. */
export async function credentials(request: CredentialsRequest, world: CredentialsWorld): Promise<number> {
  try {
    if (request.verb !== "rotate") return await status(request, world);
    // The engine of rollouts is loaded for that alone.
    const { rotateCredentials } = await import("./rotate.ts");
    return await rotateCredentials(request, world);
  } catch (error) {
    throw error instanceof Refused ? new Refusal(error.message, error.code) : error;
  }
}

/** A host to ask, and what it has to have. */
interface Asked extends Pick<Target, "stack" | "host" | "login" | "owners"> {
  readonly wanted: string | undefined;
}

/** Hosts that are asked at the same time. */
const ASKED = 32;

async function status({ rollout }: CredentialsRequest, world: CredentialsWorld): Promise<number> {
  const { project, progress, print, say, width, colorTable: color } = world;
  const stacks = chosenStacks(project, rollout).map(({ stack }) => stack);
  let done = 0;
  const found = await Promise.all(
    stacks.map(async (stack) => {
      const hosts = await hostsOf(stack, world);
      done += 1;
      progress(`asked pulumi for ${done} of ${stacks.length} stacks`);
      return hosts;
    }),
  );
  const unread = found.flatMap((one) => ("why" in one ? [one] : []));
  const hosts = found.flatMap((one) => ("why" in one ? [] : one));
  // A new one for each call, so that no answer tells anything to whoever has seen an earlier one.
  const nonce = randomBytes(32).toString("hex");
  const inTurn = atOnce(ASKED);
  let answered = 0;
  const answers = await Promise.all(
    hosts.map(async (one) => {
      const answer = await inTurn(() => ask(one, nonce, world.call));
      answered += 1;
      progress(`${answered} of ${hosts.length} hosts have answered`);
      return answer;
    }),
  );
  progress("");
  const held = holders(answers);
  if (rollout.json) print(jsonOf(held, unread));
  else {
    if (held.length > 0) print(`${rowsText(held.map(rowOf), { width, color })}\n`);
    print(`${verdictOn(held, unread)}\n`);
  }
  for (const { stack, why } of unread) say(`stack ${stack}: ${why}`);
  const code = worst(held.map(({ state }) => CODES[state]));
  return code === 0 && unread.length > 0 ? 2 : code;
}

const CODES = { current: 0, other: 1, unknown: 2 } as const;
const COLORS = { current: "green", other: "red", unknown: "yellow" } as const;

const rowOf = ({ stack, host, state, group, details }: Holder) => ({
  ...{ stack, host, details },
  word: group === null ? state : `group ${group}`,
  color: COLORS[state],
});

const jsonOf = (held: readonly Holder[], unread: readonly LeftOut[]) =>
  `${JSON.stringify({ version: 1, hosts: held, unread, revocable: isRevocable(held, unread) }, null, 2)}\n`;

/** The hosts of a stack with what each has to have: those of its configuration, and those that only its state has. */
async function hostsOf(stack: string, { pulumi }: CredentialsWorld): Promise<Asked[] | LeftOut> {
  try {
    const [configuration, state] = await Promise.all([configOf(pulumi, stack), stateOf(pulumi, stack)]);
    const { files, gone, problems } = rendered(configuration);
    if (problems) return { stack, why: problemText("its configuration has mistakes", problems) };
    const relays = relaysIn(state).filter(({ name, args }) => !gone.includes(name) && args.gone !== true);
    const names = [...new Set([...files.keys(), ...relays.map(({ name }) => name)])];
    return names.map((host) => {
      const relay = relays.find(({ name }) => name === host);
      return { stack, host, login: relay?.login, owners: relay?.owners ?? [], wanted: files.get(host) };
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { stack, why: error.code === USAGE ? "the backend has no stack of that name" : error.message };
  }
}

const report = z.object({
  owner: words,
  mark: z.string(),
  answer: z.string().regex(/^([0-9a-f]{64})?$/),
  why: words,
});

const MARKS: Readonly<Record<string, string>> = {
  paused: "mail is paused until a new password is proven",
  "rolled-back": "the configuration was rolled back by hand",
};

function read(value: unknown): Verdict | undefined {
  const { data } = report.safeParse(value);
  return data && { state: "answered", color: "green", code: 0, details: [MARKS[data.mark] ?? []].flat() };
}

/** Seconds that a host has. */
const PATIENCE = 20;

/** Asks a host. Its answer is compared, and in nothing that is shown. */
async function ask({ login, owners, wanted, ...one }: Asked, nonce: string, call: Call): Promise<HostAnswer> {
  const expected = wanted === undefined ? undefined : answerTo(nonce, wanted);
  const silent = (...details: string[]) => ({ ...one, answer: undefined, wanted: expected, details });
  if (login === undefined) return silent("`pulumi up` sets it up");
  const output = call(login, "credential", PATIENCE, `${nonce}\n`);
  const { details, report: given } = await answerOf("credential", { read }, login, output);
  const said = report.safeParse(given).data;
  if (!said) return silent(...details);
  if (!isOf(owners, said.owner)) return silent(`it belongs to another Relay, ${said.owner}`);
  if (said.answer === "") return silent(said.why || "it gives no answer");
  return { ...one, answer: said.answer, wanted: expected, details };
}
