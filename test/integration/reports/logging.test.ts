import { expect, test } from "vitest";
import { arrives, inOrder, openScene, postfix } from "../others/scene.ts";

// Whatever becomes of the host's log: a delivery is seen.
const scene = await openScene();

const journald = (...lines: string[]) =>
  `mkdir -p /etc/systemd/journald.conf.d && printf '[Journal]\\n%s\\n' ${lines.join(" ")} > /etc/systemd/journald.conf.d/own.conf && systemctl restart systemd-journald`;
const forgetting = "rm -rf /var/log/journal /run/log/journal";

const rows: [what: string, name: string, make: string, rsyslog?: true][] = [
  [
    "a journal of warnings, and all else in mail.log",
    "warnings",
    journald("MaxLevelStore=warning", "ForwardToSyslog=yes"),
    true,
  ],
  ["no journal, and mail.log", "syslog", `${journald("Storage=none", "ForwardToSyslog=yes")} && ${forgetting}`, true],
  ["no journal and no mail.log", "none", `${journald("Storage=none")} && ${forgetting}`],
  ["a journal of warnings, and no mail.log", "silent", journald("MaxLevelStore=warning")],
  ["no mail.log, since rsyslog is stopped", "stopped", "systemctl disable -q --now rsyslog syslog.socket", true],
  [
    "mail.log as an unreadable leftover",
    "leftover",
    `${journald("Storage=none")} && ${forgetting} && mkdir -p /var/log/mail.log`,
  ],
];

test.each(rows)("%s: green, at first and with a change", async (_, name, make, rsyslog) => {
  const host = await scene.host(name, rsyslog ? [...postfix, "rsyslog"] : postfix);
  await host.must(make);
  const steps = scene.steps(host);
  for (const change of [{}, { domain: `${name}.example.com` }]) {
    const run = await steps.up(change);
    expect(run.code, run.text).toBe(0);
    expect(run.results.at(-1)?.report).toMatchObject({ status: "sent" });
  }
  expect(await inOrder(host)).toBe(true);
  await arrives(host, scene.relay, `${name}@example.org`);
});
