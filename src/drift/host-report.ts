// The output of `postrelay check`: docs/check.schema.json is made from this.

import { z } from "zod";
import { count, list, note, token, words } from "../host/said.ts";

/** The report of a host about itself. */
export const hostReport = z
  .object({
    postrelay: z.literal("check"),
    version: z.literal(1).describe("Version of this format."),
    sync: z.enum(["yes", "no", "unknown"]).describe("Whether the host matches what was proven."),
    why: words.describe("Why that is unknown, when sync is unknown."),
    live: words.describe(
      "`original` when no postfix-relay configuration is live; else a label of the configuration and its state: proven, paused (mail waits for a new password) or rolled-back.",
    ),
    owner: words.describe("PROJECT/STACK/NAME of the Relay that manages the host."),
    differences: list.describe(
      "What no longer matches what was proven and `pulumi up` repairs, in words, a difference each: the value that is, and the one that was proven.",
    ),
    told: list
      .default([])
      .describe("What an operator has to do or to know, and no step repairs: such as a disk that is full."),
    steps: z.array(token).max(20).describe("The steps of the Relay that repair it: packages, main-cf, …"),
    id: token.describe(
      "A name for this drift: the same drift later, after a repair, has another one. Empty without drift.",
    ),
    seen: note
      .default("")
      .describe("What `pulumi up` has found in the mailbox of `testDelivery.inbox` last: of which message, and JSON."),
    postfixVersion: token.describe("Version of Postfix; empty when it is not installed."),
    active: count.describe("Messages in the queue that are, or will be, tried now."),
    deferred: count.describe("Messages in the queue that wait for another try."),
    hold: count.describe("Messages on hold."),
    oldestSeconds: count.describe("Age of the oldest message in the queue; 0 when it is empty."),
    waitsFor: words.describe("The most frequent reason that messages wait, without addresses."),
    relayed: count.describe("When mail last left by the relay, in seconds since 1970; 0 when that is not known."),
    relayedAnswer: words.describe("What the relay host answered then."),
  })
  .describe("The report of `postrelay check` on a host. Exit code: 0 in sync, 1 drift, 2 unknown.");

/** The report of a host about itself. */
export type HostReport = z.infer<typeof hostReport>;
