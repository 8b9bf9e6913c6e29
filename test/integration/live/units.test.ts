import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { report } from "../drift/two-hosts.ts";
import { postfix, right } from "../others/scene.ts";
import { type Args, Steps } from "../steps.ts";
import { openWorld, releasesOf } from "../world.ts";

// What our units may do on each release, and that they still do what they are for.
const { world, relay } = await openWorld();
const folder = "/var/lib/prometheus/node-exporter";

const stepsOn = (host: LabHost, more: Args = {}) =>
  new Steps(host, {
    domain: "example.com",
    relayHost: { host: relay.host },
    credentials: right,
    caCertificate: world.lab.ca,
    testDelivery: { to: "ops@example.org", timeoutSeconds: 15 },
    monitoring: { textfile: folder, probe: "1h" },
    ...more,
  });

describe.each(releasesOf(world, ["bullseye", "bookworm", "trixie", "sid"]))("%s", (release) => {
  test("metrics are right in a unit that can do little else, and so is a probe", async () => {
    const host = await world.lab.host({ release, name: release, packages: postfix });
    await host.must(`useradd -r prometheus && mkdir -p ${folder} && chown -R prometheus: /var/lib/prometheus
      printf 'root: ops@example.org\\n' > /etc/aliases && chmod 600 /etc/aliases
      mkdir -p /root/maps && echo '/^X-Never:/ IGNORE' > /root/maps/checks
      echo 'x@example.net y@example.net' > /home/canon`);
    // Maps of the host's own, where units often see nothing.
    const mainCf = { header_checks: "regexp:/root/maps/checks", recipient_canonical_maps: "texthash:/home/canon" };
    const steps = stepsOn(host, { mainCf });
    const run = await steps.up();
    expect(run.code, run.text).toBe(0);

    const exposure = async (unit: string) =>
      Number(
        /level for \S+: ([\d.]+)/.exec(
          await host.must(`systemd-analyze security --no-pager ${unit} 2> /dev/null`),
        )?.[1],
      );
    expect(await exposure("postfix-relay-metrics.service")).toBeLessThanOrEqual(3);
    expect(await exposure("postfix-relay-probe.service")).toBeLessThanOrEqual(3.5);

    // The unit sees what a check by hand sees, also where something is wrong.
    const changes = [
      ":",
      "chmod 700 /var/spool/postfix/maildrop",
      "postconf -e 'relayhost = [x.example.net]' && touch /etc/aliases",
      "systemctl stop postfix postfix@-",
      "ip link add br9 type bridge && ip address add 172.31.9.1/24 dev br9 && ip link set br9 up && postconf -Me '172.31.9.1:2525/inet = 172.31.9.1:2525 inet n - y - - smtpd' && systemctl restart postfix",
    ];
    const figures = (text: string) => text.replace(/^postrelay_queue_oldest_seconds .*$/m, "");
    for (const change of changes) {
      await host.must(change);
      await host.must("rm -f /run/postrelay.checked; systemctl start postfix-relay-metrics.service");
      const written = await host.must(`cat ${folder}/postfix-relay.prom`);
      const byHand = await host.run("postrelay check --format prometheus");
      expect(figures(written), change).toBe(figures(byHand.stdout));
      expect(written).toContain(`postrelay_in_sync ${change === ":" ? 1 : 0}\n`);
    }
    expect(await host.must(`stat -c '%a %U' ${folder}/postfix-relay.prom`)).toBe("644 prometheus\n");
    expect((await steps.alone("delivery")).code).toBe(0);
    await host.must("systemctl start postfix-relay-probe.service");
    expect(await host.must(`cat ${folder}/postfix-relay-probe.prom`)).toMatch(/^postrelay_probe_success 1$/m);
    expect(await host.must("journalctl -q -u 'postfix-relay*'")).not.toMatch(/NAMESPACE|Operation not permitted/);

    // The second Postfix, while it waits for the message.
    await host.must("chmod 640 /etc/postfix/master.cf");
    steps.change({ domain: "later.example.com", listen: "none" });
    expect((await steps.alone("main-cf")).code).toBe(0);
    const started = await steps.alone("service");
    expect(started.code, started.stderr).toBe(0);
    const unit = "postfix-relay-candidate.service";
    expect(await exposure(unit)).toBeLessThan(6);
    expect(
      await host.must(`systemctl show -p ProtectSystem,ProtectHome,PrivateDevices,ProtectKernelModules ${unit} | sort`),
    ).toMatch(/PrivateDevices=yes\nProtectHome=read-only\nProtectKernelModules=yes\nProtectSystem=strict$/m);
    const candidate = "/var/lib/postfix-relay/candidate";
    expect(await host.must(`stat -c '%a %U:%G' ${candidate}`)).toBe("750 root:postfix\n");
    expect(await host.must(`stat -c %a ${candidate}/etc/aliases`)).toBe("600\n");
    expect(await host.must(`stat -c %a ${candidate}/etc/master.cf`)).toMatch(/^6[04]0\n$/);
    for (const file of ["log", "etc/aliases", "etc/master.cf", "etc/main.cf"])
      expect((await host.run(`cat ${candidate}/${file}`, { user: "plain" })).code, file).not.toBe(0);
    // Even root can write nothing else in there.
    const inside = `nsenter -m -t $(cat ${candidate}/queue/pid/master.pid)`;
    expect((await host.run(`${inside} touch /etc/x /var/lib/x /root/x`)).stderr).toMatch(
      /(Read-only file system[\s\S]*){3}/,
    );
    const proven = await steps.alone("delivery");
    expect(proven.code, proven.stderr).toBe(0);
    expect(await host.must(`ls -d ${candidate} 2> /dev/null; true`)).toBe("");
    expect(await host.must("stat -c %a /etc/postfix/master.cf /etc/aliases")).toBe("640\n600\n");
    expect(await report(host)).toMatchObject({ code: 0, differences: [] });
  });
});

test("where systemd cannot shut a unit in, as in some containers, all works without", async () => {
  const host = await world.lab.host({ release: "bookworm", name: "container", packages: postfix });
  await host.must("cat > /usr/local/bin/systemd-run && chmod 755 /usr/local/bin/systemd-run", {
    input: `#!/bin/sh
case "$*" in *ProtectSystem=*) echo 'Failed to set up mount namespacing' >&2; exit 1 ;; esac
exec /usr/bin/systemd-run "$@"
`,
  });
  const run = await stepsOn(host).up();
  expect(run.code, run.text).toBe(0);
  expect(await host.must("systemctl cat postfix-relay-metrics.service postfix-relay-probe.service")).not.toMatch(
    /Protect|Private|Restrict/,
  );
  await host.must("systemctl start postfix-relay-metrics.service");
  expect(await host.must(`cat ${folder}/postfix-relay.prom`)).toContain("postrelay_in_sync 1\n");
});
