// The components for programs in other languages: a provider with the committed schema.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { RelayFleetArgs } from "../args/fleet.ts";
import type { RelayArgs } from "../args/relay.ts";
import { parseKnown } from "../component/inputs.ts";
import { InvalidArgs, refuse } from "../component/invalid-args.ts";
import { Relay } from "../component/relay.ts";
import { parseHosts, RelayFleet } from "../component/relay-fleet.ts";
import { knownValue, settle, urnOf } from "../component/sdk.ts";
import { here } from "../host/here.cjs";
import { earlyHosts } from "./early.ts";

const schema = readFileSync(join(here, "../plugin/schema.json"), "utf8");

const kinds = {
  "postfix-relay:index:Relay": {
    properties: ["delivery", "mainCf", "hostname", "postfixVersion", "deliverability", "inbox"],
    problems: (name: string, args: object) => parseKnown(name, args as RelayArgs).problems,
    make: async (name: string, args: pulumi.Inputs, options: pulumi.ComponentResourceOptions) =>
      new Relay(name, args as RelayArgs, options),
  },
  "postfix-relay:index:RelayFleet": {
    properties: ["deliveries", "deliverability", "inboxes"],
    problems: (_: string, args: object) => parseHosts(args as RelayFleetArgs).problems,
    make: async (name: string, args: pulumi.Inputs, options: pulumi.ComponentResourceOptions) =>
      new RelayFleet(name, { ...(args as RelayFleetArgs), hosts: await earlyHosts(args.hosts) }, options),
  },
};

/** Makes a Relay or a RelayFleet for a program in any language. */
export class RelayPlugin implements pulumi.provider.Provider {
  readonly version: string = JSON.parse(schema).version;
  readonly schema = schema;
  readonly #made = new Map<string, pulumi.ComponentResource>();

  async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.provider.ConstructResult> {
    const kind = kinds[type as keyof typeof kinds];
    if (!kind) throw new Error(`there is no ${type} here; this package has ${Object.keys(kinds).join(" and ")}`);
    try {
      // What is known already is checked here, so that one error has all problems.
      const now = await knownValue<object>(inputs);
      if (now) refuse(`${type.split(":")[2]} ${name}`, kind.problems(name, now));
      const made = await kind.make(name, inputs, { ...options, dependsOn: await this.#withSteps(options.dependsOn) });
      void urnOf(made).then(
        (urn) => this.#made.set(urn, made),
        () => {},
      );
      const state = Object.fromEntries(kind.properties.map((key) => [key, made[key as keyof typeof made]]));
      return { urn: made.urn, state };
    } catch (error) {
      throw error instanceof InvalidArgs ? new Error(error.message) : error;
    }
  }

  /**
   * The same resources, and for one that was made here what is in it. A program names a component by its URN alone,
   * which the engine does not take for failed when a step in it has.
   */
  async #withSteps(dependsOn: pulumi.ResourceOptions["dependsOn"]): Promise<pulumi.Resource[]> {
    const { done, failed } = await settle(dependsOn);
    const own = async (resource: pulumi.Resource) => this.#made.get(await urnOf(resource)) ?? resource;
    return Promise.all([...done, ...failed].map(own));
  }
}
