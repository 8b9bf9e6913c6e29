import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { Scripted } from "../../../lab/scripted.ts";
import { until } from "../../../lab/until.ts";
import { Breakpoint } from "../faults/breakpoint.ts";
import { Sender } from "../faults/sender.ts";
import { aptGet, dpkg, openPackages, ownPackage, type Packages } from "./packages.ts";

const { lab, fresh } = await openPackages();
// A server that takes all mail without TLS or a password, as mail systems of old are used to.
const smarthost = await Scripted.open(lab, "smarthost", 2525);
beforeEach(async () => {
  await smarthost.close();
  smarthost.set({ ehlo: "250 smarthost.example.test" });
});
afterAll(() => smarthost.close());
const recipients = () => smarthost.messages.flatMap(({ recipients }) => recipients);

/** A mail system that hands all mail to the smarthost. */
interface System {
  packages: string[];
  /** Sets it up; it is running afterwards. */
  setUp: (to: Scripted) => string;
  /** Its daemon, if it has one. */
  unit?: string;
  /** Installed on the host itself, with a full host name, since an image has none. */
  onHost?: true;
}

const systems: Record<string, System> = {
  "exim4-daemon-light": {
    packages: ["exim4-daemon-light"],
    unit: "exim4",
    setUp: ({ address, port }) => `sed -i "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='satellite'/
      s/^dc_smarthost=.*/dc_smarthost='${address}::${port}'/; s/^dc_readhost=.*/dc_readhost='example.com'/
      " /etc/exim4/update-exim4.conf.conf; update-exim4.conf; systemctl restart exim4`,
  },
  dma: {
    packages: ["dma"],
    setUp: ({ address, port }) => `printf 'SMARTHOST ${address}\\nPORT ${port}\\n' > /etc/dma/dma.conf`,
  },
  nullmailer: {
    packages: ["nullmailer"],
    unit: "nullmailer",
    setUp: ({ address, port }) =>
      `echo '${address} smtp --port=${port}' > /etc/nullmailer/remotes; systemctl restart nullmailer`,
  },
  "sendmail-bin": {
    packages: ["sendmail-bin"],
    unit: "sendmail",
    onHost: true,
    // Domains of senders cannot be looked up in the lab.
    setUp: ({ address, port }) => `cat > /root/smart <<'END'
define(\`SMART_HOST', \`relay:[${address}]')dnl
define(\`RELAY_MAILER_ARGS', \`TCP $h ${port}')dnl
FEATURE(\`accept_unresolvable_domains')dnl
END
      cd /etc/mail && sed -i '/^DOMAIN/r /root/smart' sendmail.mc && m4 sendmail.mc > sendmail.cf && systemctl restart sendmail`,
  },
  opensmtpd: {
    packages: ["opensmtpd"],
    unit: "opensmtpd",
    setUp: ({ address, port }) => `cat > /etc/smtpd.conf <<'END'
listen on localhost
action "out" relay host smtp://${address}:${port}
match from local for any action "out"
END
      systemctl restart opensmtpd && until smtpctl show queue; do sleep 0.1; done`,
  },
};

async function host(system: string): Promise<Packages> {
  const { packages: names, setUp, onHost } = systems[system] as System;
  const packages = await fresh(onHost ? [] : names);
  const made = packages.host;
  if (onHost) {
    await made.must(`sed -i 's/^127.0.1.1 .*/127.0.1.1 ${made.name}.example.com ${made.name}/' /etc/hosts`);
    await aptGet(made, `install ${names.join(" ")} 2>&1`);
  }
  await made.must(setUp(smarthost));
  return packages;
}

const send = (made: LabHost, ...to: string[]) =>
  made.must(to.map((name) => `echo text | sendmail -i -f root@example.com ${name}@example.org`).join(" && "));
const arrived = (...to: string[]) =>
  until(`${to} at the smarthost`, () => to.every((name) => recipients().includes(`${name}@example.org`)), {
    seconds: 60,
  });
const once = () => expect(new Set(recipients()).size).toBe(recipients().length);
const left = (made: LabHost, ...lists: string[]) =>
  made.must(`cd /var/lib/postfix-relay/packages && ls ${lists.join(" ")} 2> /dev/null || :`);
const mode = (made: LabHost) =>
  made.must("stat -Lc '%a %U %G' /usr/sbin/sendmail /usr/sbin/nullmailer-queue 2> /dev/null || :");

describe.for(Object.keys(systems))("%s", (system) => {
  const { unit } = systems[system] as System;
  const running = async (made: LabHost) =>
    unit ? await made.must(`systemctl is-active ${unit}; systemctl is-enabled ${unit} 2> /dev/null || :`) : "";

  test("its queue is delivered, Postfix takes its place, and it comes back", async () => {
    const packages = await host(system);
    const before = `${await dpkg(packages.host)}${await mode(packages.host)}${await running(packages.host)}`;
    await send(packages.host, "one", "two");
    await smarthost.listen();
    await packages.must("packages_install");
    await arrived("one", "two");
    expect(packages.list("removed")).toContain(system);
    expect(await left(packages.host, "blocked", "replaced")).toBe("");
    expect(await packages.host.must("readlink -f /usr/sbin/sendmail; dpkg -S /usr/sbin/sendmail")).toContain(
      "postfix:",
    );

    expect((await packages.must("remove")).stdout).toBe("\n");
    expect(`${await dpkg(packages.host)}${await mode(packages.host)}${await running(packages.host)}`).toBe(before);
    await send(packages.host, "three");
    await arrived("three");
    once();
  });

  test("its queue cannot be delivered: red, all of it is still there, it works as before", async () => {
    const packages = await host(system);
    const state = async () => `${await dpkg(packages.host)}${await mode(packages.host)}${await running(packages.host)}`;
    const before = await state();
    await send(packages.host, "one", "two", "three");
    const result = await packages.run("packages_install");
    expect(result).toMatchObject({
      code: 69,
      stderr: expect.stringMatching(
        new RegExp(
          `3 messages wait in the queue of ${system}, .*\n.*run pulumi up again\\.\nNothing was changed\\.\n$`,
        ),
      ),
    });
    expect(result.stderr.match(/3 messages are in the queue of .* seconds at most$/gm)?.length).toBeGreaterThan(1);
    expect(await state()).toBe(before);
    expect(await left(packages.host, "blocked")).toBe("");
    await smarthost.listen();
    await send(packages.host, "four");
    await packages.must("packages_install");
    await arrived("one", "two", "three", "four");
    once();
  });

  test("programs send all the time: what was accepted arrives, and they know what was not", async () => {
    const packages = await host(system);
    await smarthost.listen();
    const sender = await Sender.start(packages.host, "busy");
    await sender.more(3);
    await packages.must("packages_install");
    // Without a main.cf Postfix refuses; nothing is accepted from here on.
    await sender.stop();
    expect(sender.accepted.length).toBeGreaterThan(3);
    await arrived(...sender.accepted.map((name) => name));
    once();
  });
});

test("killed while it accepts nothing: it gets its program and its daemon back", async () => {
  const packages = await host("exim4-daemon-light");
  const before = await mode(packages.host);
  const breakpoint = new Breakpoint(packages.host, { command: "apt-get", arguments: "*apt.log*" });
  await breakpoint.during(packages.run("packages_install"), async (stopped) => {
    breakpoint.remove();
    expect((await packages.host.run("echo text | sendmail root")).code).toBe(126);
    stopped.kill();
    await stopped.end();
  });
  expect((await packages.host.run("echo text | sendmail root")).code).toBe(126);
  await packages.must("mta_unblock");
  expect(await mode(packages.host)).toBe(before);
  expect(
    await packages.host.must("systemctl is-active exim4; ls /var/lib/postfix-relay/packages/blocked 2>&1 || :"),
  ).toMatch(/^active\nls: /);
  await smarthost.listen();
  await send(packages.host, "one");
  await arrived("one");
});

test("apt cannot install: it accepts mail again", async () => {
  const packages = await host("dma");
  const before = await mode(packages.host);
  await packages.host.must("cat > /etc/apt/apt.conf.d/99broken", { input: 'DPkg::Pre-Install-Pkgs {"exit 3";};\n' });
  expect((await packages.run("packages_install")).code).toBe(69);
  expect(await mode(packages.host)).toBe(before);
  expect(packages.list("ours")).toEqual([]);
  expect(packages.list("removed")).toEqual([]);
  await smarthost.listen();
  await send(packages.host, "one");
  await arrived("one");
});

test("msmtp-mta, which has no queue, is replaced and comes back; msmtp itself is not touched", async () => {
  const packages = await fresh(["msmtp-mta"]);
  const made = packages.host;
  const before = await dpkg(made);
  await packages.must("packages_install");
  expect(packages.list("removed")).toEqual(["msmtp-mta"]);
  expect(await made.must("stat -c %a /usr/bin/msmtp")).toBe("755\n");
  await packages.must("remove");
  expect(await dpkg(made)).toBe(before);
});

test("an unknown one stops it, with a clear error", async () => {
  const packages = await fresh();
  const made = packages.host;
  await ownPackage(made, "site-mail", { Provides: "default-mta, mail-transport-agent (= 1)" });
  const before = await dpkg(made);
  expect(await packages.run("packages_install")).toMatchObject({
    code: 69,
    stderr: expect.stringMatching(
      /mail system is site-mail; .*\n.*apt-get remove site-mail.*run pulumi up again\.\nNothing/,
    ),
  });
  expect(await dpkg(made)).toBe(before);
});

test("a package that goes with it, but is not part of it, stops it", async () => {
  const packages = await host("dma");
  await ownPackage(packages.host, "site-alarm", { Depends: "dma" });
  const before = await dpkg(packages.host);
  expect(await packages.run("packages_install")).toMatchObject({
    code: 69,
    stderr: expect.stringMatching(/apt would remove site-alarm, besides dma\.\n.*\nNothing was changed/),
  });
  expect(await dpkg(packages.host)).toBe(before);
});

test("one that cannot be had any more: red at the removal, and nothing goes", async () => {
  const packages = await host("dma");
  await packages.must("packages_install");
  const before = await dpkg(packages.host);
  await packages.host.must("rm -rf /var/lib/apt/lists/*; apt-get clean");
  await packages.host.offline();
  for (const call of ["removable", "remove"])
    expect(await packages.run(call)).toMatchObject({
      code: 69,
      stderr: expect.stringMatching(/dma, which Postfix has replaced, cannot be restored: .*Removed so far: nothing/s),
    });
  expect(await dpkg(packages.host)).toBe(before);
  await packages.host.offline(false);
  await packages.must("remove");
  expect(await dpkg(packages.host)).toContain("ii  dma\n");
});
