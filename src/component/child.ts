// One step on the host as a child of the Relay.

import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { warningsOf } from "../host/report.ts";
import type { Origin, Step } from "../host/steps.ts";
import { DIAL_ERRORS } from "../settings/defaults.ts";
import type { Connection, Credentials, Settings } from "../settings/settings.ts";
import type { Watched } from "./drift.ts";

interface Host {
  /** What public steps need. */
  readonly open: pulumi.Output<[Origin, Settings]>;
  /** What secret steps need. */
  readonly secret: pulumi.Output<[Origin, Settings, Credentials]>;
  /** How to log in; a secret. */
  readonly access: pulumi.Output<Connection>;
  /** The login user; public. */
  readonly user: pulumi.Output<string>;
  /** What the host itself says of each step. */
  readonly watched: Watched;
  /** What has to be there before the first step. */
  readonly after: pulumi.ResourceOptions["dependsOn"];
  /** Whether the host is gone for good. */
  readonly gone: boolean | undefined;
}

/** Makes the children of a Relay, each after all `earlier` ones. */
export function childrenOf(relay: pulumi.ComponentResource, name: string, host: Host) {
  const { access, user, watched, after, gone } = host;
  return (step: Step, ...earlier: remote.Command[]): remote.Command => {
    const stdin = stdinOf(step, host);
    const args = {
      connection: access.apply((access) => dialled(access, earlier.length === 0)),
      // A step that was never done on a host that is gone is done nowhere.
      ...(!gone && { create: user.apply(step.create), delete: step.delete && user.apply(step.delete), stdin }),
      // Installing packages can take minutes, so its progress is shown.
      logging: step.suffix === "packages" ? "stderr" : "none",
      addPreviousOutputInEnv: false,
    } as const;
    const opts = {
      parent: relay,
      dependsOn: earlier.at(-1) ?? after,
      // Undoing a step takes away what later ones build on; and old and new share one place on the host.
      replaceWith: earlier,
      deleteBeforeReplace: true,
      ...(gone ? { retainOnDelete: true, ignoreChanges: ["*"] } : watched(step, user)),
    };
    const child = traceless(() => new remote.Command(`${name}-${step.suffix}`, args, opts));
    if (!gone) child.stdout.apply((stdout) => warn(relay, warningsOf(step.suffix, stdout)));
    return child;
  };
}

/**
 * What `make` returns, made without stack traces. The SDK takes one for each property of a resource and has it looked up in
 * source maps: 0.06 s of a host, in each run, for traces that lead to this file. It shows them only in a debug mode.
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

const stdinOf = (step: Step, { open, secret }: Host) =>
  "stdin" in step ? open.apply((given) => step.stdin(...given)) : secret.apply((given) => step.secretStdin(...given));

/** Seconds that one attempt to connect may take. */
const DIAL_TIMEOUT = 15;

/**
 * The connection of a step. The first one tries once: a wrong key, which stays wrong, must not end in a ban by fail2ban.
 * Through a bastion it cannot, since sshd drops connections there when there are many.
 */
function dialled({ dialErrorLimit, proxy, ...direct }: Connection, isFirst: boolean) {
  const limits = {
    dialErrorLimit: dialErrorLimit ?? DIAL_ERRORS[isFirst && !proxy ? "first" : "others"],
    perDialTimeout: DIAL_TIMEOUT,
  };
  return { ...direct, ...limits, proxy: proxy && { ...proxy, ...limits } };
}

/** Logs the warnings of the last run of a step. A preview runs none. */
function warn(relay: pulumi.Resource, texts: readonly string[]): void {
  if (!pulumi.runtime.isDryRun()) for (const text of texts) pulumi.log.warn(text, relay);
}
