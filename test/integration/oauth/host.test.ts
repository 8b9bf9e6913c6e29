// A host whose relay host takes tokens only: from a bare one to one that is bare again, with no port open to others.

import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { until } from "../../../lab/until.ts";
import { everyRow } from "../rows.ts";
import { releasesOf } from "../world.ts";
import { openTokens, report, tokenReleases } from "./scene.ts";

const { world, host, steps, relay, endpoint, reset, args } = await openTokens();

/**
 * Tries these ports of a host from outside again and again; `stop` tells which were open, and how often it has tried.
 */
function watchPorts(address: string, ports: readonly number[]) {
  const open = new Set<number>();
  let [rounds, stopped] = [0, false];
  const tried = (port: number) =>
    new Promise<void>((resolve) => {
      const socket = connect({ host: address, port, timeout: 1000 }, () => open.add(port));
      socket.on("connect", () => socket.destroy()).on("timeout", () => socket.destroy());
      socket.on("error", () => {}).on("close", () => resolve());
    });
  const watched = (async () => {
    for (; !stopped; rounds++) {
      await Promise.all(ports.map(tried));
      await pause(5);
    }
  })();
  return async () => {
    stopped = true;
    await watched;
    return { open: [...open], rounds };
  };
}

const PORTS = [25, 465, 587, 4190, 10587];
const outside = async (one: LabHost) =>
  (await one.must("ss -Hltn"))
    .split("\n")
    .flatMap((line) => line.trim().split(/\s+/)[3] ?? [])
    .filter((at) => !/^(127\.|\[::1\])/.test(at))
    .sort();

describe.each(releasesOf(world, tokenReleases))("%s", async (release) => {
  const web = await host(release, `web-${release}`);
  const own = steps(web);

  test("the first `up`: mail leaves with a token, and no port was ever open to others", async () => {
    await reset();
    const stop = watchPorts(web.address, PORTS);
    const up = await own.up();
    const { open, rounds } = await stop();
    expect(up.code, up.text).toBe(0);
    expect(open).toEqual([]);
    expect(rounds).toBeGreaterThan(50);
    expect(await outside(web)).toEqual(["0.0.0.0:22", "[::]:22"]);
    expect(relay.messages).toMatchObject([{ accepted: true, whole: true, tls: true, recipients: ["ops@example.org"] }]);
    expect(relay.commands).toContain("AUTH XOAUTH2");
    expect(up.results.at(-1)?.report).toMatchObject({
      status: "sent",
      relay: `${relay.host}[127.86.1.1]:${relay.port}`,
      answer: expect.stringMatching(/^250 2\.0\.0 OK <.*> \[Hostname=AM0PR04/),
    });
    expect(await report(web)).toMatchObject({ sync: "yes", differences: [], told: [] });
    expect((await web.run("systemctl is-enabled dovecot.service dovecot.socket")).stdout).toMatch(/^(masked\n)+$/);
  });

  test("again: nothing to do", async () => {
    expect((await own.up()).results).toEqual([]);
  });

  test("the units are shut in, and nobody reads the tokens", async () => {
    for (const unit of ["postfix-relay-login", "postfix-relay-token"]) {
      const said = await web.must(`systemd-analyze --no-pager security ${unit}.service | tail -n 1`);
      expect(Number(/level for \S+: ([\d.]+)/.exec(said)?.[1]), said).toBeLessThan(4.5);
    }
    const login = "/var/lib/postfix-relay/login";
    expect(await web.must(`stat -c '%a %U:%G' ${login} ${login}/accounts`)).toBe(
      "750 root:dovecot\n640 root:dovecot\n",
    );
    for (const user of ["plain", "postfix", "nobody"])
      for (const file of ["accounts", "password", "dovecot.conf"])
        expect((await web.run(`setpriv --reuid=${user} --clear-groups cat ${login}/${file}`)).code).not.toBe(0);
    // Without its password the login proxy lets nobody in; with PLAIN it does not even ask.
    const said = await web.must(
      `printf 'EHLO x\\r\\nAUTH PLAIN AHgAeA==\\r\\nMAIL FROM:<a@example.com>\\r\\nQUIT\\r\\n' | timeout 5 bash -c 'exec 3<>/dev/tcp/127.86.1.1/10587; cat >&3; cat <&3'`,
    );
    expect(said).not.toMatch(/^235|^250 2\.1\.0/m);
  });

  test("a message of a user leaves, and one after a boot with a token that has ended", async () => {
    await web.must("printf 'Subject: one\\n\\nx\\n' | /usr/sbin/sendmail -f plain@example.com someone@example.org", {
      user: "plain",
    });
    await until("the first message", () => relay.messages.some(({ text }) => text.includes("Subject: one")), {
      seconds: 30,
    });
    endpoint.revoke("all");
    await web.must("sed -i 's/.*/1000000000 1000003600/' /var/lib/postfix-relay/login/logins/*/times; sync");
    const asked = endpoint.requests.length;
    await web.reboot();
    await until("another token", () => endpoint.requests.length > asked, { seconds: 60 });
    await web.must("printf 'Subject: two\\n\\nx\\n' | /usr/sbin/sendmail -f plain@example.com someone@example.org", {
      user: "plain",
    });
    await until("the second message", () => relay.messages.some(({ text }) => text.includes("Subject: two")), {
      seconds: 60,
    });
    expect(await report(web)).toMatchObject({ sync: "yes" });
  });

  const drifts: [does: string, says: RegExp][] = [
    ["systemctl stop postfix-relay-login", /the login proxy .* does not run/],
    ["systemctl disable --now postfix-relay-token.timer", /are not enabled/],
    ["echo ssl = yes >> /var/lib/postfix-relay/login/dovecot.conf", /dovecot\.conf was changed/],
    ["chmod 644 /var/lib/postfix-relay/login/accounts", /another owner or mode/],
    ["rm /var/lib/postfix-relay/login/password", /the password of the login proxy, .*, is gone/],
    ["apt-get -qq remove -y dovecot-submissiond > /dev/null", /the package dovecot-submissiond was removed/],
  ];
  test.each(drifts.slice(0, everyRow ? 6 : 2))("drift: %s", async (does, says) => {
    await web.must(`${does} 2>&1`);
    const drifted = await report(web);
    expect(drifted).toMatchObject({ sync: "no", steps: expect.arrayContaining(["packages"]) });
    expect(drifted.differences.join("\n")).toMatch(says);
    for (const step of ["packages", "delivery"] as const) {
      const done = await own.alone(step);
      expect(done.code, done.stderr).toBe(0);
    }
    expect(await report(web)).toMatchObject({ sync: "yes", differences: [] });
  });

  test("`destroy`: all of it is gone, and a Dovecot that comes later is its own", async () => {
    const destroyed = await own.destroy();
    expect(destroyed.code, destroyed.text).toBe(0);
    expect((await web.run("dpkg -l dovecot-core dovecot-submissiond 2> /dev/null | grep ^ii")).stdout).toBe("");
    expect((await web.run("ls -d /usr/share/dovecot")).stdout).toBe("");
    expect((await web.run("ls -d /var/lib/postfix-relay /etc/systemd/system/postfix-relay* /etc/dovecot")).stdout).toBe(
      "",
    );
    expect((await web.run("systemctl is-enabled dovecot.service")).stdout).not.toMatch(/masked/);
    expect(await outside(web)).toEqual(["0.0.0.0:22", "[::]:22"]);
  });
});

test("a Dovecot of the host's own is not touched: what it says, where it listens", async () => {
  await reset();
  const web = await host("bookworm", "own", { packages: ["dovecot-imapd"] });
  await web.must("systemctl start dovecot");
  // What the package itself brings is a section for a protocol that is not spoken.
  const state = async () => ({
    says: (await web.must("doveconf -n")).replace(/^protocol submission \{[^}]*\}\n/gm, ""),
    listens: await outside(web),
    enabled: (await web.run("systemctl is-enabled dovecot.service")).stdout,
    runs: (await web.run("systemctl is-active dovecot.service")).stdout,
  });
  const before = await state();
  expect(before.listens.join()).toMatch(/:143/);
  const own = steps(web);
  const stop = watchPorts(web.address, [465, 587, 10587]);
  const up = await own.up();
  expect(up.code, up.text).toBe(0);
  expect((await stop()).open).toEqual([]);
  expect(await state()).toEqual(before);
  await web.must("systemctl restart dovecot");
  expect(await state()).toEqual(before);
  expect((await web.run("postrelay probe")).code).toBe(0);
  expect((await own.destroy()).code).toBe(0);
  expect(await state()).toEqual(before);
});

test("a host with a password has no part of it", async () => {
  await reset();
  const web = await host("bookworm", "password");
  const given = { ...args(), relayHost: { host: relay.host, port: relay.port } };
  relay.set();
  const own = steps(web);
  own.change({ ...given, credentials: { username: "someone", password: "some password" } });
  const up = await own.up();
  expect(up.code, up.text).toBe(0);
  expect(
    (await web.run("dpkg -l dovecot-core curl 2> /dev/null | grep ^ii; ls -d /var/lib/postfix-relay/login")).stdout,
  ).toBe("");
  expect(
    (await web.run("systemctl list-unit-files 'postfix-relay-login*' 'postfix-relay-token*' | grep ^postfix")).stdout,
  ).toBe("");
  // And with tokens it gets one; back again it goes, once nothing can be rolled back to that has them.
  await reset();
  const withTokens = await own.up({ credentials: args().credentials });
  expect(withTokens.code, withTokens.text).toBe(0);
  relay.set();
  for (const domain of ["example.net", "example.org"]) {
    const back = await own.up({ credentials: { username: "someone", password: "some password" }, domain });
    expect(back.code, back.text).toBe(0);
  }
  expect((await web.run("ls -d /var/lib/postfix-relay/login /etc/systemd/system/postfix-relay-login*")).stdout).toBe(
    "",
  );
  expect(await report(web)).toMatchObject({ sync: "yes" });
});

afterAll(() => reset());
