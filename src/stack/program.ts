// The stack program: one Relay for each host in Pulumi.<stack>.yaml, in waves. A project of its own imports it as
// `postfix-relay/stack`.

import * as pulumi from "@pulumi/pulumi";
import { problemText } from "../problems.ts";
import { RelayFleet } from "../relay-fleet.ts";
import { readStack } from "./read.ts";

const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]");
const { args, problems } = readStack(pulumi.runtime.allConfig(), secretKeys);
if (problems.length > 0) {
  throw new pulumi.RunError(problemText(`Pulumi.${pulumi.getStack()}.yaml`, problems));
}

/** What became of the last test message of each host. */
export const { deliveries } = new RelayFleet("hosts", args);
