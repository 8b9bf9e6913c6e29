import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { RelayArgs } from "../args/relay.ts";
import type { Delivery } from "../host/delivery.ts";
import { deliveryOf, postfixVersionOf, warningsOf } from "../host/report.ts";
import { type Step, steps } from "../host/steps.ts";
import { mainCf } from "../postfix/main-cf.ts";
import { problemsNow, resolved, sealed } from "./inputs.ts";
import { refuse } from "./invalid-args.ts";
import { claim } from "./one-host.ts";
import { originOf } from "./origin.ts";

/**
 * Makes mail leave a Debian or Ubuntu host through an authenticated relay host, and proves it with a test delivery. A
 * change is proven beside what runs and then takes its place; one that cannot be proven changes nothing, and the update
 * fails.
 */
export class Relay extends pulumi.ComponentResource {
  /**
   * What became of the last test message.
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
    refuse(`Relay ${name}`, problemsNow(name, args));
    const stack = pulumi.runtime.getStackResource();
    const taken = (connection: unknown) => (args.gone ? [] : claim(stack, name, connection));
    refuse(`Relay ${name}`, taken(args.connection));
    super("postfix-relay:index:Relay", name, sealed(args), opts);

    const { owner, tell } = originOf(this, name);
    const { settings, account, login, user, allChecked } = resolved(name, args, taken);
    const origin = settings.apply(({ formerly }) => tell(formerly));

    const children = {} as Record<Step["suffix"], remote.Command>;
    // Nothing is done on the host before every argument is known to be right.
    let after: pulumi.ResourceOptions["dependsOn"] = allChecked.apply(() => opts?.dependsOn ?? []) as Resources;
    for (const step of steps) {
      const stdin =
        "stdin" in step
          ? pulumi.all([origin, settings]).apply(([origin, mail]) => step.stdin(origin, mail))
          : pulumi.all([origin, settings, account]).apply((given) => step.secretStdin(...given));
      const child: remote.Command = new remote.Command(
        `${name}-${step.suffix}`,
        {
          connection: login(step === steps[0]),
          // A step that was never done on a host that is gone is done nowhere.
          ...(!args.gone && { create: user.apply(step.create), delete: step.delete && user.apply(step.delete), stdin }),
          // Packages can take minutes: what it waits for is shown meanwhile.
          logging: step.suffix === "packages" ? "stderr" : "none",
          addPreviousOutputInEnv: false,
        },
        {
          parent: this,
          dependsOn: after,
          // What a step undoes, those after it stand on; and old and new have one place on the host.
          replaceWith: Object.values(children),
          deleteBeforeReplace: true,
          ...(args.gone && { retainOnDelete: true, ignoreChanges: ["*"] }),
        },
      );
      if (!args.gone) child.stdout.apply((stdout) => warn(this, warningsOf(step.suffix, stdout)));
      children[step.suffix] = child;
      after = child;
    }

    this.delivery = children.delivery.stdout.apply(deliveryOf);
    this.mainCf = settings.apply((mail) => mainCf(owner, mail));
    this.hostname = settings.hostname;
    this.postfixVersion = children.packages.stdout.apply(postfixVersionOf);
    this.registerOutputs({
      delivery: this.delivery,
      mainCf: this.mainCf,
      hostname: this.hostname,
      postfixVersion: this.postfixVersion,
    });
  }
}

type Resources = pulumi.Output<pulumi.Resource[]>;

/** Tells what the last run of a step has left to tell. A preview runs none. */
function warn(relay: pulumi.Resource, texts: readonly string[]): void {
  if (!pulumi.runtime.isDryRun()) for (const text of texts) pulumi.log.warn(text, relay);
}
