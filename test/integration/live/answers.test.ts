// What the relay host answers the probe of the running Postfix, after it has taken the test message of the candidate.

import { expect, test } from "vitest";
import type { Script } from "../../../lab/scripted.ts";
import { openScriptedWeb } from "../others/scene.ts";

const { server, host, steps } = await openScriptedWeb({ mechanisms: ["PLAIN"] });
const live = async () => JSON.parse(await host.must("postrelay status")).live;

interface Row {
  what: string;
  /** The first answer at a place is that to the candidate, further ones are for the running Postfix. */
  script: Script;
  color: "green" | "red";
  /** What is said of it; nothing: `unproven` is empty. */
  says?: RegExp;
}

const rows: Row[] = [
  { what: "takes it", script: {}, color: "green" },
  {
    what: "refuses the empty sender",
    script: { mail: ["250 2.1.0 Ok", "501 5.1.7 Bad sender address syntax"] },
    color: "green",
    says: /the relay refuses the empty sender, which reports of failed deliveries \(bounces\) have.*501 5\.1\.7/,
  },
  {
    what: "refuses the empty sender behind RCPT",
    script: { rcpt: ["250 2.1.5 Ok", "550 5.7.1 null sender not allowed"] },
    color: "green",
    says: /the relay refuses the empty sender/,
  },
  {
    what: "defers it after the login",
    script: { rcpt: ["250 2.1.5 Ok", "450 4.2.0 try later"] },
    color: "green",
    says: /the relay answers for now\. Log: .*450 4\.2\.0 try later/,
  },
  {
    what: "has room for one connection",
    script: { greeting: ["220 scripted ESMTP", "421 4.7.0 Too many connections"] },
    color: "green",
    says: /The relay has too many connections/,
  },
  {
    what: "cannot check logins now",
    script: { auth: ["235 2.7.0 Authentication successful", "454 4.7.0 Temporary authentication failure"] },
    color: "green",
    says: /454 4\.7\.0 Temporary/,
  },
  {
    what: "refuses the login",
    script: { auth: ["235 2.7.0 Authentication successful", "535 5.7.8 Authentication failed"] },
    color: "red",
    says: /the running Postfix does not send with it: .*535 5\.7\.8/s,
  },
  {
    what: "closes the connection",
    script: { greeting: ["220 scripted ESMTP", ""] },
    color: "red",
    says: /the running Postfix does not send with it: .*lost connection/s,
  },
  {
    what: "has no TLS any more",
    script: { starttls: ["220 2.0.0 Ready to start TLS", "502 5.5.1 no TLS here"] },
    color: "red",
    says: /the running Postfix does not send with it: .*TLS/s,
  },
  {
    what: "refuses this host",
    script: { greeting: ["220 scripted ESMTP", "554 5.7.1 blocked"] },
    color: "red",
    says: /the running Postfix does not send with it: .*554 5\.7\.1 blocked/s,
  },
];

test.each(rows)("the relay host $what: $color", async ({ what, script, color, says }) => {
  const before = await live();
  server.set(script);
  const run = await steps.up({ domain: `row-${rows.findIndex((row) => row.what === what)}.example.com` });
  const { report, stderr } = run.results.at(-1) ?? {};
  expect(run.code === 0 ? "green" : "red", run.text).toBe(color);
  expect(server.messages.map(({ accepted }) => accepted)).toEqual([true]);
  if (color === "green") {
    expect(await live()).not.toBe(before);
    expect(report).toMatchObject({ status: "sent", dsn: expect.stringMatching(/^2/) });
    if (says) expect(JSON.stringify(report?.unproven)).toMatch(says);
    else expect(report?.unproven).toEqual([]);
  } else {
    expect(stderr).toMatch(says as RegExp);
    expect(await live()).toBe(before);
  }
  server.set();
  expect(await host.run("postrelay check")).toMatchObject({ code: 0 });
  const probed = await host.run("postrelay probe");
  expect(probed, probed.stdout + probed.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(probed.stdout)).toMatchObject({ postrelay: "probe", answered: "yes", why: "" });
});

test("postrelay probe says what a person, a program and monitoring want to know", async () => {
  const probe = async (words = "") => {
    const { code, stdout } = await host.run(`postrelay probe ${words}`);
    return { code, ...(stdout.startsWith("{") ? JSON.parse(stdout) : { text: stdout }) };
  };
  server.set();
  expect(await probe()).toMatchObject({
    code: 0,
    answered: "yes",
    relay: expect.stringContaining(server.host),
    dsn: "2.1.5",
  });
  expect(server.messages).toEqual([]);
  expect(server.commands).toContain("AUTH PLAIN");
  expect(server.commands).not.toContain("DATA");
  server.set({ rcpt: "550 5.1.1 no such user" });
  expect(await probe("--to nobody@example.org")).toMatchObject({
    code: 0,
    why: expect.stringContaining("550 5.1.1 no such user"),
  });
  server.set({ auth: "535 5.7.8 Authentication failed" });
  expect(await probe("--json")).toMatchObject({ code: 1, answered: "no", why: expect.stringContaining("535 5.7.8") });
  server.set({ greeting: "421 4.7.0 Too many connections" });
  expect(await probe()).toMatchObject({ code: 2, answered: "unknown", why: expect.stringContaining("421 4.7.0") });
  server.set();
  const words = await host.run("script -qec 'postrelay probe' /dev/null");
  expect(words.stdout).toMatch(
    /^Mail leaves: scripted\.example\.test\[.*\]:\d+ answered after [\d.]+ s: 250 2\.1\.5 Ok/,
  );
  expect(await host.run("postrelay probe --to")).toMatchObject({ code: 64 });
  expect(await host.run("postrelay probe --to='-v'")).toMatchObject({ code: 64 });
  expect((await host.run("/usr/local/sbin/postrelay probe", { user: "deploy" })).code).toBe(77);
  // Nothing of it is left, and no report of a failed probe came to anybody.
  const left = "ls -A /run | grep '^postrelay' | grep -vx -e postrelay.lock -e postrelay.checked || :";
  expect(await host.must(left)).toBe("");
  const folders = "/var/spool/postfix/{maildrop,incoming,active,deferred,hold}";
  expect(await host.must(`bash -c 'find ${folders} /var/mail -type f'`)).toBe("");
});
