// How the host is watched between two updates.

import type { Input } from "@pulumi/pulumi";

/** What to do when a host no longer matches what was proven, such as a main.cf that was edited by hand. */
export const Drift = {
  /** Show it in the preview; the update repairs and proves it. */
  Repair: "repair",
  /** Show it as a warning and repair nothing. */
  Warn: "warn",
  /** Skip the check. */
  Off: "off",
} as const;
export type Drift = (typeof Drift)[keyof typeof Drift];

/** What the host reports to a monitoring system. */
export interface MonitoringArgs {
  /**
   * The folder that the textfile collector of Prometheus' node_exporter reads, such as
   * /var/lib/prometheus/node-exporter. A timer on the host writes postfix-relay.prom there every minute.
   */
  textfile: Input<string>;
  /**
   * How often the host probes whether mail leaves: days, hours and minutes, such as 15m, 1h30m or 1d; at least 15m, at
   * most 1d. A probe goes through the running Postfix, as a message of any user does, to the relay host's answer to the
   * recipient, testDelivery.to. It costs the relay a login and makes no message. Its result is in
   * postfix-relay-probe.prom. Defaults to never, because some providers count recipients that get no message.
   */
  probe?: Input<string>;
}
