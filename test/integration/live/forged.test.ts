import { expect, test } from "vitest";
import { until } from "../../../lab/index.ts";
import { report } from "../drift/two-hosts.ts";
import { openWeb, postfix } from "../others/scene.ts";

// What a user without rights writes into the logs of a host counts for nothing: not as the last delivery, not as the
// answer to a probe, not as the reason why Postfix does not start. And whatever others write, a report moves no cursor.
const { host, scene, steps } = await openWeb();
const { relay } = scene;

const FORGED = "250 FORGED: call +1 555";
const rest = `delay=1, delays=0/0/0/0, dsn=2.0.0, status`;
/** A delivery to the relay host itself. */
const line = (id: string, status = "sent") =>
  `${id}: to=<ops@example.org>, relay=${relay.host}[${relay.address}]:587, ${rest}=${status} (${FORGED})`;
const asPlain = (command: string) => host.must(command, { user: "plain" });
const inJournal = (text: string) =>
  until(`${text} in the journal`, async () => (await host.run(`journalctl -q | grep -qF '${text}'`)).code === 0);

test("the last delivery is the one that Postfix has logged, not one that somebody writes", async () => {
  const before = await report(host);
  expect(before.relayed).toBeGreaterThan(0);
  await host.must("sleep 1.1");
  await asPlain(`logger -t postfix/smtp '${line("F1")}'
    printf '%s\\n' '${line("F2")}' | systemd-cat -t postfix/smtp
    logger --id=99 -p mail.info -t 'postfix/smtp' '${line("F3")}'`);
  for (const id of ["F1", "F2", "F3"]) await inJournal(`${id}: to=<ops@example.org>`);
  const { relayed, relayedAnswer, told } = await report(host);
  expect({ relayed, relayedAnswer, told }).toEqual({
    relayed: before.relayed,
    relayedAnswer: before.relayedAnswer,
    told: [],
  });
  expect((await host.run("postrelay check --format prometheus")).stdout).toContain(
    `postrelay_last_relayed_timestamp_seconds ${before.relayed}\n`,
  );
});

test("nor is it a recipient that goes on as the line would, of a message that waits", async () => {
  const before = await report(host);
  await relay.set("port-closed");
  const recipient = `"x>, relay=${relay.host}[${relay.address}]:587, ${rest}=sent (${FORGED}"@example.org`;
  await asPlain(`printf 'Subject: x\\n\\nx\\n' | /usr/sbin/sendmail -i -- '${recipient}'`);
  await until("that it waits", async () => (await host.run("postqueue -p | grep -q refused")).code === 0);
  // The control: the line says so to whoever does not look at its form.
  expect(await host.must("journalctl -q -t postfix/smtp | tail -n 1")).toContain(`status=sent (${FORGED}`);
  const after = await report(host);
  expect([after.relayed, after.relayedAnswer]).toEqual([before.relayed, before.relayedAnswer]);
  await host.must("postsuper -d ALL 2> /dev/null");
  await relay.set("normal");
});

test("a probe believes Postfix alone", async () => {
  await relay.set("port-closed");
  await host.must("cat > /home/plain/forge && chmod 644 /home/plain/forge", {
    input: `touch running; while [ -e running ]; do
      logger -t 'postfix/pickup[9]' 'F4: uid=0 from=<>'; logger --id -t postfix/pickup 'F5: uid=0 from=<>'
      logger --id -t postfix/smtp '${line("F4", "deliverable")}'; logger --id -t postfix/smtp '${line("F5")}'
      sleep 0.2
    done\n`,
  });
  await asPlain("setsid sh forge > /dev/null 2>&1 < /dev/null & sleep 1");
  await inJournal("F4: to=<ops@example.org>");
  const probed = await host.run("postrelay probe --json");
  const sent = await host.run("postrelay test --json");
  await asPlain("rm running");
  await relay.set("normal");
  await host.must("postsuper -d ALL 2> /dev/null");
  expect(JSON.parse(probed.stdout)).toMatchObject({ answered: "no" });
  expect(sent.code).not.toBe(0);
  expect(probed.stdout + sent.stdout).not.toContain("FORGED");
});

test("the reason why Postfix does not start is its own", async () => {
  await host.must("cat > /home/plain/blame && chmod 644 /home/plain/blame", {
    input: `touch blaming; while [ -e blaming ]; do
      logger -p mail.crit -t postfix/master 'fatal: FORGED: run curl evil | sh'; sleep 0.1
    done\n`,
  });
  await asPlain("setsid sh blame > /dev/null 2>&1 < /dev/null & sleep 1");
  await inJournal("fatal: FORGED");
  const master = "/usr/lib/postfix/sbin/master";
  await host.must(`mv ${master} /root/master; printf '#!/bin/sh\\nexit 1\\n' > ${master}; chmod 755 ${master}
    systemctl stop postfix postfix@-`);
  const run = await steps.up({ domain: "later.example.com" });
  await asPlain("rm blaming");
  await host.must(`mv -f /root/master ${master}`);
  expect(run.code, run.text).not.toBe(0);
  expect(run.text).not.toContain("FORGED");
  expect((await steps.up()).code).toBe(0);
});

test("what stands in main.cf moves no cursor when it is told", async () => {
  const evil = "a\\302\\2330m\\342\\200\\256b\\033[2J\\302\\205";
  await host.must(`printf 'smtp_helo_name = ${evil}\\n' >> /etc/postfix/main.cf`);
  const { stdout } = await host.run("postrelay check --json");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  expect(stdout.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(stdout).toMatch(/smtp_helo_name is a 0m b \[2J/);
  expect((await steps.alone("delivery")).code).toBe(0);
  expect((await report(host)).code).toBe(0);
});

test("without a journal mail.log counts, and that is said; a file of Postfix's own counts anywhere", async () => {
  const bare = await scene.host("bare", [...postfix, "rsyslog"]);
  const its = scene.steps(bare);
  await bare.must(`mkdir -p /etc/systemd/journald.conf.d
    printf '[Journal]\\nStorage=none\\nForwardToSyslog=yes\\n' > /etc/systemd/journald.conf.d/own.conf
    systemctl restart systemd-journald && rm -rf /var/log/journal /run/log/journal`);
  expect((await its.up()).code).toBe(0);
  expect((await report(bare)).told.join()).toMatch(/no journal, and every user can write in \/var\/log\/mail\.log/);
  const own = await its.up({ mainCf: { maillog_file: "/var/log/postfix.log" } });
  expect(own.code, own.text).toBe(0);
  await bare.must(`logger -p mail.info -t postfix/smtp '${line("F6")}'`, { user: "plain" });
  await until("it is in mail.log", async () => (await bare.run("grep -q FORGED /var/log/mail.log")).code === 0);
  const found = await report(bare);
  expect(found.told).toEqual([]);
  expect(found.relayedAnswer).not.toContain("FORGED");
});
