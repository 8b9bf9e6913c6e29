// The hosts of a stack, and the waves in which they are changed.

import type { Input } from "@pulumi/pulumi";
import type { RelayArgs } from "./relay.ts";

/** One host of a RelayFleet: the arguments of a Relay, and its name. */
export interface FleetHostArgs extends RelayArgs {
  /**
   * Name of the host's Relay, unique in the stack.
   */
  name: string;
}

/** Arguments of a RelayFleet. */
export interface RelayFleetArgs {
  /**
   * The hosts, in the order in which they are changed; those that are `gone` come last. Put the one that may fail
   * first.
   */
  hosts: FleetHostArgs[];
  /**
   * Sizes of the waves, each a number of hosts or a percentage of all hosts that are not `gone`, rounded up: "1",
   * "25%", "100%". The last one repeats until all hosts are done. A wave starts when every test delivery of the one
   * before is proven. Defaults to one host, then all others.
   */
  waves?: string[];
  /**
   * Earlier owners of the hosts, as in `formerly` of a Relay: once for all, such as the stack before it was renamed.
   */
  formerly?: Input<Input<string>[]>;
}
