// One step on the host as a child of the Relay.

import { AsyncResource } from "node:async_hooks";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { HostDrift } from "../drift/drift.ts";
import { isRepairCommand, repairCommand } from "../host/command.ts";
import { warningsOf } from "../host/report.ts";
import { type AnyStep, packagesBrought, type Step, type ToldStep } from "../host/steps.ts";
import type { Connection } from "../settings/settings.ts";
import { bringHook, dialErrors } from "./bring.ts";
import { hasFailed, noteFailedStep } from "./failure.ts";
import type { Preparation, Refusal } from "./prepare.ts";
import { hasErrorHooks, settle } from "./sdk.ts";

/** A step whose stdin is made when the ones before are done. */
export interface Told {
  readonly step: ToldStep;
  readonly stdin: () => pulumi.Output<string>;
  /** Whether nothing is known that would be a change of it. */
  readonly kept: boolean;
}

/**
 * Makes the children of a Relay, each when the engine is done with those that it `needs`. It is replaced with these
 * and with those that are `earlier` still: what it has done on the host is built on all of them.
 */
export function childrenOf(relay: pulumi.ComponentResource, name: string, host: Preparation) {
  const { access, user, after, gone, refusal } = host;
  const begun = new Set<string>();
  const guard = guardHook(host, begun);
  const bring = bringHook(host);
  const failed = failureHook(host);
  return async (
    made: Step | Told,
    needs: readonly remote.Command[],
    earlier: readonly remote.Command[] = [],
  ): Promise<remote.Command> => {
    const step = "step" in made ? made.step : made;
    const childName = `${name}-${step.suffix}`;
    const brought = step === packagesBrought && bring ? [bring] : [];
    const needed = await settled(needs);
    const all = [...(await settled(earlier)).resources, ...needed.resources];
    const args = {
      connection: access.apply((access) => (refusal ? NOWHERE : dialOptions(access, needs.length === 0))),
      // A step that was never done on a host that is gone is done nowhere.
      ...(!gone && { create: user.apply(step.create), delete: step.delete && user.apply(step.delete) }),
      ...(!gone && { stdin: stdinOf(made, host, needed.isFailed) }),
      ...updateOf(step, host),
      // Installing packages can take minutes, so its progress is shown.
      logging: step.suffix === "packages" ? "stderr" : "none",
      addPreviousOutputInEnv: false,
    } as const;
    const opts: pulumi.CustomResourceOptions = {
      parent: relay,
      dependsOn: needs.length > 0 ? needed.resources : [...after],
      // Undoing a step takes away what later ones build on; and old and new share one place on the host.
      replaceWith: all,
      deleteBeforeReplace: true,
      retainOnDelete: gone,
      ignoreChanges: ignoredInputs(step, host, "kept" in made && made.kept),
      hooks: guard && {
        beforeCreate: [guard, ...brought],
        beforeUpdate: [guard, requireOwnCommand, ...brought],
        ...failed,
      },
    };
    const child = traceless(() => new remote.Command(childName, args, opts));
    // Before the errors of whatever needs its outputs are logged.
    if (!refusal) void settle(child).then(({ failed }) => noteOutcome(step, failed.length > 0, host));
    if (!gone && !refusal) child.stdout.apply((stdout) => warn(relay, reportedBy(step, stdout, begun.has(childName))));
    return child;
  };
}

/** Steps that the engine is done with, and whether one of them has failed. */
async function settled(steps: readonly remote.Command[]) {
  const before = await Promise.all(steps.map((one) => settle(one)));
  return {
    resources: before.flatMap(({ done, failed }) => [...done, ...failed]),
    isFailed: before.some(({ failed }) => failed.length > 0),
  };
}

/**
 * The result of `make`, without stack traces. The SDK takes one for each property of a resource and looks it up in
 * source maps: 0.06 s for each host, in each run, for traces that lead to this file. It shows them only in a debug
 * mode.
 */
export function traceless<T>(make: () => T): T {
  const limit = Error.stackTraceLimit;
  if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/**
 * With wrong arguments there is nothing to send; what it would be made from is still what the step depends on. Of a
 * step that failed nothing is known, and whoever asks for its outputs is not registered.
 */
function stdinOf(step: Step | Told, { open, secret, refusal }: Preparation, isSkipped: boolean): pulumi.Output<string> {
  if ("kept" in step) return refusal || isSkipped ? pulumi.output("") : step.stdin();
  if ("stdin" in step) return open.apply((given) => (refusal ? "" : step.stdin(...given)));
  return secret.apply((given) => (refusal ? "" : step.secretStdin(...given)));
}

/**
 * The command for an update where it is not that for a create. A step that has to be done again, since the host is no
 * longer as it was proven, names this drift, which is a change. With wrong arguments the last step has a change that
 * cannot be made: so it fails, and nothing that waits for this host is done.
 */
function updateOf(step: AnyStep, { user, drift, refusal, gone }: Preparation): { update?: pulumi.Output<string> } {
  if (refusal) return isForcedToFail(step, refusal) ? { update: pulumi.output(REFUSED) } : {};
  if (gone || !isRepaired(step, drift)) return {};
  return { update: user.apply((user) => repairCommand(step.create(user), drift.id)) };
}

/** The inputs that make no change. The `update` of an earlier drift is kept, since to drop it would be one. */
function ignoredInputs(step: AnyStep, { drift, refusal, gone }: Preparation, keepsStdin: boolean): string[] {
  if (gone) return ["*"];
  if (refusal)
    return isForcedToFail(step, refusal)
      ? ["connection", "create", "delete", "stdin", "logging", "addPreviousOutputInEnv"]
      : ["*"];
  return [...(isRepaired(step, drift) ? [] : ["update"]), ...(keepsStdin ? ["stdin"] : [])];
}

const isRepaired = ({ suffix }: AnyStep, drift: HostDrift | undefined): drift is HostDrift =>
  suffix !== "inbox" && drift?.steps.includes(suffix) === true;

const isForcedToFail = (step: AnyStep, { own }: Refusal) => own && step.suffix === "delivery";

/** Never dialled, and never run: a hook ends the step before. */
const NOWHERE = { host: "nowhere.example.com" };
const REFUSED = "false # the arguments are wrong";

/**
 * A hook that ends a step before it begins: where the arguments are wrong, and from the moment on when the program has
 * failed. Steps that do begin are noted in `begun`. In a unit test with mocks there is no engine that would know hooks.
 */
function guardHook({ id, gone, refusal }: Preparation, begun: Set<string>): pulumi.ResourceHook | undefined {
  if (gone || !pulumi.runtime.getEngine()) return undefined;
  const guard = ({ name }: pulumi.ResourceHookArgs) => {
    if (refusal?.own) throw new Error("the arguments are wrong: nothing is done on the host");
    if (hasFailed()) throw new Error("the program has failed: nothing is done on the host");
    begun.add(name);
  };
  // The engine calls a hook outside of the program that it belongs to, of which there may be several in one process.
  return new pulumi.ResourceHook(`${id}-guard`, AsyncResource.bind(guard), { onDryRun: refusal?.own });
}

/** A step is done: it has failed, or was the last one of its host. */
function noteOutcome(step: AnyStep, hasFailed: boolean, { member, inbox }: Preparation): void {
  if (hasFailed) noteFailedStep();
  else if (step.suffix === (inbox ? "inbox" : "delivery")) member?.proven();
}

/**
 * A hook that tells a fleet of a failed step. It is called while the engine still listens, in every kind of program;
 * what a program says after the failure may be lost. Nothing is tried again.
 */
function failureHook({ id, gone, refusal, member }: Preparation): pulumi.ResourceHookBinding | undefined {
  if (!member || gone || refusal || !hasErrorHooks()) return undefined;
  const tell = AsyncResource.bind(async ({ errors }: pulumi.ErrorHookArgs) => {
    await member.failed(errors);
    return false;
  });
  return { onError: [new pulumi.ErrorHook(`${id}-failure`, tell)] };
}

/**
 * Ends an update whose command was not made here. The state keeps the one of an earlier drift, and hosts had a part in
 * that before.
 */
function requireOwnCommand({ newInputs }: pulumi.ResourceHookArgs): void {
  const { create, update } = newInputs ?? {};
  if (update === undefined || update === REFUSED || isRepairCommand(String(create), String(update))) return;
  throw new Error(
    "the state has a command for this step (`update`) that this program did not make, and it was not run: remove it " +
      "there (`pulumi state edit`) and run `pulumi up` again",
  );
}

/**
 * What a step reports, and, where it has run in this update, what it has done. No hook after the step does this: Ctrl-C
 * ends the program first, and the engine takes a hook that does not answer for a step that has failed.
 */
function reportedBy(step: AnyStep, stdout: string, isNew: boolean): string[] {
  const { states, events } = warningsOf(step.suffix, stdout);
  return isNew ? [...states, ...events] : states;
}

/** Seconds that one attempt to connect may take. */
const DIAL_TIMEOUT = 15;

/** The connection of a step. */
function dialOptions(connection: Connection, isFirst: boolean) {
  const limits = { dialErrorLimit: dialErrors(connection, isFirst), perDialTimeout: DIAL_TIMEOUT };
  return { ...connection, ...limits, proxy: connection.proxy && { ...connection.proxy, ...limits } };
}

/** Logs the warnings of the last run of a step. A preview runs none. */
export function warn(relay: pulumi.Resource, texts: readonly string[]): void {
  if (!pulumi.runtime.isDryRun()) for (const text of texts) pulumi.log.warn(text, relay);
}
