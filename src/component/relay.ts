import * as pulumi from "@pulumi/pulumi";
import type { RelayArgs } from "../args/relay.ts";
import type { Acceptance } from "../deliverability/acceptance.ts";
import type { Arrival } from "../deliverability/inbox/arrival.ts";
import type { Delivery } from "../host/delivery.ts";
import { deliveryOf, postfixVersionOf } from "../host/report.ts";
import * as steps from "../host/steps.ts";
import { names } from "../postfix/files.ts";
import { relay } from "../settings/schema.ts";
import { childrenOf } from "./child.ts";
import { claim } from "./claims.ts";
import { memberOf } from "./fleet-run.ts";
import { arrivalOfStep, inboxStep, warnOfArrival } from "./inbox.ts";
import { parseKnown } from "./inputs.ts";
import { refuse } from "./invalid-args.ts";
import { guardArgs } from "./late.ts";
import { markSecrets } from "./outputs.ts";
import { type Given, prepare } from "./prepare.ts";
import { settle } from "./sdk.ts";

interface Made {
  readonly delivery: pulumi.Output<Delivery>;
  readonly mainCf: pulumi.Output<string>;
  readonly hostname: pulumi.Output<string>;
  readonly postfixVersion: pulumi.Output<string>;
  readonly deliverability: pulumi.Output<Acceptance[]>;
  readonly inbox: pulumi.Output<Arrival | undefined>;
}

/**
 * Makes mail leave a Debian or Ubuntu host through an authenticated relay host, and proves it with a test delivery. A
 * change is proven beside what runs and then takes its place; one that cannot be proven changes nothing, and the update
 * fails.
 */
export class Relay extends pulumi.ComponentResource<Made> {
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
  /**
   * Whether receivers will accept the mail, as the DNS shows it: for each domain that the host sends from, and each
   * relay host. Empty where nothing was looked up.
   */
  readonly deliverability: pulumi.Output<Acceptance[]>;
  /**
   * What has become of the test message in the mailbox of `testDelivery.inbox`. Nothing where there is none.
   */
  readonly inbox: pulumi.Output<Arrival | undefined>;

  constructor(name: string, args: RelayArgs, opts?: pulumi.ComponentResourceOptions) {
    const parsed = parseKnown(name, args);
    refuse(`Relay ${name}`, parsed.problems);
    const stack = pulumi.runtime.getStackResource();
    if (!args.gone) refuse(`Relay ${name}`, claim(stack, name, args.connection));
    const { args: safe, failures } = guardArgs(args);
    const after = settle(opts?.dependsOn, opts?.parent);
    const hidden: Hidden = { [GIVEN]: { args: safe, failures, parsed, stack, after, member: memberOf(args) } };
    // The steps alone depend on what has failed, so that the engine skips them and knows them all the same.
    const dependsOn = after.then(({ done }) => done);
    super("postfix-relay:index:Relay", name, { ...markSecrets(safe, relay), ...hidden }, { ...opts, dependsOn });

    const made = pulumi.output(this.getData());
    this.delivery = made.delivery;
    this.mainCf = made.mainCf;
    this.hostname = made.hostname;
    this.postfixVersion = made.postfixVersion;
    this.deliverability = made.deliverability;
    this.inbox = made.inbox;
    // Now, although the steps are made later: it keeps the program open until then.
    // Without mainCf: the state has that text in the step -main-cf already.
    this.registerOutputs({
      delivery: this.delivery,
      hostname: this.hostname,
      postfixVersion: this.postfixVersion,
      deliverability: this.deliverability,
      inbox: this.inbox,
    });
  }

  /** Makes the steps, once it is known what the host says of itself. */
  protected override async initialize(args: pulumi.Inputs, _: pulumi.ComponentResourceOptions, name: string) {
    const host = await prepare(this, name, (args as Hidden)[GIVEN]);
    const child = childrenOf(this, name, host);
    const packages = await child(host.brings ? steps.packagesBrought : steps.packages, []);
    const staged = await Promise.all([child(steps.mainCf, [packages]), child(steps.saslPasswd, [packages])]);
    const service = await child(steps.service, staged, [packages]);
    const delivery = await child(steps.delivery, [service], [packages, ...staged]);
    const inbox = host.inbox
      ? await child(inboxStep(host, delivery), [delivery], [packages, ...staged, service])
      : undefined;
    if (inbox) warnOfArrival(this, inbox, host);
    return {
      delivery: delivery.stdout.apply(deliveryOf),
      mainCf: host.files.apply((files) => files[names.mainCf] ?? ""),
      hostname: host.settings.hostname,
      postfixVersion: packages.stdout.apply(postfixVersionOf),
      deliverability: pulumi.output<Acceptance[]>((host.acceptances ?? pulumi.unknown) as Acceptance[]),
      inbox: inbox ? arrivalOfStep(inbox) : pulumi.output(undefined),
    };
  }
}

/** The key of what `initialize` needs beside the registered arguments: Pulumi registers no property under a symbol. */
const GIVEN = Symbol("given");

interface Hidden {
  readonly [GIVEN]: Given;
}
