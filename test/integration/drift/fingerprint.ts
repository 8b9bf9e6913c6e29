// A check that found nothing leaves a fingerprint of all files, and the next one compares them only if that is another:
// what the tests of both do on a host.

import { etc, state } from "./changes/change.ts";

/** The fingerprint. */
export const kept = "/run/postrelay.checked";

const resolvers = "/etc/hosts /etc/resolv.conf /etc/nsswitch.conf /var/spool/postfix/etc";
const places = `${etc} ${state} /usr/local/sbin/postrelay /etc/aliases /etc/aliases.db /var/lib/dpkg/status ${resolvers}`;
const adapt = "postfix-relay-adapt.path postfix-relay-adapt.service";
const units = `postfix postfix-relay-boot.service postfix-relay-metrics.timer ${adapt}`;

/** Has a check leave its fingerprint: it does not while a file is younger than two seconds. */
export const settle = `sleep 2.1; for i in $(seq 60); do
  rm -f ${kept}; postrelay check > /dev/null && [ -e ${kept} ] && break; sleep 0.2; [ "$i" -lt 60 ] || exit 1
done`;

/** What `postrelay check` prints, in both forms. The age of a message changes in between. */
export const both = `(postrelay check; echo "$?"; postrelay check --format prometheus; echo "$?") 2>&1 |
  sed 's/"oldestSeconds":[0-9]*//; /^postrelay_queue_oldest/d'`;

const active = "postfix@- postfix-relay-metrics.timer postfix-relay-adapt.path";
const stateOfUnits = `systemctl is-enabled ${units}; systemctl is-active ${active}`;

/** Keeps a copy of the host as it is. */
export const save = `tar -C / -cPf /root/saved.tar ${places} /etc/systemd/system/postfix-*
(${stateOfUnits}) > /root/saved.units; hostname > /root/saved.name`;

/** Makes the host again what it was. The unit for the boot waits for the lock. */
export const undo = `hostname "$(cat /root/saved.name)"; systemctl kill -s KILL holder; pkill -CONT -x qmgr; rm -f /var/log/mail.log
units=$(${stateOfUnits})
rm -rf ${places} /etc/aliases.* /etc/systemd/system.control/postfix* /usr/local/bin/* /root/moved*
tar -C / -xPpf /root/saved.tar
if [ "$units" != "$(cat /root/saved.units)" ]; then
  systemctl unmask --runtime ${units}; systemctl unmask ${units}
  systemctl --quiet enable ${units}; systemctl start ${units}
fi
postfix reload`;
