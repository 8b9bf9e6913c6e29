import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { Scene } from "../others/scene.ts";

// What a host tells Prometheus, and the alerts that docs/alerts.yml makes of it, as Prometheus itself judges them.
const rules = readFileSync(join(import.meta.dirname, "../../../docs/alerts.yml"), "utf8");

let scene: Scene;
let host: LabHost;
beforeAll(async () => {
  scene = await Scene.open();
  host = await scene.host("web", ["prometheus"]);
  scene.keep(host);
  const run = await scene.steps(host).up();
  expect(run.code, run.text).toBe(0);
  await host.must("systemctl stop prometheus; mkdir /root/rules && cat > /root/rules/alerts.yml", { input: rules });
});
afterAll(() => scene?.close());

/** What a host in this state tells. `postrelay check` has an exit code of its own. */
const metrics = async () => (await host.run("postrelay check --format prometheus")).stdout;
const names = (text: string) => [...new Set(text.match(/\bpostrelay_\w+/g))].sort();

// Before the rows below, which take away what it needs.
test("metrics of a probe: an answer, none, and neither", async () => {
  const found = async (mode: "normal" | "port-closed") => {
    await scene.relay.set(mode);
    await host.run("postrelay probe --textfile /root/probe.prom");
    const text = await host.must("cat /root/probe.prom");
    expect(await host.run("promtool check metrics", { input: text })).toEqual({ code: 0, stdout: "", stderr: "" });
    return text;
  };
  expect(await found("normal")).toMatch(/^postrelay_probe_success 1$[\s\S]*^postrelay_probe_seconds \d+(\.\d+)?$/m);
  expect(await found("port-closed")).toMatch(/^postrelay_probe_success 0$/m);
  await scene.relay.set("normal");
  await host.must("mv /var/lib/postfix-relay /root/away");
  await host.run("postrelay probe --textfile /root/probe.prom");
  await host.must("mv /root/away /var/lib/postfix-relay");
  const text = await host.must("cat /root/probe.prom");
  expect(text).toMatch(/^postrelay_probe_success -1$/m);
  expect(text).not.toContain("postrelay_probe_seconds");
});

describe("metrics", () => {
  test.each<[what: string, does: string, says: RegExp]>([
    ["in sync", ":", /^postrelay_in_sync 1$/m],
    ["a file was edited", "postconf -e 'relayhost = [x.example.net]'", /^postrelay_in_sync 0$/m],
    ["Postfix was removed", "apt-get -qq remove -y postfix", /^postrelay_queue_messages\{queue="active"\} 0$/m],
    ["nothing is proven", "rm -r /var/lib/postfix-relay", /^postrelay_configuration_state\{state="original"\} 1$/m],
  ])("%s", async (_, does, says) => {
    await host.must(does);
    const text = await metrics();
    expect(text).toMatch(says);
    expect(await host.run("promtool check metrics", { input: text })).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("the control: promtool finds what is wrong", async () => {
    const found = await host.run("promtool check metrics", { input: "postrelay_in_sync 1\n" });
    expect(found.code).not.toBe(0);
    expect(found.stdout + found.stderr).toContain("no help text");
  });
});

describe("alerts", () => {
  test("the rules are right, and all their metrics are those of a host", async () => {
    expect(await host.must("promtool check rules /root/rules/alerts.yml")).toMatch(/SUCCESS: \d+ rules found/);
    const { stdout } = await host.run("cat /usr/local/sbin/postrelay");
    for (const name of names(rules)) expect(stdout).toMatch(new RegExp(`(metric|lines) ${name.slice(10)} `));
  });

  const deferred = 'postrelay_queue_messages{queue="deferred"}';
  const state = (name: string) => `postrelay_configuration_state{state="${name}"}`;
  const token = (name: string) => `postrelay_token_${name}{user="a@example.com",relay="relay.example.net"}`;
  const file = 'node_textfile_mtime_seconds{file="/var/lib/prometheus/node-exporter/postfix-relay.prom"}';

  type Row = [alert: string, fires: boolean, what: string, at: string, series: Record<string, string>];
  // Time begins at 0. "0+0x90" is 0 for an hour and a half, a value each minute.
  const rows: Row[] = [
    [
      "PostrelayNothingLeaves",
      true,
      "mail waits",
      "75m",
      { postrelay_last_relayed_timestamp_seconds: "0+0x90", [deferred]: "1+0x90" },
    ],
    [
      "PostrelayNothingLeaves",
      false,
      "none waits",
      "75m",
      { postrelay_last_relayed_timestamp_seconds: "0+0x90", [deferred]: "0+0x90" },
    ],
    [
      "PostrelayNothingLeaves",
      false,
      "some left just now",
      "75m",
      { postrelay_last_relayed_timestamp_seconds: "0+60x90", [deferred]: "5+0x90" },
    ],
    ["PostrelayProbeFails", true, "no answer", "10m", { postrelay_probe_success: "0+0x20" }],
    ["PostrelayProbeFails", false, "an answer", "10m", { postrelay_probe_success: "1+0x20" }],
    ["PostrelayProbeFails", false, "that cannot be told", "10m", { postrelay_probe_success: "-1+0x20" }],
    ["PostrelayProbeStale", true, "none for 27 hours", "27h", { postrelay_probe_timestamp_seconds: "0+0x1700" }],
    ["PostrelayProbeStale", false, "one each hour", "27h", { postrelay_probe_timestamp_seconds: "0+60x1700" }],
    ["PostrelayQueueOld", true, "five hours", "15m", { postrelay_queue_oldest_seconds: "18000+60x20" }],
    ["PostrelayQueueOld", false, "one hour", "15m", { postrelay_queue_oldest_seconds: "3600+60x20" }],
    ["PostrelayQueueGrows", true, "one more each minute", "80m", { [deferred]: "20+1x90" }],
    ["PostrelayQueueGrows", false, "many, but no more", "80m", { [deferred]: "50+0x90" }],
    ["PostrelayQueueGrows", false, "many, and fewer", "80m", { [deferred]: "500-2x90" }],
    ["PostrelayNoMailForLong", true, "for 27 hours", "27h", { postrelay_last_relayed_timestamp_seconds: "0+0x1700" }],
    ["PostrelayNoMailForLong", false, "for a day", "24h", { postrelay_last_relayed_timestamp_seconds: "0+0x1700" }],
    ["PostrelayDrift", true, "for 20 minutes", "20m", { postrelay_in_sync: "0+0x30" }],
    ["PostrelayDrift", false, "for five minutes", "20m", { postrelay_in_sync: "1+0x15 0+0x15" }],
    ["PostrelayDrift", false, "that cannot be told", "20m", { postrelay_in_sync: "-1+0x30" }],
    ["PostrelayCannotTell", true, "for more than an hour", "65m", { postrelay_in_sync: "-1+0x90" }],
    ["PostrelayCannotTell", false, "while a step runs", "65m", { postrelay_in_sync: "1+0x55 -1+0x15" }],
    ["PostrelayRolledBack", true, "for more than an hour", "65m", { [state("rolled-back")]: "1+0x90" }],
    ["PostrelayRolledBack", false, "proven", "65m", { [state("rolled-back")]: "0+0x90", [state("proven")]: "1+0x90" }],
    ["PostrelayPaused", true, "for 20 minutes", "20m", { [state("paused")]: "1+0x30" }],
    ["PostrelayPaused", false, "while the password changes", "20m", { [state("paused")]: "0+0x15 1+0x15" }],
    ["PostrelayTokenNotRenewed", true, "for a quarter of an hour", "15m", { [token("error")]: "1+0x30" }],
    ["PostrelayTokenNotRenewed", false, "once", "15m", { [token("error")]: "0+0x12 1+0x2 0+0x15" }],
    ["PostrelayTokenEnded", true, "for ten minutes", "10m", { [token("seconds")]: "0+0x20" }],
    ["PostrelayTokenEnded", false, "about to end", "10m", { [token("seconds")]: "660-60x10" }],
    ["PostrelayMetricsStale", true, "for two hours", "2h", { [file]: "0+0x150" }],
    ["PostrelayMetricsStale", false, "written each minute", "2h", { [file]: "0+60x150" }],
    [
      "PostrelayMetricsStale",
      false,
      "those of another program",
      "2h",
      { 'node_textfile_mtime_seconds{file="/x/apt.prom"}': "0+0x150" },
    ],
    ["PostrelayMetricsGone", true, "the file was removed", "2h", { postrelay_in_sync: "1+0x30", up: "1+0x150" }],
    ["PostrelayMetricsGone", false, "the host was removed", "2h", { postrelay_in_sync: "1+0x30", up: "1+0x30" }],
    ["PostrelayMetricsGone", false, "the host is down", "2h", { postrelay_in_sync: "1+0x30", up: "1+0x30 0+0x120" }],
    ["PostrelayMetricsGone", false, "they are there", "2h", { postrelay_in_sync: "1+0x150", up: "1+0x150" }],
  ];

  test.each(rows)("%s fires: %s, %s", async (alert, fires, _, at, series) => {
    const from = 'instance="web-1:9100",job="node"';
    const input = {
      rule_files: ["alerts.yml"],
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: Object.entries(series).map(([name, values]) => ({
            series: name.includes("{") ? name.replace("{", `{${from},`) : `${name}{${from}}`,
            values,
          })),
          promql_expr_test: [
            {
              expr: `count(ALERTS{alertname="${alert}",alertstate="firing",severity!="",instance="web-1:9100"})`,
              eval_time: at,
              exp_samples: fires ? [{ labels: "{}", value: 1 }] : [],
            },
          ],
        },
      ],
    };
    const ran = await host.run("cat > /root/rules/test.yml && promtool test rules /root/rules/test.yml", {
      input: JSON.stringify(input),
    });
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  });

  test("each has a row that fires, and one that does not", () => {
    const alerts = [...rules.matchAll(/alert: (\w+)/g)].map(([, name]) => name);
    for (const fires of [true, false])
      expect(new Set(rows.filter((row) => row[1] === fires).map(([alert]) => alert))).toEqual(new Set(alerts));
  });
});
