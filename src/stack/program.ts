// The stack program: one Relay for each host in Pulumi.<stack>.yaml, in waves. A project of its own imports it as
// `postfix-relay/stack`.

import "./cache.ts";
import * as pulumi from "@pulumi/pulumi";
import { fleetHosts } from "../component/parsed.ts";
import { RelayFleet } from "../component/relay-fleet.ts";
import { stackConfig } from "../component/sdk.ts";
import { problemText } from "../settings/problems.ts";
import { readStack } from "./read.ts";

const { values, secretKeys } = stackConfig();
const { hosts, waves, problems } = readStack(values, secretKeys);
if (problems) throw new pulumi.RunError(problemText(`Pulumi.${pulumi.getStack()}.yaml`, problems));

const fleet = new RelayFleet("hosts", { hosts: fleetHosts(hosts), waves });

/**
 * The outcome of the last test delivery of each host, whether receivers will accept its mail, and what has become of
 * the message in the mailbox, where it has one.
 */
export const { deliveries, deliverability, inboxes } = fleet;
