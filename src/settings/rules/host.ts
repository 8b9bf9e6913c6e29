import { isIPv4 } from "node:net";
import { postfixLimits } from "../defaults.ts";
import { networkOf } from "../fields/network.ts";
import type { Path } from "../problems.ts";
import { at, type Rule } from "./rule.ts";

/** The mail that the host accepts, and the pace at which it leaves. */
export const hostRules: readonly Rule[] = [
  {
    id: "bridge-of-other-version",
    finds: ({ bridges, ipVersion }) =>
      bridges.flatMap((bridge, index): Path[] => {
        const version = isIPv4(bridge.replace(/\/.*/, "")) ? "ipv4" : "ipv6";
        return at(ipVersion !== "any" && ipVersion !== version, "bridges", index);
      }),
    message: "is an address that `ipVersion` does not allow",
    change: "give an address of that version, or leave `ipVersion` out",
    source: "postconf(5) inet_protocols",
  },
  {
    id: "bridge-twice",
    finds: ({ bridges }) => {
      const networks = bridges.map(networkOf);
      return networks.flatMap((network, index) => at(networks.indexOf(network) < index, "bridges", index));
    },
    message: "is in the network of another bridge",
    change: "give each bridge once",
    source: "postconf(5) mynetworks",
  },
  {
    id: "pause-with-connections",
    finds: ({ limits }) =>
      at(limits.rateDelaySeconds !== undefined && (limits.concurrency ?? 1) > 1, "limits", "concurrency"),
    message: "is more than one connection, but a pause between messages allows only one",
    change: "give one of `rateDelaySeconds` and `concurrency`",
    source: "postconf(5) default_destination_rate_delay",
  },
  {
    id: "warning-after-the-end",
    finds: ({ limits }) =>
      at(
        (limits.delayWarningHours ?? 0) >= (limits.queueLifetimeHours ?? postfixLimits.queueLifetimeHours),
        "limits",
        "delayWarningHours",
      ),
    message: `is not before \`limits.queueLifetimeHours\` (${postfixLimits.queueLifetimeHours} by default), when the message goes back anyway`,
    change: "give fewer hours, or leave it out",
    source: "postconf(5) delay_warning_time, maximal_queue_lifetime",
  },
];
