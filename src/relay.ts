import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { RelayArgs } from "./args.ts";
import type { Delivery } from "./delivery.ts";
import { type Step, steps } from "./host/steps.ts";
import { problemsNow, resolved, sealed } from "./inputs.ts";
import { refuse } from "./invalid-args.ts";
import { mainCf } from "./postfix/main-cf.ts";

/**
 * Makes mail leave a Debian or Ubuntu host through an authenticated relay host, and proves it with a test delivery. A
 * change that cannot be proven is taken back on the host, and the update fails.
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
    super("postfix-relay:index:Relay", name, sealed(args), opts);

    const owner = `${pulumi.getProject()}/${pulumi.getStack()}/${name}`;
    const { settings, account, login, user, allChecked } = resolved(name, args);

    const children = {} as Record<Step["suffix"], remote.Command>;
    // Nothing is done on the host before every argument is known to be right.
    let after: pulumi.ResourceOptions["dependsOn"] = allChecked.apply(() => opts?.dependsOn ?? []) as Resources;
    for (const step of steps) {
      const stdin =
        "stdin" in step
          ? settings.apply((mail) => step.stdin(owner, mail))
          : pulumi.all([settings, account]).apply(([mail, account]) => step.secretStdin(owner, mail, account));
      children[step.suffix] = new remote.Command(
        `${name}-${step.suffix}`,
        {
          connection: login(step === steps[0]),
          create: user.apply(step.create),
          delete: step.delete && user.apply(step.delete),
          stdin,
          logging: "none",
          addPreviousOutputInEnv: false,
        },
        { parent: this, dependsOn: after },
      );
      after = children[step.suffix];
    }

    this.delivery = children.delivery.stdout.apply(report<Delivery>);
    this.mainCf = settings.apply((mail) => mainCf(owner, mail));
    this.hostname = settings.hostname;
    this.postfixVersion = children.packages.stdout.apply(report<{ postfixVersion: string }>).postfixVersion;
    this.registerOutputs({
      delivery: this.delivery,
      mainCf: this.mainCf,
      hostname: this.hostname,
      postfixVersion: this.postfixVersion,
    });
  }
}

type Resources = pulumi.Output<pulumi.Resource[]>;

/** What a step says about itself: one line of JSON. */
const report = <T>(stdout: string): T => JSON.parse(stdout || "{}");
