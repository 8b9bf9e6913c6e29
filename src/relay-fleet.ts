import * as pulumi from "@pulumi/pulumi";
import type { RelayFleetArgs } from "./args.ts";
import type { Delivery } from "./delivery.ts";
import { problemsNow } from "./inputs.ts";
import { refuse } from "./invalid-args.ts";
import type { Problem } from "./problems.ts";
import { Relay } from "./relay.ts";
import { fleetProblems, inWaves } from "./waves.ts";

/**
 * One Relay for each host, in waves: a wave starts when every test delivery of the wave before is proven. After a
 * failure the hosts of later waves stay as they are; the next `pulumi up` goes on with them.
 */
export class RelayFleet extends pulumi.ComponentResource {
  /**
   * What became of the last test message of each host, by the host's name.
   */
  readonly deliveries: pulumi.Output<Record<string, Delivery>>;

  constructor(name: string, args: RelayFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`RelayFleet ${name}`, problemsOf(args));
    super(
      "postfix-relay:index:RelayFleet",
      name,
      { hosts: args.hosts.map(({ name }) => name), waves: args.waves },
      opts,
    );

    const deliveries: Record<string, pulumi.Output<Delivery>> = {};
    let after = opts?.dependsOn;
    for (const wave of inWaves(args.hosts, args.waves)) {
      after = wave.map(({ name, ...relay }) => {
        // The alias lets a Relay that once stood alone move into a fleet without being set up again.
        const aliases = [{ parent: pulumi.rootStackResource }];
        const child = new Relay(name, relay, { parent: this, dependsOn: after, aliases });
        deliveries[name] = child.delivery;
        return child;
      });
    }

    this.deliveries = pulumi.output(deliveries);
    this.registerOutputs({ deliveries: this.deliveries });
  }
}

/** What is already known to be wrong with the arguments of a fleet. */
function problemsOf({ hosts, waves }: RelayFleetArgs): Problem[] {
  if (!Array.isArray(hosts) || hosts.length === 0) return [{ path: ["hosts"], reason: "needs at least one host" }];
  const each = hosts.flatMap(({ name, ...relay }, index) =>
    problemsNow(name, relay).map(({ path, reason }) => ({ path: ["hosts", index, ...path], reason })),
  );
  return [...fleetProblems(hosts, waves), ...each];
}
