import * as pulumi from "@pulumi/pulumi";
import type { RelayArgs, RelayFleetArgs } from "./args.ts";
import type { Delivery } from "./delivery.ts";
import { formerlyProblems, problemsNow } from "./inputs.ts";
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
    refuse(`RelayFleet ${name}`, fleetArgsProblems(args));
    super(
      "postfix-relay:index:RelayFleet",
      name,
      { hosts: args.hosts.map(({ name }) => name), waves: args.waves, formerly: args.formerly },
      opts,
    );

    const deliveries: Record<string, pulumi.Output<Delivery>> = {};
    let after = opts?.dependsOn;
    for (const wave of inWaves(args.hosts, args.waves)) {
      after = wave.map(({ name, ...relay }) => {
        // The alias lets a Relay that once stood alone move into a fleet without being set up again.
        const aliases = [{ parent: pulumi.rootStackResource }];
        const formerly = both(args.formerly, relay.formerly);
        const child = new Relay(name, { ...relay, formerly }, { parent: this, dependsOn: after, aliases });
        deliveries[name] = child.delivery;
        return child;
      });
    }

    this.deliveries = pulumi.output(deliveries);
    this.registerOutputs({ deliveries: this.deliveries });
  }
}

type Formerly = RelayArgs["formerly"];

/** The earlier owners of all hosts, and those of one. */
function both(all: Formerly, own: Formerly): Formerly {
  if (Array.isArray(all) && Array.isArray(own)) return [...all, ...own];
  return all && own ? pulumi.all([all, own]).apply((lists) => lists.flat()) : (own ?? all);
}

/** What is already known to be wrong with the arguments of a fleet. */
export function fleetArgsProblems({ hosts, waves, formerly }: RelayFleetArgs): Problem[] {
  if (!Array.isArray(hosts) || hosts.length === 0) return [{ path: ["hosts"], reason: "needs at least one host" }];
  const each = hosts.flatMap(({ name, ...relay }, index) =>
    problemsNow(name, relay).map(({ path, reason }) => ({ path: ["hosts", index, ...path], reason })),
  );
  return [...fleetProblems(hosts, waves), ...formerlyProblems(formerly), ...each];
}
