import * as pulumi from "@pulumi/pulumi";
import type { RelayFleetArgs } from "../args/fleet.ts";
import type { RelayArgs } from "../args/relay.ts";
import { type Acceptance, distinctAcceptances } from "../deliverability/acceptance.ts";
import type { Arrival } from "../deliverability/inbox/arrival.ts";
import type { Delivery } from "../host/delivery.ts";
import { inWaves, parseFleet } from "../settings/fleet.ts";
import type { Parsed } from "../settings/parse.ts";
import type { Problem } from "../settings/problems.ts";
import { FleetRun, tellAbout, withMember } from "./fleet-run.ts";
import { formerlyProblems, parseKnown } from "./inputs.ts";
import { refuse } from "./invalid-args.ts";
import { hasLater } from "./outputs.ts";
import { withParsed } from "./parsed.ts";
import { Relay } from "./relay.ts";

/**
 * One Relay for each host, in waves: a wave starts when every test delivery of the wave before is proven. After a
 * failure the hosts of later waves stay as they are until the next `pulumi up`.
 */
export class RelayFleet extends pulumi.ComponentResource {
  /**
   * The outcome of the last test delivery of each host, by the host's name.
   */
  readonly deliveries: pulumi.Output<Record<string, Delivery>>;
  /**
   * Whether receivers will accept the mail of the hosts, as the DNS shows it: each domain that they send from, by each
   * relay host. Empty where nothing was looked up.
   */
  readonly deliverability: pulumi.Output<Acceptance[]>;
  /**
   * What has become of the test message in the mailbox, by the name of the host, for those that have
   * `testDelivery.inbox`.
   */
  readonly inboxes: pulumi.Output<Record<string, Arrival>>;

  constructor(name: string, args: RelayFleetArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hosts, problems } = parseHosts(args);
    refuse(`RelayFleet ${name}`, problems);
    super(
      "postfix-relay:index:RelayFleet",
      name,
      { hosts: hosts.map(({ name }) => name), waves: args.waves, formerly: args.formerly },
      opts,
    );

    const deliveries: Record<string, pulumi.Output<Delivery>> = {};
    const acceptances: pulumi.Output<Acceptance[]>[] = [];
    const inboxes: Record<string, pulumi.Output<Arrival | undefined>> = {};
    let after = opts?.dependsOn;
    const waves = inWaves(hosts, args.waves);
    const there = waves.map((wave) => wave.filter(({ gone }) => !gone).map(({ name }) => name));
    const run = new FleetRun(
      there.filter((names) => names.length > 0),
      tellAbout(this),
    );
    if (pulumi.runtime.isDryRun()) run.announce();
    for (const [index, wave] of waves.entries()) {
      after = wave.map(({ name, relay: args, gone }) => {
        const relay = gone ? args : withMember(args, run.member(name, index));
        // The alias lets a Relay that once stood alone move into a fleet without being set up again.
        const aliases = [{ parent: pulumi.rootStackResource }];
        const child = new Relay(name, relay, { parent: this, dependsOn: after, aliases });
        deliveries[name] = child.delivery;
        acceptances.push(child.deliverability);
        inboxes[name] = child.inbox;
        return child;
      });
    }

    this.deliveries = pulumi.output(deliveries);
    this.deliverability = pulumi.all(acceptances).apply((all) => distinctAcceptances(all.flat()));
    this.inboxes = pulumi.output(inboxes).apply(present);
    this.registerOutputs({
      deliveries: this.deliveries,
      deliverability: this.deliverability,
      inboxes: this.inboxes,
    });
  }
}

/** The entries that have a value. */
const present = <T>(all: Record<string, T | undefined>): Record<string, T> =>
  Object.fromEntries(Object.entries(all).flatMap(([name, one]) => (one === undefined ? [] : [[name, one]])));

/** A host of a fleet. */
interface FleetHost {
  readonly name: string;
  readonly gone: boolean | undefined;
  /** The arguments of its Relay, with the result of their check. */
  readonly relay: RelayArgs;
}

/** The hosts of a fleet, and the problems of its arguments, as far as they are known. */
export function parseHosts({ hosts, waves, formerly }: RelayFleetArgs): { hosts: FleetHost[]; problems: Problem[] } {
  if (!Array.isArray(hosts) || hosts.length === 0)
    return { hosts: [], problems: [{ path: ["hosts"], reason: "needs at least one host" }] };
  const each = hosts.map(({ name, ...relay }) => ({ name, relay, parsed: parseKnown(name, relay) }));
  const problems = each.flatMap(({ parsed }, index) =>
    parsed.problems.map(({ path, reason }) => ({ path: ["hosts", index, ...path], reason })),
  );
  return {
    hosts: each.map(({ name, relay, parsed }) => ({
      name,
      gone: relay.gone,
      relay: withFormerly(relay, parsed, formerly),
    })),
    problems: [...parseFleet(hosts, waves).problems, ...formerlyProblems(formerly), ...problems],
  };
}

type Formerly = RelayArgs["formerly"];

/** The arguments of one host, with the earlier owners of all hosts before its own. */
function withFormerly(relay: RelayArgs, parsed: Parsed, all: Formerly): RelayArgs {
  if (all === undefined) return withParsed(relay, parsed);
  const formerly = joinOwners(all, relay.formerly);
  const settings = hasLater(formerly) ? undefined : parsed.settings;
  return withParsed(
    { ...relay, formerly },
    { ...parsed, settings: settings && { ...settings, formerly: [...(all as string[]), ...settings.formerly] } },
  );
}

function joinOwners(all: Formerly, own: Formerly): Formerly {
  if (Array.isArray(all) && Array.isArray(own)) return [...all, ...own];
  return all && own ? pulumi.all([all, own]).apply((lists) => lists.flat()) : (own ?? all);
}
