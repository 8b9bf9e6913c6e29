import * as pulumi from "@pulumi/pulumi";
import type { RelayArgs } from "../args/relay.ts";
import type { Delivery } from "../host/delivery.ts";
import { deliveryOf, postfixVersionOf } from "../host/report.ts";
import * as steps from "../host/steps.ts";
import { mainCf as mainCfText } from "../postfix/main-cf.ts";
import { relay } from "../settings/schema.ts";
import { childrenOf } from "./child.ts";
import { watched } from "./drift.ts";
import { known, resolved } from "./inputs.ts";
import { refuse } from "./invalid-args.ts";
import { claim } from "./one-host.ts";
import { originOf } from "./origin.ts";
import { sealed } from "./outputs.ts";

/**
 * Makes mail leave a Debian or Ubuntu host through an authenticated relay host, and proves it with a test delivery. A
 * change is proven beside what runs and then takes its place; one that cannot be proven changes nothing, and the update
 * fails.
 */
export class Relay extends pulumi.ComponentResource {
  /**
   * The outcome of the last test delivery.
   */
  readonly delivery: pulumi.Output<Delivery>;
  /**
   * The text of main.cf, without the lines that only the host can know.
   */
  readonly mainCf: pulumi.Output<string>;
  /**
   * The host's own full name.
   */
  readonly hostname: pulumi.Output<string>;
  /**
   * Version of Postfix on the host.
   */
  readonly postfixVersion: pulumi.Output<string>;

  constructor(name: string, args: RelayArgs, opts?: pulumi.ComponentResourceOptions) {
    const parsed = known(name, args);
    refuse(`Relay ${name}`, parsed.problems);
    const stack = pulumi.runtime.getStackResource();
    const taken = (connection: unknown) => (args.gone ? [] : claim(stack, name, connection));
    refuse(`Relay ${name}`, taken(args.connection));
    super("postfix-relay:index:Relay", name, sealed(args, relay), opts);

    const { owner, tell } = originOf(this, name);
    const { settings, account, access, user, allChecked } = resolved(name, args, parsed, taken);
    const origin = settings.apply(({ formerly }) => tell(formerly));
    const child = childrenOf(this, name, {
      open: pulumi.all([origin, settings]),
      secret: pulumi.all([origin, settings, account]),
      access,
      user,
      watched: watched(this, name, pulumi.all([origin, settings, access])),
      // Nothing is done on the host before every argument is known to be right.
      after: allChecked.apply(() => opts?.dependsOn ?? []) as pulumi.Output<pulumi.Resource[]>,
      gone: args.gone,
    });
    const packages = child(steps.packages);
    const mainCf = child(steps.mainCf, packages);
    const saslPasswd = child(steps.saslPasswd, packages, mainCf);
    const service = child(steps.service, packages, mainCf, saslPasswd);
    const delivery = child(steps.delivery, packages, mainCf, saslPasswd, service);

    this.delivery = delivery.stdout.apply(deliveryOf);
    this.mainCf = settings.apply((settings) => mainCfText(owner, settings));
    this.hostname = settings.hostname;
    this.postfixVersion = packages.stdout.apply(postfixVersionOf);
    // Without mainCf: the state has that text in the step -main-cf already.
    this.registerOutputs({
      delivery: this.delivery,
      hostname: this.hostname,
      postfixVersion: this.postfixVersion,
    });
  }
}
