import type { Cases } from "./case.ts";

export const host: Cases = {
  "bridge-of-other-version": {
    refused: [
      [{ bridges: ["172.17.0.1/16"], ipVersion: "ipv6" }, "bridges[0]"],
      [{ bridges: ["172.17.0.1/16", "fd00::1/64"], ipVersion: "ipv4" }, "bridges[1]"],
    ],
    accepted: [[{ bridges: ["172.17.0.1/16"], ipVersion: "ipv4" }], [{ bridges: ["172.17.0.1/16", "fd00::1/64"] }]],
  },
  "bridge-twice": {
    refused: [[{ bridges: ["172.17.0.1/16", "172.17.9.1/16"] }, "bridges[1]"]],
    accepted: [[{ bridges: ["172.17.0.1/16", "172.18.0.1/16"] }]],
  },
  "pause-with-connections": {
    refused: [[{ limits: { rateDelaySeconds: 1, concurrency: 2 } }, "limits.concurrency"]],
    accepted: [[{ limits: { rateDelaySeconds: 1, concurrency: 1 } }], [{ limits: { concurrency: 2 } }]],
  },
  "warning-after-the-end": {
    refused: [
      [{ limits: { delayWarningHours: 120 } }, "limits.delayWarningHours"],
      [{ limits: { delayWarningHours: 4, queueLifetimeHours: 4 } }, "limits.delayWarningHours"],
    ],
    accepted: [[{ limits: { delayWarningHours: 119 } }], [{ limits: { delayWarningHours: 4, queueLifetimeHours: 5 } }]],
  },
};
