import { expect, test } from "vitest";
import { until } from "../../../lab/until.ts";
import { openWorld } from "../world.ts";

// What `monitoring` puts on a host: a timer that writes the metrics, as long as it is wanted.
const { world, relay, web } = await openWorld({ web: {} });
const folder = "/var/lib/prometheus/node-exporter";
const stack = await world.stack("monitoring", relay, [web], { monitoring: { textfile: folder } });

const metrics = async () => (await web.run(`cat ${folder}/postfix-relay.prom`)).stdout;
const units = () => web.must("ls /etc/systemd/system | grep metrics || echo none");

test("the timer writes the metrics, at once and each minute", async () => {
  const up = await stack.up();
  expect(up, up.text).toMatchObject({ code: 0 });
  // The first one may be older than the delivery.
  await until("metrics of a host that is in sync", async () => /^postrelay_in_sync 1$/m.test(await metrics()), {
    seconds: 90,
    every: 500,
  });
  expect(await metrics()).toMatch(/^postrelay_last_relayed_timestamp_seconds \d+$/m);
  expect(await web.must(`stat -c '%a %U' ${folder}/postfix-relay.prom; ls -A ${folder}`)).toBe(
    "644 root\npostfix-relay.prom\n",
  );
  expect(await web.must("systemctl show -p OnUnitActiveUSec -p TimersMonotonic postfix-relay-metrics.timer")).toContain(
    "OnUnitActiveUSec=1min",
  );
  expect(await metrics()).not.toContain("relaypass");
});

test("drift is a value, and no failed unit", async () => {
  await web.must("systemctl stop postfix postfix@- && systemctl start postfix-relay-metrics.service");
  expect(await metrics()).toMatch(/^postrelay_in_sync 0$/m);
  expect(await metrics()).toMatch(/^postrelay_differences 1$/m);
  expect(await web.run("systemctl is-failed postfix-relay-metrics.service")).not.toMatchObject({ code: 0 });
});

test("a timer that was disabled is drift, and is repaired", async () => {
  await web.must("systemctl disable --now postfix-relay-metrics.timer");
  const up = await stack.up();
  expect(up.text).toMatch(/the timer postfix-relay-metrics\.timer, which writes the metrics, does not run/);
  expect(up).toMatchObject({ code: 0 });
  expect(await web.must("systemctl is-active postfix-relay-metrics.timer postfix")).toBe("active\nactive\n");
});

test("a probe as often as it is wanted, by a timer and a unit of its own", async () => {
  await stack.set("postfix-relay:monitoring.probe", "1h30m");
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await web.must("systemctl show -p TimersMonotonic postfix-relay-probe.timer")).toMatch(
    /OnUnitActiveUSec=1h 30min/,
  );
  expect(await web.must("systemctl cat postfix-relay-probe.service")).not.toContain("NoNewPrivileges");
  const before = (await relay.messages()).length;
  await web.must("systemctl start postfix-relay-probe.service");
  const probed = await web.must(`cat ${folder}/postfix-relay-probe.prom`);
  expect(probed).toMatch(/^postrelay_probe_success 1$/m);
  expect(Number(/^postrelay_probe_timestamp_seconds (\d+)$/m.exec(probed)?.[1])).toBeGreaterThan(
    Date.now() / 1000 - 120,
  );
  expect(probed).not.toContain("relaypass");
  expect((await relay.messages()).length).toBe(before);
  await relay.set("port-closed");
  await web.must("systemctl start postfix-relay-probe.service");
  await relay.set("normal");
  expect(await web.must(`cat ${folder}/postfix-relay-probe.prom`)).toMatch(/^postrelay_probe_success 0$/m);
  expect(await web.run("systemctl is-failed postfix-relay-probe.service")).not.toMatchObject({ code: 0 });
});

test("its timer is looked at, too; without it the file goes", async () => {
  await web.must("systemctl stop postfix-relay-probe.timer");
  expect((await web.run("postrelay check")).stdout).toMatch(/the timer .*postfix-relay-probe\.timer, .* does not run/);
  const up = await stack.up();
  expect(up, up.text).toMatchObject({ code: 0 });
  expect(await web.run("postrelay check")).toMatchObject({ code: 0 });
  await stack.must(["config", "rm", "--stack", stack.name, "--path", "postfix-relay:monitoring.probe"]);
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await web.must("ls /etc/systemd/system | grep relay-probe || echo none")).toBe("none\n");
  expect((await web.run(`ls ${folder}/postfix-relay-probe.prom`)).code).not.toBe(0);
});

test("in another folder, and no longer", async () => {
  await stack.set("postfix-relay:monitoring.textfile", "/srv/metrics");
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await metrics()).toBe("");
  await until(
    "metrics in the new folder",
    async () => (await web.run("test -s /srv/metrics/postfix-relay.prom")).code === 0,
  );
  await stack.must(["config", "rm", "--stack", stack.name, "postfix-relay:monitoring"]);
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await units()).toBe("none\n");
  expect(await web.run("ls /srv/metrics/*")).not.toMatchObject({ code: 0 });
  expect(await web.run("postrelay check")).toMatchObject({ code: 0 });
});

test("destroy takes it away", async () => {
  await stack.set("postfix-relay:monitoring.textfile", folder);
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await units()).toContain("postfix-relay-metrics.timer");
  expect(await stack.destroy()).toMatchObject({ code: 0 });
  expect(await units()).toBe("none\n");
  expect(await metrics()).toBe("");
});
