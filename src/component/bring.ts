// The host tool on its way: the program itself brings it, before the step that installs it. In the stdin of that step
// it would be in Pulumi's state, twice for each host, and most of it: the engine writes all of that at each step.

import { AsyncResource } from "node:async_hooks";
import { setTimeout as pause } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { failedLook, type Look } from "../drift/look.ts";
import { atOnce } from "../host/at-once.ts";
import { clean } from "../host/clean.ts";
import { LONGEST_ANSWER } from "../host/said.ts";
import { installer } from "../host/tool.ts";
import { DIAL_ERRORS } from "../settings/defaults.ts";
import type { Connection } from "../settings/settings.ts";
import { LoginRefused, type Output, run, WrongHostKey } from "../ssh/session.ts";
import type { Preparation } from "./prepare.ts";
import { knownValue } from "./sdk.ts";

/** Hosts that are brought it at the same time. */
const inTurn = atOnce(32);

/** Milliseconds for one try. */
const LIMIT = 30_000;

/** The hook that brings it; none where nothing is done on the host. */
export function bringHook({ id, access, gone, refusal, member, brings }: Preparation): pulumi.ResourceHook | undefined {
  if (!brings || gone || refusal || !pulumi.runtime.getEngine()) return undefined;
  const bring = async () => {
    const connection = await knownValue(access);
    if (!connection) throw new Error("the connection to the host is not known");
    try {
      await inTurn(() => bringTool(connection));
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      // The engine tells nobody else of a hook that has failed.
      await member?.failed([failure.message]);
      throw failure;
    }
  };
  return new pulumi.ResourceHook(`${id}-tool`, AsyncResource.bind(bring));
}

/**
 * Failed attempts to connect that are tried again. The first step tries once: a wrong key, which stays wrong, must not
 * end in a ban by fail2ban. Through a bastion it cannot, since sshd drops connections there when there are many.
 */
export const dialErrors = ({ dialErrorLimit, proxy }: Connection, isFirst: boolean): number =>
  dialErrorLimit ?? DIAL_ERRORS[isFirst && !proxy ? "first" : "others"];

/** Brings it, with as many tries as the first step has. An error says what is in the way, and what to do. */
async function bringTool(connection: Connection): Promise<void> {
  const tries = 1 + dialErrors(connection, true);
  for (let turn = 1; ; turn++) {
    try {
      return told(await run(connection, "sh -s bring 2>&1", { time: LIMIT, bytes: LONGEST_ANSWER }, installer("")));
    } catch (error) {
      if (error instanceof Told) throw error;
      const what = kindOf(error);
      if (what !== UNREACHABLE || turn >= tries) throw new Told(`${what}: ${reasonOf(failedLook(error, connection))}`);
      await pause(1000 * turn);
    }
  }
}

const UNREACHABLE = "the host cannot be reached";

/** What kind of failure a connection has, in the words of SSH where these are usual. */
function kindOf(error: unknown): string {
  if (error instanceof WrongHostKey) return "host key mismatch";
  return error instanceof LoginRefused ? "unable to authenticate" : UNREACHABLE;
}

/** An error in our own words. */
class Told extends Error {}

const reasonOf = (look: Look): string => ("reason" in look ? look.reason : "");

/** The lines of a refusal (src/host/root.sh). */
const OWN = /^(postrelay: |What to do: |Nothing was changed)/;

/**
 * Nothing where the host has it; else an error with its words, among whatever its login shell prints. A line that only
 * the host knows begins none in the error.
 */
function told({ code, stdout }: Output): void {
  if (code === 0) return;
  const lines = stdout.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  const own = lines.filter((line) => OWN.test(line)).slice(0, 3);
  const said = own.length > 0 ? own : [`the host does not take the tool: ${lines.at(-1) ?? `exit code ${code}`}`];
  throw new Told(said.map((line) => clean(line)).join("\n"));
}
