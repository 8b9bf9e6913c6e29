// `credentials rotate`: a new password into the configuration of many stacks, and the rollout that brings it to the
// hosts. It is in memory and on the stdin of `pulumi` alone.

import { enginePlace } from "../rollout/peers.ts";
import { stacksOf } from "../rollout/plan.ts";
import { codes, Refused } from "../rollout/refused.ts";
import { type Configured, isSame, lookBefore, type Rotated, rotate } from "../rollout/rotation.ts";
import { type Path, pathText } from "../settings/problems.ts";
import { accountSecrets, type NewAccount, secretPath } from "../stack/account.ts";
import { newPassword, passwordIn } from "./hidden.ts";
import { configOf, type SetConfig } from "./pulumi.ts";
import { Refusal } from "./refusal.ts";
import type { CredentialsRequest } from "./request.ts";
import { rollout } from "./rollout.ts";
import { planFor } from "./rollout-plan.ts";
import type { RolloutWorld } from "./rollout-world.ts";
import { counted } from "./states.ts";

/** What it touches beside the world of a rollout. */
export interface RotateWorld extends RolloutWorld {
  readonly set: SetConfig;
  /** Asks on the terminal without showing the answer; undefined where there is none. */
  readonly hidden: ((question: string) => Promise<string>) | undefined;
  /** All that comes on stdin. */
  readonly stdin: () => string;
  readonly progress: (text: string) => void;
}

/** Runs it; the exit code is that of the rollout. */
export async function rotateCredentials(request: CredentialsRequest, world: RotateWorld): Promise<number> {
  const { path, username, secret: name } = request;
  const word = accountSecrets[name];
  const { hidden, stdin, say } = world;
  const start = { ...request.rollout, verb: "start" };
  // Whatever would stop the rollout stops this before somebody is asked for a password.
  enginePlace();
  const { waves } = planFor(start, world);
  if (!world.ask && !start.yes)
    throw new Refused("there is no terminal to ask on; add --yes to start without a question");
  const before = await configurations(
    stacksOf({ waves }).map(({ stack }) => stack),
    world,
  );
  const piped = hidden ? undefined : passwordIn(stdin(), word);
  const told = lookBefore(before, { path, secret: name, username }, waves.length, piped);
  for (const line of told) say(line);

  const where = `postfix-relay:${pathText(secretPath(path, name).slice(0, -1))}`;
  const whose = username === undefined ? `for ${where}` : `for ${username} in ${where}`;
  const password = hidden ? await newPassword(hidden, whose, word) : (piped ?? "");
  const stacks = rotate(before, { path, secret: name, username }, password);
  const same = stacks.filter((one) => one.same).length;
  say(
    `a new ${word} ${whose} in ${counted(stacks.length, "stack")}${same > 0 ? `, of which ${same} have it already` : ""}`,
  );
  let written = false;
  const code = await rollout(start, world, async () => {
    await writeAll(stacks, path, { secret: password, name, username }, world);
    written = true;
  });
  if (written && code === codes.done)
    say("see with `postfix-relay credentials status` that every host has it, before the old one is revoked");
  return code;
}

/** The configuration of each stack. One that cannot be read stops all. */
async function configurations(stacks: readonly string[], { pulumi, progress }: RotateWorld): Promise<Configured[]> {
  const wrong: string[] = [];
  let done = 0;
  const found = await Promise.all(
    stacks.map(async (stack) => {
      const configuration = await configOf(pulumi, stack).catch((error) => {
        if (!(error instanceof Refusal)) throw error;
        wrong.push(`stack ${stack}: ${error.message}`);
        return undefined;
      });
      done += 1;
      progress(`asked pulumi for ${done} of ${stacks.length} stacks`);
      return configuration ? [{ stack, ...configuration }] : [];
    }),
  );
  progress("");
  if (wrong.length > 0) throw new Refusal([...wrong, "nothing was written"].join("\n"));
  return found.flat();
}

/** Writes all stacks, the values of each one after the other. The error names every stack that could not be written. */
async function writeAll(
  stacks: readonly Rotated[],
  path: Path,
  account: NewAccount,
  world: RotateWorld,
): Promise<void> {
  const { progress } = world;
  let done = 0;
  const failed = await Promise.all(
    stacks.map(async ({ stack, wanted, same }) => {
      const why = same ? undefined : await write(stack, wanted, path, account, world);
      done += 1;
      progress(`wrote ${done} of ${stacks.length} stacks`);
      return why === undefined ? [] : [`stack ${stack}: ${why}`];
    }),
  );
  progress("");
  const wrong = failed.flat();
  if (wrong.length === 0) return;
  const have = `${stacks.length - wrong.length} of ${stacks.length} stacks have the new ${accountSecrets[account.name]} in their files`;
  const way = "no host has been changed; mend this and run the same again, or revert the files";
  throw new Refusal([...wrong, `${have}, and ${way}`].join("\n"), codes.failed);
}

/** Writes one stack, and reads it back; the reason why it does not have the new password now, if that is so. */
async function write(
  stack: string,
  wanted: Rotated["wanted"],
  path: Path,
  { secret, name, username }: NewAccount,
  { set, pulumi }: RotateWorld,
): Promise<string | undefined> {
  const at = (where: Path) => `postfix-relay:${pathText(where)}`;
  try {
    await set(stack, at(secretPath(path, name)), secret, "secret");
    if (username !== undefined) await set(stack, at([...path, "username"]), username, "text");
    const now = await configOf(pulumi, stack);
    return isSame(now, wanted) ? undefined : "somebody else has written its file at the same time";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.message;
  }
}
