import { beforeAll, describe, expect, test } from "vitest";
import { openWeb } from "../others/scene.ts";

// A check that found nothing leaves a fingerprint of all files, and the next one compares them only if that is another.
// Whatever changes has to be told at once all the same, in the same words.
const { host, steps } = await openWeb(() => ({ monitoring: { textfile: "/srv/metrics" } }));

const etc = "/etc/postfix";
const state = "/var/lib/postfix-relay";
const kept = "/run/postrelay.checked";
const places = `${etc} ${state} /usr/local/sbin/postrelay /etc/aliases /etc/aliases.db /var/lib/dpkg/status`;
const units = "postfix postfix-relay-boot.service postfix-relay-metrics.timer";

/** Has a check leave its fingerprint: it does not while a file is younger than two seconds. */
const settle = `sleep 2.1; for i in $(seq 60); do
  rm -f ${kept}; postrelay check > /dev/null && [ -e ${kept} ] && break; sleep 0.2; [ "$i" -lt 60 ] || exit 1
done`;

/** What `postrelay check` prints, in both forms. The age of a message goes on meanwhile. */
const both = `(postrelay check; echo "$?"; postrelay check --format prometheus; echo "$?") 2>&1 |
  sed 's/"oldestSeconds":[0-9]*//; /^postrelay_queue_oldest/d'`;

/** Makes the host again what it was. The unit for the boot waits for the lock. */
const undo = `systemctl kill -s KILL holder; pkill -CONT -x qmgr; rm -f /var/log/mail.log
rm -rf ${places} /etc/aliases.* /etc/systemd/system.control/postfix* /usr/local/bin/* /root/moved*
tar -C / -xPpf /root/saved.tar; systemctl unmask --runtime ${units}; systemctl unmask ${units}
systemctl --quiet enable ${units}; systemctl start ${units}; postfix reload`;

beforeAll(() => host.must(`tar -C / -cPf /root/saved.tar ${places} /etc/systemd/system/postfix-*`));

interface Change {
  what: string;
  /** How the host is already when it is found in order. */
  first?: string;
  does: string;
  says: RegExp;
}

/** Has the times of a file set back after a change of it. */
const unseen = (file: string, does: string) =>
  `touch -r ${file} /root/times; ${does}; touch -r /root/times ${file}; rm /root/times`;

const sent = "relay=r[192.0.2.1]:587, delay=1, dsn=2.0.0, status=sent";

const changes: Change[] = [
  {
    what: "main.cf is edited and its time set back",
    does: unseen(`${etc}/main.cf`, `sed -i 's/^biff = no/biff = yes/' ${etc}/main.cf`),
    says: /main\.cf was edited: biff = yes/,
  },
  {
    what: "a byte of a map is another, in place, and its time set back",
    does: unseen(`${etc}/sasl_passwd`, `printf x | dd of=${etc}/sasl_passwd bs=1 seek=3 conv=notrunc status=none`),
    says: /sasl_passwd was edited/,
  },
  { what: "a mode", does: `chmod 644 ${etc}/sasl_passwd`, says: /sasl_passwd is readable by others/ },
  { what: "an owner", does: `chown deploy ${etc}/main.cf`, says: /main\.cf has mode 644 and owner deploy/ },
  { what: "an index is deleted", does: `rm ${etc}/sasl_passwd.db`, says: /sasl_passwd\.db was deleted/ },
  { what: "an index is older", does: `touch ${etc}/sasl_passwd`, says: /sasl_passwd\.db is older/ },
  {
    what: "a file is moved, and a link to it put in its place",
    does: `mv ${etc}/main.cf /root/moved.cf; ln -s /root/moved.cf ${etc}/main.cf`,
    says: /main\.cf is readable by others \(mode 777/,
  },
  {
    what: "master.cf",
    does: "postconf -Pe smtp/unix/smtp_tls_security_level=none",
    says: /master\.cf was edited: smtp\/unix was changed/,
  },
  {
    what: "what master.cf is a link to",
    first: `mv ${etc}/master.cf /root/moved.cf; ln -s /root/moved.cf ${etc}/master.cf`,
    does: unseen("/root/moved.cf", "sed -i 's/^smtp  *unix/& - - y - - smtp -v #/' /root/moved.cf"),
    says: /master\.cf was edited: smtp\/unix was changed/,
  },
  { what: "the owner in the state folder", does: `: > ${state}/owner`, says: /the state folder .* is gone/ },
  { what: "the state folder is gone", does: `mv ${state} /root/moved`, says: /the state folder .* is gone/ },
  { what: "held", does: `sed -i 1s/proven/held/ ${state}/live`, says: /the queue is held/ },
  { what: "rolled back", does: `sed -i 1s/proven/rolled-back/ ${state}/live`, says: /was rolled back by hand/ },
  { what: "a journal is left", does: `: > ${state}/journal`, says: /a change was interrupted/ },
  { what: "a commit is left", does: `: > ${state}/committed`, says: /a change was interrupted/ },
  { what: "good/ is damaged", does: `echo x >> ${state}/good/sent/main.cf`, says: /the proven files .* are damaged/ },
  { what: "staged/ is gone", does: `rm -r ${state}/staged`, says: /the staged files .* are missing/ },
  { what: "a newer format", does: `echo 99 > ${state}/format`, says: /"sync":"unknown".*written by a newer/ },
  {
    what: "proven with another version",
    does: `sed -i 's/^\\([0-9]* \\)[^ ]*/\\13.7.0-0/' ${state}/proven`,
    says: /Postfix was upgraded: 3\.7\.11.*proven with 3\.7\.0-0/,
  },
  {
    what: "dpkg has another version",
    does: "sed -i '/^Package: postfix$/,/^$/s/^Version: .*/Version: 3.9.9-1/' /var/lib/dpkg/status",
    says: /Postfix was upgraded: 3\.9\.9-1/,
  },
  {
    what: "a package is removed",
    does: unseen(
      "/var/lib/dpkg/status",
      "sed -i '/^Package: libsasl2-modules$/,/^$/s/^Status: .*/Status: deinstall ok config-files/' /var/lib/dpkg/status",
    ),
    says: /the package libsasl2-modules was removed/,
  },
  {
    what: "postconf is gone",
    does: "mv /usr/sbin/postconf /usr/sbin/postconf.away; trap 'mv /usr/sbin/postconf.away /usr/sbin/postconf' EXIT",
    says: /"postfixVersion":""/,
  },
  { what: "the tool", does: "echo '# x' >> /usr/local/sbin/postrelay", says: /sbin\/postrelay was changed/ },
  { what: "the unit is disabled", does: "systemctl -q disable postfix", says: /postfix\.service is not enabled/ },
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
  },
  {
    what: "the boot unit is deleted",
    does: "rm /etc/systemd/system/postfix-relay-boot.service",
    says: /postfix-relay-boot\.service.* is not enabled/,
  },
  { what: "the aliases are a folder", does: "rm /etc/aliases; mkdir /etc/aliases", says: /aliases is not a file/ },
  { what: "aliases lead nowhere", does: "ln -sf /nowhere /etc/aliases", says: /link to \/nowhere/ },
  { what: "the index of the aliases", does: "echo x > /etc/aliases.db", says: /aliases\.db/ },
  {
    what: "the timer is disabled",
    does: "systemctl -q disable postfix-relay-metrics.timer",
    says: /metrics\.timer.*does not run/,
  },
];

/** These are in no file. That Postfix is stopped, systemd says of its instance only when the last process has gone. */
const others: Change[] = [
  {
    what: "the timer is stopped",
    does: "systemctl stop postfix-relay-metrics.timer",
    says: /metrics\.timer.*does not run/,
  },
  { what: "Postfix is stopped", does: "systemctl stop postfix postfix@-", says: /Postfix is not running/ },
  {
    what: "Postfix listens for others, and master.cf does not say so",
    does: `(cat ${etc}/master.cf; echo '0.0.0.0:2525 inet n - y - - smtpd') > /root/master.cf
      mount --bind /root/master.cf ${etc}/master.cf; postfix reload 2> /dev/null; sleep 1; umount ${etc}/master.cf`,
    says: /Postfix listens at 0\.0\.0\.0:2525/,
  },
  {
    what: "a run is under way",
    does: `systemd-run --quiet --unit=holder flock /run/postrelay.lock sleep 600
      while flock -n /run/postrelay.lock true; do sleep 0.1; done`,
    says: /"sync":"unknown".*another run works on this host/,
  },
  {
    what: "mail waits",
    does: "pkill -STOP -x qmgr; echo x | sendmail -f root@web.example.com a@example.org; sleep 1",
    says: /"sync":"yes".*"active":1/,
  },
  {
    what: "mail has left, as the journal tells",
    does: `logger -t postfix/smtp '1F: to=<a@example.org>, ${sent} (250 journal (a) b)'; journalctl --sync`,
    says: /"sync":"yes".*"relayedAnswer":"250 journal \(a\) b"/,
  },
  {
    what: "mail has left, as mail.log tells",
    does: `sleep 1.1; echo "$(date +%FT%T.9%:z) web postfix/smtp[7]: 1F: to=<a@example.org>, ${sent} (250 file)" > /var/log/mail.log`,
    says: /"sync":"yes".*"relayedAnswer":"250 file"/,
  },
];

describe("is told by the very next check, as without a fingerprint:", () => {
  test.each([...changes, ...others])("$what", async ({ first = ":", does, says }) => {
    const text = await host.must(`${first}\n${settle}\n${does}\n${both}; echo ====; rm -f ${kept}; ${both}`);
    await host.run(undo);
    const [next, without] = text.split("====\n");
    expect(next).toMatch(says);
    expect(next).toBe(without);
  });
});

/** Has programs of a comparison note that they were run. */
const spied = ["dpkg-query", "postalias", "postconf", "sha256sum", "cmp"];
const spy = `for name in ${spied.join(" ")}; do
  printf '#!/bin/sh\\necho %s >> /root/asked\\nexec %s "$@"\\n' $name "$(command -v $name)" > /usr/local/bin/$name
  chmod 755 /usr/local/bin/$name
done`;
const asked = "sort -u /root/asked 2> /dev/null; rm -f /root/asked";

describe("the short way", () => {
  test("is taken when nothing has changed, and says the same", async () => {
    const words = await host.must(`${spy}; ${settle}; ${asked}; ${both}; ${asked}; rm ${kept}; ${both}; ${asked}`);
    await host.run(undo);
    const all = [...spied].sort().join("\n");
    const [reports, ...rest] = words.replaceAll(`${all}\n`, "").split(/(?<=^[01]\n)(?=\{)/m);
    expect([reports, ...rest].every((said) => said === reports)).toBe(true);
    expect(reports).toMatch(/"sync":"yes"/);
    expect(words.startsWith(`${all}\n`)).toBe(true);
    expect(words.endsWith(`${all}\n`)).toBe(true);
    expect(words.split(`${all}\n`)).toHaveLength(3);
  });

  test("is taken when Postfix is stopped, which it tells, and started again", async () => {
    const stopped = `systemctl stop postfix postfix@-; postrelay check; systemctl start postfix; postrelay check > /dev/null`;
    const words = await host.must(
      `${spy}; ${settle}; rm /root/asked; ${stopped}; sort -u /root/asked | grep dpkg || :`,
    );
    await host.run(undo);
    expect(words).toMatch(/^\{.*Postfix is not running.*\n$/);
  });
});

describe("no fingerprint", () => {
  const there = `ls ${kept}* 2> /dev/null || echo none`;

  test.each([
    ["while a file is younger than the kernel's clock can tell", `touch ${etc}/x; postrelay check > /dev/null`],
    [
      "when a file changes during the comparison",
      `printf '#!/bin/sh\\ntouch -c ${etc}\\nexec /usr/sbin/postalias "$@"\\n' > /usr/local/bin/postalias
       chmod 755 /usr/local/bin/postalias; sleep 2.1; postrelay check > /dev/null`,
    ],
    [
      "where find cannot print it",
      `printf '#!/bin/sh\\ncase "$*" in *-printf*) exit 1 ;; esac\\nexec /usr/bin/find "$@"\\n' > /usr/local/bin/find
       chmod 755 /usr/local/bin/find; postrelay check > /dev/null`,
    ],
    [
      "where /run is read-only",
      `unshare -m sh -c 'mount --bind /run /run && mount -o remount,bind,ro /run && postrelay check 2>&1 > /dev/null'`,
    ],
    [
      "where /run is full",
      `mount -o remount,size=$(df --output=used -k /run | tail -n 1)k /run && postrelay check 2>&1 > /dev/null
       code=$?; mount -o remount,size=64m /run; (exit $code)`,
    ],
    ["of a host that has drifted", `chmod 600 ${etc}/main.cf; ! postrelay check > /dev/null`],
  ])("%s", async (_, does) => {
    const words = await host.must(`${settle}; rm ${kept}; ${does} && ${there}`);
    await host.run(`rm -f ${etc}/x; ${undo}`);
    expect(words).toBe("none\n");
  });

  test("that others can read, nor one after destroy", async () => {
    expect(await host.must(`${settle}; stat -c '%a %U' ${kept}*`)).toBe("600 root\n");
    expect(await steps.destroy()).toMatchObject({ code: 0 });
    expect(await host.must(there)).toBe("none\n");
  });
});
