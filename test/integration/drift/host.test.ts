import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hostReport } from "../../../src/drift/host-report.ts";
import type { LabHost } from "../../lab/index.ts";
import { arrives, Scene } from "../others/scene.ts";
import type { Steps, Suffix } from "../steps.ts";

// What somebody changes on a host behind the tool's back: `postrelay check` names it, the steps it names repair it, and
// what was edited is kept.
let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene?.close());

/** What the host says of itself, and how long that took. */
async function check(host: LabHost) {
  const start = performance.now();
  const ran = await host.run("postrelay check");
  const report = hostReport.parse(JSON.parse(ran.stdout));
  return { code: ran.code, report, milliseconds: performance.now() - start, stderr: ran.stderr };
}

interface Row {
  what: string;
  /** What somebody does on the host. */
  does: string;
  /** What the report says of it. */
  says: RegExp;
  /** The steps that repair it. */
  steps?: Suffix[];
  /** A file of /etc/postfix that was edited, and is kept. */
  kept?: string;
}

const rows: Row[] = [
  {
    what: "a parameter of main.cf is changed",
    does: "postconf -e 'relayhost = [elsewhere.example.net]:25'",
    says: /main\.cf was edited: relayhost = \[elsewhere\.example\.net\]:25/,
    kept: "main.cf",
  },
  {
    what: "a parameter is added to main.cf",
    does: "echo 'always_bcc = spy@example.net' >> /etc/postfix/main.cf && postfix reload",
    says: /main\.cf was edited: always_bcc = spy@example\.net/,
    kept: "main.cf",
  },
  {
    what: "another tool has written main.cf",
    does: "printf 'compatibility_level = 3.6\\nmyhostname = web.example.com\\nrelayhost = [x.example.net]\\n' > /etc/postfix/main.cf",
    says: /main\.cf was edited: .*relayhost = \[x\.example\.net\]/,
    kept: "main.cf",
  },
  {
    what: "sasl_passwd is edited and its index built",
    does: "echo '[x.example.net] me:mine' >> /etc/postfix/sasl_passwd && postmap /etc/postfix/sasl_passwd",
    says: /sasl_passwd was edited.*|sasl_passwd\.db is not the index/,
    kept: "sasl_passwd",
  },
  { what: "an index is deleted", does: "rm /etc/postfix/sasl_passwd.db", says: /sasl_passwd\.db was deleted/ },
  { what: "a map is deleted", does: "rm /etc/postfix/sasl_passwd", says: /sasl_passwd was deleted/ },
  { what: "a map is newer than its index", does: "touch /etc/postfix/sasl_passwd", says: /sasl_passwd\.db is older/ },
  {
    what: "a mode is loosened",
    does: "chmod 644 /etc/postfix/sasl_passwd.db",
    says: /sasl_passwd\.db is readable by others/,
  },
  {
    what: "an owner is changed",
    does: "chown deploy /etc/postfix/main.cf",
    says: /main\.cf has mode 644 and owner deploy/,
  },
  {
    what: "a service of master.cf is changed",
    does: "postconf -Pe smtp/unix/smtp_tls_security_level=none && postfix reload",
    says: /master\.cf was edited: smtp\/unix was changed/,
    kept: "master.cf",
  },
  {
    what: "a listener is opened",
    does: "postconf -Me '0.0.0.0:2525/inet = 0.0.0.0:2525 inet n - y - - smtpd' && postfix reload && sleep 1",
    says: /Postfix listens at 0\.0\.0\.0:2525/,
    kept: "master.cf",
  },
  { what: "Postfix is stopped", does: "systemctl stop postfix", says: /Postfix is not running/ },
  { what: "Postfix is disabled", does: "systemctl disable postfix", says: /not enabled/ },
  { what: "Postfix is masked", does: "systemctl stop postfix; systemctl mask postfix", says: /masked/ },
  {
    what: "the boot unit is disabled",
    does: "systemctl disable postfix-relay-boot.service",
    says: /postfix-relay-boot\.service.* is not enabled/,
    steps: ["packages"],
  },
  {
    what: "the tool is changed",
    does: "echo '# edited' >> /usr/local/sbin/postrelay",
    says: /\/usr\/local\/sbin\/postrelay was changed/,
    steps: ["packages"],
  },
  {
    what: "a package is removed",
    does: "apt-get -qq remove -y libsasl2-modules",
    says: /the package libsasl2-modules was removed/,
    steps: ["packages"],
  },
  {
    what: "Postfix is removed",
    does: "apt-get -qq remove -y postfix",
    says: /the package postfix was removed/,
    steps: ["packages", "delivery"],
  },
  {
    what: "Postfix is upgraded",
    does: "sed -i 's/^\\([0-9]* \\)[^ ]*/\\13.7.0-0/' /var/lib/postfix-relay/proven",
    says: /Postfix was upgraded: 3\.7\.11.*, and proven with 3\.7\.0-0/,
    steps: ["packages", "delivery"],
  },
  {
    what: "the state folder is deleted",
    does: "rm -r /var/lib/postfix-relay",
    says: /the state folder \/var\/lib\/postfix-relay is gone/,
    steps: ["packages", "main-cf", "sasl-passwd", "service", "delivery"],
  },
  {
    what: "the proven files are damaged",
    does: "echo x >> /var/lib/postfix-relay/good/sent/main.cf",
    says: /the proven files in .* are damaged/,
    steps: ["main-cf", "sasl-passwd", "service", "delivery"],
  },
  {
    what: "the staged files are deleted",
    does: "rm -r /var/lib/postfix-relay/staged",
    says: /the staged files .* are missing/,
    steps: ["main-cf", "sasl-passwd"],
  },
];

describe("what somebody changes on a host", () => {
  let host: LabHost;
  let steps: Steps;
  beforeAll(async () => {
    host = await scene.host("web", []);
    scene.keep(host);
    steps = scene.steps(host);
    const run = await steps.up();
    expect(run.code, run.text).toBe(0);
  });
  afterEach(async () => {
    await host.must("rm -rf /var/lib/postfix-relay/kept");
  });

  test("nothing: in sync, in no time", async () => {
    const { code, report, stderr } = await check(host);
    expect({ code, ...report }).toMatchObject({ code: 0, sync: "yes", differences: [], steps: [], active: 0 });
    expect(report.relayedAnswer).toMatch(/^250 /);
    expect(Math.abs(report.relayed - Date.now() / 1000)).toBeLessThan(300);
    expect(stderr).toBe("");
    // Its own time, without the connection.
    const { stdout } = await host.run(
      "bash -c 'time postrelay check' 2>&1 >/dev/null | sed -n 's/^real.*m\\(.*\\)s/\\1/p'",
    );
    console.log(`postrelay check takes ${stdout.trim()} s`);
  });

  test.each(rows)("$what", async ({ what, does, says, steps: wanted = ["delivery"], kept }) => {
    const edited = await host.must(`${does}; ${kept ? `cat /etc/postfix/${kept}` : ":"}`);
    const found = await check(host);
    expect(found.code, found.stderr).toBe(1);
    expect(found.report.sync).toBe("no");
    expect(found.report.differences.join("\n")).toMatch(says);
    expect(found.report.steps.sort()).toEqual([...wanted].sort());
    for (const step of wanted) {
      const said = await steps.alone(step);
      expect(said.code, `${step}: ${said.stdout}${said.stderr}`).toBe(0);
    }
    const after = await check(host);
    expect(after.report.differences).toEqual([]);
    expect(after.code).toBe(0);
    expect(after.report.id).not.toBe(found.report.id);
    if (kept) expect(edited).toContain(await host.must(`cat /var/lib/postfix-relay/kept/*/${kept}`));
    await arrives(host, scene.relay, `drift-${rows.findIndex((row) => row.what === what)}@example.org`);
  });

  test("rolled back by hand", async () => {
    expect(await steps.up({ domain: "other.example.com" })).toMatchObject({ code: 0 });
    await host.must("postrelay rollback");
    const { code, report } = await check(host);
    expect({ code, steps: report.steps }).toEqual({ code: 1, steps: ["delivery"] });
    expect(report.differences.join()).toMatch(/rolled back by hand/);
    expect(await steps.alone("delivery")).toMatchObject({ code: 0 });
    expect((await check(host)).code).toBe(0);
  });

  test("what waits is counted, with its reason and no address", async () => {
    await scene.relay.set("refuse-421");
    await host.must("for i in 1 2 3; do echo x | sendmail -f root@web.example.com someone@example.org; done");
    await expect.poll(async () => (await check(host)).report.deferred, { timeout: 20_000 }).toBe(3);
    const { report } = await check(host);
    expect(report.waitsFor).toMatch(/421/);
    expect(report.waitsFor).not.toContain("@");
    await scene.relay.set("normal");
    await host.must("postqueue -f");
  });

  test("a step is under way: that is said, and nothing waits for the look", async () => {
    await host.must("systemd-run --quiet --unit=holder flock /run/postrelay.lock sleep 600");
    await expect.poll(async () => (await check(host)).code, { timeout: 10_000 }).toBe(2);
    const { report } = await check(host);
    expect(report).toMatchObject({ sync: "unknown", why: expect.stringContaining("another run works on this host") });
    await host.must("systemctl stop holder");
    expect((await check(host)).code).toBe(0);
  });

  test("metrics", async () => {
    const text = await host.must("postrelay check --format prometheus");
    expect(text).toMatch(/^postrelay_in_sync 1$/m);
    expect(text).toMatch(/^postrelay_queue_messages\{queue="deferred"\} \d+$/m);
    expect(text).toMatch(/^postrelay_configuration_state\{state="proven"\} 1$/m);
    const refused = await host.run("postrelay check --format xml");
    expect(refused).toMatchObject({ code: 64, stdout: "" });
  });
});
