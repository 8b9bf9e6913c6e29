// The program behind `pulumi up`: one Relay for each host in Pulumi.<stack>.yaml, in waves.

import * as pulumi from "@pulumi/pulumi";
import { RelayFleet } from "../src/index.ts";
import { problemText } from "../src/settings/problems.ts";
import { readStack } from "../src/stack/read.ts";

const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]");
const { args, problems } = readStack(pulumi.runtime.allConfig(), secretKeys);
if (problems) throw new pulumi.RunError(problemText(`stacks/Pulumi.${pulumi.getStack()}.yaml`, problems));

/** The outcome of the last test delivery of each host. */
export const { deliveries } = new RelayFleet("hosts", args);
