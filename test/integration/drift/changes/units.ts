import type { Change } from "./change.ts";

/** Of the units of systemd. */
export const ofUnits: Change[] = [
  {
    what: "Postfix is disabled",
    does: "systemctl -q disable postfix",
    says: /postfix\.service is not enabled/,
    steps: ["delivery"],
  },
  {
    what: "its link is deleted by hand",
    does: "rm /etc/systemd/system/multi-user.target.wants/postfix.service",
    says: /postfix\.service is not enabled/,
  },
  { what: "the unit is masked", does: "systemctl -q mask postfix", says: /postfix\.service is masked/ },
  {
    what: "the unit is masked until the next boot",
    does: "systemctl -q mask --runtime postfix",
    says: /postfix\.service is masked/,
  },
  {
    what: "the unit is masked where nobody looks",
    does: "mkdir -p /etc/systemd/system.control; ln -s /dev/null /etc/systemd/system.control/postfix.service",
    says: /postfix\.service is masked/,
  },
  {
    what: "the boot unit is disabled",
    does: "systemctl -q disable postfix-relay-boot.service",
    says: /postfix-relay-boot\.service.* is not enabled/,
    steps: ["packages"],
  },
  {
    what: "the boot unit is deleted",
    does: "rm /etc/systemd/system/postfix-relay-boot.service",
    says: /postfix-relay-boot\.service.* is not enabled/,
  },
  {
    what: "the timer is disabled",
    does: "systemctl -q disable postfix-relay-metrics.timer",
    says: /metrics\.timer.*does not run/,
  },
];
