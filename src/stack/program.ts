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

/** The outcome of the last test delivery of each host, and whether receivers will accept their mail. */
export const { deliveries, deliverability } = fleet;

/** What has become of the test messages in their mailboxes, if any host has one. */
export const inboxes = hosts.some(({ parsed }) => parsed.settings?.testDelivery.inbox) ? fleet.inboxes : undefined;
