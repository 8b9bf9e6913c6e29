import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { LabHost, LabRelay } from "../../lab/index.ts";
import type { Said, Stack } from "../stack.ts";
import { World } from "../world.ts";
import { drain, Sender } from "./sender.ts";
import { Table } from "./table.ts";

let world: World;
let relay: LabRelay;
const table = new Table("Hosts as they are found, and given back", ["host", "`pulumi up`", "what is said or done"]);

beforeAll(async () => {
  world = await World.open();
  relay = await world.lab.relay();
});
afterEach(() => relay.set("normal"));
afterAll(async () => {
  await table.close();
  await world?.close();
});

const green = ({ code, text }: Said) => expect(code, text).toBe(0);
const packages = (host: LabHost) => host.must("dpkg -l | awk '/^ii/ { print $2 }'");
const ours = (host: LabHost) =>
  host.must(
    "ls -d /etc/postfix /var/lib/postfix-relay /usr/local/sbin/postrelay /etc/systemd/system/*relay* /etc/systemd/system/*/*relay* 2> /dev/null || :",
  );

describe("a fresh host", () => {
  let host: LabHost;
  let stack: Stack;
  let before: string;

  beforeAll(async () => {
    host = await world.lab.host({ release: "bookworm", name: "fresh" });
    stack = await world.stack("fresh", relay, [host], { testDelivery: { to: "ops@example.org", timeoutSeconds: 15 } });
    before = await packages(host);
  });

  async function red(what: string, reason: RegExp): Promise<void> {
    const said = await stack.up();
    expect(said.code, said.text).not.toBe(0);
    expect(said.text).toMatch(reason);
    table.add(what, "red", `\`${(said.text.match(reason)?.[0] ?? "").trim()}\``);
    expect(await packages(host)).toBe(before);
  }

  test("/etc/postfix is a symbolic link", async () => {
    await host.must("mkdir /srv/postfix && ln -s /srv/postfix /etc/postfix");
    await red("/etc/postfix is a symbolic link", /\/etc\/postfix is a symbolic link to .*Nothing was changed/);
    await host.must("rm /etc/postfix && rmdir /srv/postfix");
    expect(await ours(host)).toBe("");
  });

  test("the package mirror cannot be reached", async () => {
    await host.must("mkdir /root/debs && mv /var/cache/apt/archives/*.deb /root/debs/");
    await host.offline();
    await red("package mirror unreachable", /apt-get could not install postfix .*run pulumi up again/);
    await host.offline(false);
    await host.must("mv /root/debs/*.deb /var/cache/apt/archives/");
  });

  /** Holds dpkg's lock for some seconds, as another apt does. */
  async function lock(unit: string, seconds: number): Promise<void> {
    const program = `use Fcntl;
      open(F, ">/var/lib/dpkg/lock-frontend") or die;
      my $lock = pack("s s x4 l! l! i x4", F_WRLCK, 0, 0, 0, 0);
      fcntl(F, F_SETLK, $lock) or die $!;
      open(M, ">/var/tmp/locked");
      sleep ${seconds};`;
    await host.must("rm -f /var/tmp/locked; cat > /root/lock.pl", { input: program });
    await host.must(`systemd-run --quiet --unit=${unit} perl /root/lock.pl`);
    await host.must("while [ ! -e /var/tmp/locked ]; do sleep 0.1; done");
  }

  test("dpkg half configured, and apt's lock let go after a while: `up` waits, repairs and goes on", async () => {
    await host.must("dpkg --unpack /var/cache/apt/archives/postfix_*.deb > /dev/null 2>&1 || :");
    expect(await host.must("dpkg --audit")).toContain("postfix");
    await lock("yet-another-apt", 8);
    const said = await stack.up();
    green(said);
    table.add(
      "dpkg half configured, apt locked for 8 s",
      "green",
      "waits for the lock, configures what is left, installs",
    );
  });

  test("destroy with mail in the queue: it is flushed first, and if it cannot be, destroy stops and says how to force it", async () => {
    await relay.set("port-closed");
    const sender = await Sender.start(host, "last");
    await sender.more(3);
    await sender.stop();
    await host.must("cat > /usr/local/bin/sleep && chmod +x /usr/local/bin/sleep", {
      input: "#!/bin/sh\nexec /usr/bin/sleep 0.01\n",
    });
    const refused = await stack.destroy();
    expect(refused.code).not.toBe(0);
    expect(refused.text).toMatch(/\d+ messages wait in the queue and would be lost with Postfix.*postsuper -d ALL/);
    expect(await host.run("postrelay check")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"differences":""'),
    });
    table.add(
      "destroy, mail in the queue, relay host down",
      "red",
      "stops, says how many messages wait and how to give them up",
    );
    await host.must("rm /usr/local/bin/sleep");
    await relay.set("normal");
    green(await stack.destroy());
    const there = (await relay.messages())
      .flatMap(({ recipients }) => recipients)
      .filter((to) => to.startsWith("last-"));
    expect(new Set(there).size).toBe(sender.accepted.length);
    table.add("destroy, mail in the queue, relay host up again", "green", "flushes the queue, then purges Postfix");
  });

  test("destroy has given the host back: Postfix, which somebody else had begun to install, is theirs", async () => {
    const added = (await packages(host)).split("\n").filter((name) => !before.split("\n").includes(name));
    expect(added).toContain("postfix");
    expect((await ours(host)).trim()).toBe("/etc/postfix");
    expect(await host.run("echo x | sendmail root")).not.toMatchObject({ code: 0 });
  });
});

describe("hosts with a mail system", () => {
  const systems = ["exim4-daemon-light", "sendmail-bin", "msmtp-mta", "nullmailer"];
  let hosts: LabHost[];
  let handMade: LabHost;
  let stack: Stack;
  let sender: Sender;
  const before = new Map<LabHost, string>();
  const files = (host: LabHost) =>
    host.must(
      "find /etc/exim4 /etc/mail /etc/nullmailer /etc/msmtprc /etc/postfix -type f ! -path '/etc/mail/*' -o -name sendmail.mc -o -name submit.mc -o -name local-host-names 2> /dev/null | sort | xargs -r md5sum",
    );

  beforeAll(async () => {
    [handMade, ...hosts] = (await Promise.all(
      ["postfix", ...systems].map((system) =>
        world.lab.host({
          release: "bookworm",
          name: system,
          packages:
            system === "postfix" ? ["postfix", "libsasl2-modules"] : system.startsWith("sendmail") ? [] : [system],
        }),
      ),
    )) as [LabHost, ...LabHost[]];
    const sendmail = hosts[1] as LabHost;
    // It waits for a minute, again and again, where the host has no full name.
    await sendmail.must(
      "sed -i 's/^127.0.1.1 .*/127.0.1.1 sendmail-bin.example.com sendmail-bin/' /etc/hosts; DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends sendmail-bin > /dev/null",
    );
    await handMade.must(
      `cd /etc/postfix && cat > main.cf && chmod 640 sasl_passwd 2> /dev/null; umask 077
      echo '[${relay.host}]:587 relayuser:relaypass' > sasl_passwd && postmap hash:sasl_passwd && cat > relay_ca.pem <<'END'
${world.lab.ca}
END
      chmod 644 relay_ca.pem; systemctl restart postfix`,
      {
        input: `compatibility_level = 3.6
myhostname = hand.example.com
relayhost = [${relay.host}]:587
smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd
smtp_sasl_tls_security_options = noanonymous
smtp_tls_security_level = encrypt
inet_interfaces = loopback-only
`,
      },
    );
    for (const host of [handMade, ...hosts]) before.set(host, `${await packages(host)}${await files(host)}`);
    sender = await Sender.start(handMade, "hand");
    await sender.more(2);
    stack = await world.stack("existing", relay, [handMade, ...hosts], { waves: ["100%"] });
  });

  test("are taken over", async () => {
    const said = await stack.up();
    green(said);
    for (const host of [handMade, ...hosts])
      expect(await host.run("postrelay check"), host.name).toMatchObject({ code: 0 });
    expect(await handMade.must("cat /var/lib/postfix-relay/original/etc/main.cf")).toContain(
      "myhostname = hand.example.com",
    );
    for (const host of hosts)
      table.add(`${host.name} installed`, "green", "replaced by Postfix; back after destroy, its files unchanged");
  });

  const tool = async (verb: string, lines: string) => await handMade.run(`postrelay ${verb}`, { input: lines });
  const owner = "#% owner postfix-relay/existing/postfix\n";
  const live = () => handMade.must("postrelay check; cat /etc/postfix/main.cf");

  describe("bad input changes nothing", () => {
    const cases: [
      what: string,
      verb: string,
      input: string,
      prepare: string,
      undo: string,
      code: number,
      said: RegExp,
    ][] = [
      [
        "another owner's `up`",
        "stage main-cf",
        "#% owner a/b/c\n#% file main.cf\nx = y\n",
        ":",
        ":",
        77,
        /already managed by postfix-relay\/existing\/postfix, and a\/b\/c may not.*The same takes the host over/,
      ],
      [
        "another owner's destroy",
        "restore service",
        "#% owner a/b/c\n",
        ":",
        ":",
        0,
        /"restored":"no","reason":"this host is managed by postfix-relay\/existing/,
      ],
      [
        "state folder of a newer tool",
        "stage main-cf",
        `${owner}#% file main.cf\nx = y\n`,
        "echo 3 > /var/lib/postfix-relay/format",
        "echo 2 > /var/lib/postfix-relay/format",
        78,
        /written by a newer postfix-relay/,
      ],
      [
        "destroy with a state folder of a newer tool",
        "restore service",
        owner,
        "echo 3 > /var/lib/postfix-relay/format",
        "echo 2 > /var/lib/postfix-relay/format",
        78,
        /written by a newer postfix-relay/,
      ],
      [
        "staged files that are not the wanted ones",
        "start",
        `${owner}#% digest ${"0".repeat(64)}\n`,
        ":",
        ":",
        65,
        /not the ones this step was planned for/,
      ],
      [
        "state folder lost",
        "start",
        `${owner}#% digest ${"0".repeat(64)}\n`,
        "mv /var/lib/postfix-relay /root/kept",
        "rm -rf /var/lib/postfix-relay; mv /root/kept /var/lib/postfix-relay",
        69,
        /not set up by postfix-relay, or its .* is gone/,
      ],
      [
        "nonsense on stdin",
        "start",
        "rubbish\n",
        ":",
        ":",
        73,
        /cannot store the input .* The live configuration was not changed/,
      ],
      ["no owner on stdin", "start", "", ":", ":", 64, /no owner on stdin/],
    ];
    test.each(cases)("%s", async (what, verb, input, prepare, undo, code, said) => {
      const was = await live();
      await handMade.must(prepare);
      const ran = await tool(verb, input);
      await handMade.must(undo);
      expect(ran.stdout + ran.stderr).toMatch(said);
      expect(ran.code).toBe(code);
      expect(await live()).toBe(was);
      table.add(what, code === 0 ? "-" : "red", `exit code ${code}; nothing is changed`);
    });

    const mainCf = () => handMade.must("cat /var/lib/postfix-relay/good/sent/main.cf");
    const parameters: [what: string, line: string, said: RegExp][] = [
      [
        "a misspelled parameter",
        "smtp_tls_securty_level = encrypt",
        /does not know the parameter smtp_tls_securty_level \(the nearest it knows is smtp_tls_security_level\)/,
      ],
      [
        "a parameter of a later Postfix",
        "smtp_log_tls_feature_status = yes",
        /Postfix 3\.7\.\d+ on this host does not know the parameter smtp_log_tls_feature_status/,
      ],
      ["a value Postfix refuses", "message_size_limit = soon", /refuses the configuration: .*message_size_limit/],
      [
        "a line Postfix cannot read",
        "smtp_connect_timeout",
        /refuses the configuration: .*missing '=' after attribute name/,
      ],
    ];
    test.each(parameters)("%s", async (what, line, said) => {
      const good = await mainCf();
      const was = await live();
      const ran = await tool("stage main-cf", `${owner}#% file main.cf\n${good}${line}\n`);
      expect(ran).toMatchObject({ code: 78, stdout: "", stderr: expect.stringMatching(said) });
      expect(await live()).toBe(was);
      table.add(what, "red", `\`${(ran.stderr.match(said)?.[0] ?? "").trim()}\``);
    });
  });

  test("destroy gives them back", async () => {
    const said = await stack.destroy();
    green(said);
    await sender.more(2);
    await sender.stop();
    await drain(handMade);
    const count = await sender.count(relay);
    expect(count).toMatchObject({ delivered: count.accepted, twice: 0, bounced: 0, missing: 0 });
    table.add(
      "Postfix, made by hand",
      "green",
      `taken over and given back by destroy; ${count.accepted} messages in, ${count.delivered} out`,
    );
    for (const host of [handMade, ...hosts])
      expect(`${await packages(host)}${await files(host)}`, host.name).toBe(before.get(host));
    expect(await handMade.must("postconf -h myhostname")).toBe("hand.example.com\n");
  });
});

test("destroy of a host that is gone: Pulumi forgets it", async () => {
  const host = await world.lab.host({ release: "bookworm", name: "gone", packages: ["postfix", "libsasl2-modules"] });
  const stack = await world.stack("gone", relay, [host]);
  green(await stack.up());
  await host.kill();
  const refused = await stack.destroy();
  expect(refused.code).not.toBe(0);
  table.add(
    "destroy, the host is gone",
    "red",
    "`gone: true` and `up`, or `pulumi state delete --target-dependents URN`; then destroy",
  );
  const relayUrn = "urn:pulumi:gone::postfix-relay::postfix-relay:index:RelayFleet$postfix-relay:index:Relay::gone";
  await stack.must(["state", "delete", "--yes", "--target-dependents", relayUrn, "--stack", "gone"]);
  green(await stack.destroy());
});
