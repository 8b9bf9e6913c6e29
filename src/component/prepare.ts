// Decisions before the steps of a Relay are made: whether its arguments are right, and what its host needs.

import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { RelayArgs } from "../args/relay.ts";
import type { Acceptance } from "../deliverability/acceptance.ts";
import type { HostDrift } from "../drift/drift.ts";
import type { Origin } from "../host/steps.ts";
import { type Files, publicFiles } from "../postfix/generation.ts";
import { throughProxy } from "../postfix/login-proxy.ts";
import type { Checked, Parsed } from "../settings/parse.ts";
import { type Problem, uniqueProblems } from "../settings/problems.ts";
import type { Connection, Credentials, Mailboxes, Settings } from "../settings/settings.ts";
import { type Acceptances, acceptancesOf, runOf } from "./acceptance.ts";
import { claim } from "./claims.ts";
import { canBring, driftSeen, lookAtHost, recordOn } from "./drift.ts";
import { hasFailed } from "./failure.ts";
import type { Member } from "./fleet-run.ts";
import { checkInputs } from "./inputs.ts";
import { InvalidArgs } from "./invalid-args.ts";
import { warnKeyless } from "./keyless.ts";
import { type Guarded, withFailures } from "./late.ts";
import { lookUp, lookUpsWith } from "./look-ups.ts";
import { originOf } from "./origin.ts";
import { isLater } from "./outputs.ts";
import { knownValue, type Settled, urnOf } from "./sdk.ts";

/** The arguments of a Relay on their way into its steps. */
export interface Given extends Guarded<RelayArgs> {
  /** The result of the check when the Relay was made. */
  readonly parsed: Parsed;
  /** The stack as it runs now, which has each host once. */
  readonly stack: object | undefined;
  /** What the Relay depends on. */
  readonly after: Promise<Settled>;
  /** Its place in a fleet. */
  readonly member: Member | undefined;
}

/** All that the steps of a Relay are made from. */
export interface Preparation {
  /** A name that no other Relay of the stack has. */
  readonly id: string;
  readonly settings: pulumi.Output<Settings>;
  /** The public files; none with wrong arguments. */
  readonly files: pulumi.Output<Files>;
  /** The values that public steps need: the settings as Postfix gets them. */
  readonly open: pulumi.Output<[Origin, Settings, Files]>;
  /** The values that secret steps need. */
  readonly secret: pulumi.Output<[Origin, Settings, Files, Credentials]>;
  /** The passwords of the mailboxes; a secret. */
  readonly mailboxes: pulumi.Output<Mailboxes>;
  /** The connection to the host; a secret. */
  readonly access: pulumi.Output<Connection>;
  /** The login user; public. */
  readonly user: pulumi.Output<string>;
  /** The resources that the first step depends on. */
  readonly after: readonly pulumi.Resource[];
  /** Whether the host is gone for good. */
  readonly gone: boolean | undefined;
  /** The drift to repair; undefined where there is none, or nobody looked. */
  readonly drift: HostDrift | undefined;
  /** Whether the program itself brings the tool to the host, so that the state does not hold it. */
  readonly brings: boolean;
  /** Whether the test message is looked for in a mailbox. */
  readonly inbox: boolean;
  /** What the host keeps of an earlier look into it; undefined where the host could not be asked. */
  readonly recorded: string | undefined;
  /** Whether receivers will accept its mail; undefined where a preview does not know its senders. */
  readonly acceptances: readonly Acceptance[] | undefined;
  /** The reason why nothing is done on the host. */
  readonly refusal: Refusal | undefined;
  /** The place of the Relay in a fleet. */
  readonly member: Member | undefined;
}

/** The reason why the steps of a Relay that is registered already are not run. */
export interface Refusal {
  /** Whether the Relay's own arguments are wrong; else the program has failed, such as in another Relay. */
  readonly own: boolean;
}

/**
 * Awaits what is known only later, the look-ups and the look at the host. It rejects nothing: a step that is not made
 * when the program ends is undone on its host.
 */
export async function prepare(relay: pulumi.ComponentResource, name: string, given: Given): Promise<Preparation> {
  const { args, parsed, after, member } = given;
  const { owner, originWith } = originOf(relay, name);
  const inputs = checkInputs(name, args, parsed);
  let unknown: string | undefined;
  const gather = (reason: string) => {
    unknown = reason;
  };
  const decided = await decide(relay, name, given, inputs, originWith, member && gather);
  const { drift, problems, acceptances, recorded } = decided;
  member?.looked(unknown);
  // The message is that of the error; the steps only say that they were not run.
  if (problems.length > 0) pulumi.log.error(new InvalidArgs(`Relay ${name}`, problems).message, relay);
  const own = problems.length > 0;
  const refusal = own || hasFailed() ? { own } : undefined;
  // Where a part is wrong, nothing is made from it.
  const checkedValue = <T>(part: pulumi.Output<Checked<T>>) => part.apply(({ value }) => value as T);
  const settings = checkedValue(inputs.settings);
  const access = checkedValue(inputs.access);
  const origin = settings.apply((settings) => originWith(settings?.formerly ?? []));
  // Where accounts are wrong, nothing is made from these either.
  const routed = pulumi
    .all([settings, inputs.kinds])
    .apply(([settings, kinds]) => (settings ? throughProxy(settings, kinds) : settings));
  const files = routed.apply((settings) => (refusal ? {} : publicFiles(owner, settings)));
  return {
    id: await idOf(relay, name),
    settings,
    files,
    open: pulumi.all([origin, routed, files]),
    secret: pulumi.all([origin, routed, files, checkedValue(inputs.account)]),
    mailboxes: checkedValue(inputs.mailboxes),
    access,
    user: inputs.user,
    after: await after.then(({ done, failed }) => [...done, ...failed]),
    gone: args.gone as boolean | undefined,
    drift,
    brings: decided.brings ?? true,
    inbox: decided.inbox ?? hasInbox(args, refusal !== undefined),
    recorded,
    acceptances,
    refusal,
    member,
  };
}

type Inputs = ReturnType<typeof checkInputs>;
type OriginWith = ReturnType<typeof originOf>["originWith"];

/**
 * Whether there is a mailbox, where the arguments as a whole are not known or wrong. What may have been registered is
 * registered again: it would be undone on the host.
 */
function hasInbox({ testDelivery }: RelayArgs, isRefused: boolean): boolean {
  if (isLater(testDelivery) || typeof testDelivery !== "object") return isRefused;
  return testDelivery?.inbox !== undefined;
}

interface Decided {
  readonly problems: readonly Problem[];
  readonly drift?: HostDrift;
  readonly brings?: boolean;
  readonly inbox?: boolean;
  readonly recorded?: string;
  readonly acceptances?: readonly Acceptance[];
}

/** The problems of the arguments, or else the drift of the host, and what receivers will do with its mail. */
async function decide(
  relay: pulumi.ComponentResource,
  name: string,
  { args, failures, parsed, stack }: Given,
  inputs: Inputs,
  originWith: OriginWith,
  gather?: (reason: string) => void,
): Promise<Decided> {
  try {
    // By then the program has run to its end, or to its error.
    const registered = await urnOf(relay).then(
      () => true,
      () => false,
    );
    const [settings, account, access, mailboxes] = await Promise.all([
      knownValue(inputs.settings),
      knownValue(inputs.account),
      knownValue(inputs.access),
      knownValue(inputs.mailboxes),
    ]);
    const inbox = settings?.value && settings.value.testDelivery.inbox !== undefined;
    const claimed = access?.value && !args.gone && !parsed.connection ? claim(stack, name, access.value) : [];
    // Beside the look at the host, unless an error is to end all before.
    const judging: Promise<Acceptances | undefined> = settings?.value
      ? acceptancesOf(name, stack, settings.value, args)
      : Promise.resolve(undefined);
    const run = runOf(stack);
    const isNew = (text: string) => run.isNew(text);
    const found = settings?.value ? await lookUp(name, settings.value, lookUpsWith(run.looks), isNew) : [];
    const refused = settings?.value?.deliverability.mode === "error" ? ((await judging)?.problems ?? []) : [];
    const own = [access, account, settings, mailboxes].flatMap((part) => part?.problems ?? []);
    const problems = [...withFailures(uniqueProblems(own), failures), ...claimed, ...found, ...refused];
    const undisturbed = async () => ({ problems, inbox, acceptances: (await judging)?.outputs });
    if (problems.length > 0) return await undisturbed();
    if (access?.value && !args.gone) await warnKeyless(name, access.value);
    if (!settings?.value || !access?.value || !registered || hasFailed()) return await undisturbed();
    const origin = await originWith(settings.value.formerly);
    const seen = await lookAtHost(settings.value, access.value);
    const drift = driftSeen(relay, name, origin, settings.value, seen, gather);
    const brings = canBring(settings.value, access.value, seen);
    return { ...(await undisturbed()), drift, brings, recorded: recordOn(seen, origin) };
  } catch (error) {
    // Nothing above should fail; if it does, the host stays as it is.
    const reason = error instanceof Error ? error.message : String(error);
    return { problems: [{ path: [], reason }] };
  }
}

/** The name of the Relay, and some digits of its URN: two Relays below different parents may have one name. */
async function idOf(relay: pulumi.Resource, name: string): Promise<string> {
  const urn = await urnOf(relay).catch(() => name);
  return `${name}-${createHash("sha256").update(urn).digest("hex").slice(0, 8)}`;
}
