// Whether receivers will accept the mail of a host: looked up once in a run for all hosts that have the same sender.

import * as pulumi from "@pulumi/pulumi";
import type { RelayArgs } from "../args/relay.ts";
import { type Acceptance, type Advised, acceptanceOf, Run } from "../deliverability/acceptance.ts";
import { Looks } from "../deliverability/dns.ts";
import type { Problem } from "../settings/problems.ts";
import type { Settings } from "../settings/settings.ts";
import { tell } from "./look-ups.ts";
import { monitorAddress } from "./sdk.ts";

/** By the stack as it runs now: a later run in the same process asks anew. */
const runs = new WeakMap<object, Run>();

/** Those of the plugin, which serves one program, and a preview before an update. */
const runsByMonitor = new Map<string, Run>();

/** What was looked up and shown in this run of a program, by its stack. */
export function runOf(stack: object | undefined): Run {
  const key = monitorAddress() ?? "";
  const run = (stack ? runs.get(stack) : runsByMonitor.get(key)) ?? new Run(new Looks());
  if (stack) runs.set(stack, run);
  else runsByMonitor.set(key, run);
  return run;
}

/** The verdicts about a host, as far as they are there already. */
export interface Acceptances {
  /** The errors; empty unless `mode` is "error". Warnings and notes are shown. */
  readonly problems: readonly Problem[];
  readonly outputs: Acceptance[];
}

const NONE: Acceptances = { problems: [], outputs: [] };

/**
 * Judges the senders of a host, and shows what no other host has shown. It does not fail: what cannot be looked up is
 * unknown. In a unit test with mocks there is no engine, and nobody is asked.
 */
export async function acceptancesOf(
  name: string,
  stack: object | undefined,
  settings: Settings,
  args: RelayArgs,
): Promise<Acceptances> {
  if (settings.deliverability.mode === "off" || settings.gone || !pulumi.runtime.getEngine()) return NONE;
  const run = runOf(stack);
  const advised: Advised[] = await run.judge(settings, accountOf(args)).catch(() => []);
  const problems = tell(name, [...run.findings(advised, settings), ...run.rest(advised, settings)]);
  return { problems, outputs: advised.map(acceptanceOf) };
}

/** The user name at the relay host where it is a mail address, and was given in plain text. */
function accountOf({ credentials }: RelayArgs): string | undefined {
  const { username } = (credentials ?? {}) as { readonly username?: unknown };
  return typeof username === "string" && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(username) ? username : undefined;
}
