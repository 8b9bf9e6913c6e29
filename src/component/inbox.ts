// The proof in the inbox: looked for in the program, which has the mailbox's password, and kept on the host, so that it
// is a step that others can wait for.

import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Arrival, arrivalIn, arrivalOf, arrivalText, recordedIn } from "../deliverability/inbox/arrival.ts";
import { newerOf, patienceFor, type Sent } from "../deliverability/inbox/due.ts";
import { whereIn } from "../deliverability/inbox/where.ts";
import { type About, aboutOf, adviceOf, isQuiet, sentenceOf } from "../deliverability/inbox/words.ts";
import { fieldIn } from "../host/payload.ts";
import { sentOf } from "../host/report.ts";
import { type Origin, inbox as step } from "../host/steps.ts";
import type { Mailboxes, Settings } from "../settings/settings.ts";
import { type Told, warn } from "./child.ts";
import type { Preparation } from "./prepare.ts";

/** The reason where the host could not be asked what is known already. */
const UNASKED = "this host could not be asked what was found before";

/** The step that keeps what was found; `delivery` is the one that has sent the message. */
export function inboxStep(host: Preparation, delivery: remote.Command): Told {
  const found = () =>
    pulumi
      .all([delivery.stdout, host.open])
      .apply(([stdout, [origin, settings]]) => foundFor(host, origin, settings, sentOf(stdout)));
  // What was found is public, whatever it was found with.
  return { step, stdin: () => pulumi.unsecret(found()), kept: host.recorded === undefined };
}

/** The stdin of the step: what is known already, or what is found now. */
function foundFor(host: Preparation, origin: Origin, settings: Settings, sent: Sent): pulumi.Output<string> {
  const { mailboxes, recorded } = host;
  const { required = false } = settings.testDelivery.inbox ?? {};
  const text = (arrival: Arrival) => stdinFor(origin, sent, arrival, required, aboutOf(settings, host.acceptances));
  if (recorded === undefined) return pulumi.output(text(arrivalOf({ state: "unknown", why: UNASKED })));
  const before = recordedIn(recorded);
  const patience = patienceFor(sent, before, required, Date.now());
  if (before && patience === "none") return pulumi.output(text(before.arrival));
  // A preview looks into no mailbox. A text here would be another one than that of the update, which breaks a plan.
  if (pulumi.runtime.isDryRun()) return pulumi.output(pulumi.unknown as unknown as string);
  return mailboxes.apply(async (passwords) => {
    const found = await lookFor(settings, passwords, sent, patience === "once" ? "once" : "whole");
    return text(before && patience === "once" ? newerOf(before.arrival, found) : found);
  });
}

/** What reads mailboxes is loaded only when there is one to read. */
async function lookFor(
  { testDelivery }: Settings,
  passwords: Mailboxes,
  sent: Sent,
  patience: "once" | "whole",
): Promise<Arrival> {
  const where = whereIn(testDelivery, passwords);
  if (!where) return arrivalOf({ state: "unknown", why: "there is no mailbox to look into" });
  if (sent.token === "") return arrivalOf({ state: "unknown", why: "the test delivery does not tell its message" });
  const { prove } = await import("../deliverability/inbox/prove.ts");
  return await prove({ ...where, sent, patience });
}

/** The stdin of the step; where the inbox is required, with the reason why it fails. */
function stdinFor(origin: Origin, { token }: Sent, arrival: Arrival, required: boolean, about: About): string {
  const refusal =
    required && arrival.state !== "inbox"
      ? { why: sentenceOf(arrival, about), todo: adviceOf(arrival, about) }
      : undefined;
  return step.toldStdin(origin, { token: token || "none", text: arrivalText(arrival), refusal });
}

/** What the step has kept. */
export const arrivalOfStep = (child: remote.Command): pulumi.Output<Arrival> =>
  child.stdin.apply((text) => arrivalIn(fieldIn(text ?? "", "found")[0] ?? "") ?? arrivalOf({ state: "unknown" }));

/** Warns in each update of a message that is not in the inbox. */
export function warnOfArrival(relay: pulumi.Resource, child: remote.Command, host: Preparation): void {
  const { gone, refusal, recorded, settings } = host;
  if (gone || refusal) return;
  arrivalOfStep(child).apply((arrival) =>
    settings.apply((settings) => {
      const known = recorded === undefined ? arrivalOf({ state: "unknown", why: UNASKED }) : arrival;
      const text = `${pulumi.resourceName(relay)}: ${sentenceOf(known, aboutOf(settings, host.acceptances))}.`;
      if (!isQuiet(known)) warn(relay, [text]);
    }),
  );
}
