import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { until } from "../../../lab/until.ts";
import { Breakpoint } from "../faults/breakpoint.ts";
import { aptGet, dpkg, lock, openPackages, type Packages } from "./packages.ts";

const { lab, fresh } = await openPackages();

/** As after the first boot of a machine: no package lists yet, nothing downloaded. */
const withoutLists = (host: LabHost) => host.must("rm -rf /var/lib/apt/lists/* && apt-get clean");

describe.for(["bookworm", "trixie"] as const)("a fresh host of %s", (release) => {
  test("gets Postfix, and loses it again with all that came with it", async (context) => {
    if (lab.missing(release)) context.skip(lab.missing(release));
    const packages = await fresh([], release);
    const { host } = packages;
    // Settings of an administrator that change what apt-get does and says.
    await host.must("cat > /etc/apt/apt.conf.d/99admin", {
      input:
        'APT::Get::Purge "true";\nAPT::Get::AutomaticRemove "true";\nAPT::Get::Show-Versions "true";\nquiet "2";\n',
    });
    await aptGet(host, "install cowsay perl && apt-mark auto cowsay");
    const before = await dpkg(host);
    expect((await packages.must("packages_install")).stderr).toBe("");
    expect((await packages.must("postfix_is_ours")).code).toBe(0);
    expect(await host.must("postconf -d mail_version")).toMatch(/= 3\./);
    const added = (await dpkg(host)).split("\n").filter((line) => !before.includes(line));
    expect(packages.list("ours")).toEqual(added.map((line) => line.slice(4)).sort());

    const log = () => host.must("stat -c '%i %Y' /var/lib/postfix-relay/packages/apt.log");
    const called = await log();
    await packages.must("packages_install");
    expect(await log()).toBe(called);

    expect((await packages.must("removable")).stdout).toBe("\n");
    expect((await packages.must("remove")).stdout).toBe("\n");
    expect(await dpkg(host)).toBe(before);
    expect((await packages.must("remove")).stdout).toBe("\n");
  });
});

describe("apt is busy", () => {
  test("with the package lists, which apt's own timeout does not wait for", async () => {
    const packages = await fresh();
    await withoutLists(packages.host);
    await lock(packages.host, "/var/lib/apt/lists/lock", 25);
    const { stderr } = await packages.must("packages_install");
    const waiting = /^postrelay: waiting for apt: process \d+ \(perl\) holds \/var\/lib\/apt\/lists\/lock$/gm;
    expect(stderr.match(waiting)).toHaveLength(2);
    expect(packages.list("ours")).toContain("postfix");
  });

  test.for(["/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/cache/apt/archives/lock"])(
    "with %s, at the installation and at the removal",
    async (file) => {
      const packages = await fresh();
      const waiting = new RegExp(`^postrelay: waiting for apt: process \\d+ \\(perl\\) holds ${file}$`, "m");
      const before = await dpkg(packages.host);
      await lock(packages.host, file, 8);
      expect((await packages.must("packages_install")).stderr).toMatch(waiting);
      await packages.host.must("while systemctl --quiet is-active other-apt; do sleep 0.1; done");
      if (!file.includes("archives")) {
        await lock(packages.host, file, 8);
        expect((await packages.must("remove")).stderr).toMatch(waiting);
        expect(await dpkg(packages.host)).toBe(before);
      }
    },
  );
});

describe("package lists", () => {
  test("of others that cannot be had stop nothing, and are named", async () => {
    const packages = await fresh();
    await withoutLists(packages.host);
    await packages.host.must("cat > /etc/apt/sources.list.d/dead.list", {
      input: "deb [trusted=yes] http://dead.example.test/debian stable main\n",
    });
    const { stderr } = await packages.must("packages_install");
    expect(stderr).toMatch(/apt-get update could not fetch http:\/\/dead\.example\.test\S.*could be installed without/);
    expect(packages.list("ours")).toContain("postfix");
  });

  test("and packages that cannot be had: red with apt's reason, nothing is changed", async () => {
    const packages = await fresh();
    const before = await dpkg(packages.host);
    await withoutLists(packages.host);
    await packages.host.offline();
    const result = await packages.run("packages_install");
    expect(result).toMatchObject({
      code: 69,
      stderr: expect.stringMatching(
        /apt-get could not install postfix libsasl2-modules: .*postfix.*; and apt-get update could not fetch http.*\nWhat to do: Repair it on the host .* and run pulumi up again\.\nNothing was changed\.\n$/,
      ),
    });
    expect(await dpkg(packages.host)).toBe(before);
    expect(packages.list("ours")).toEqual([]);
  });
});

describe("interrupted", () => {
  test("dpkg by others: mended, and only what our call brings is ours", async () => {
    const packages = await fresh();
    await packages.host.must("dpkg --unpack /var/cache/apt/archives/postfix_*.deb > /dev/null 2>&1 || :");
    expect(await packages.host.must("dpkg --audit")).toContain("postfix");
    await packages.must("packages_install");
    expect(await packages.host.must("dpkg --audit")).toBe("");
    expect(packages.list("ours")).not.toContain("postfix");
  });

  /** Suspends our apt where it unpacks Postfix: half of what it planned is there. */
  async function unpacking(packages: Packages) {
    // apt gives dpkg a PATH of its own.
    await packages.host.must("cat > /etc/apt/apt.conf.d/99path", {
      input: 'DPkg::Path "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";\n',
    });
    const breakpoint = new Breakpoint(packages.host, { command: "dpkg-deb", arguments: "--fsys-tarfile *postfix_*" });
    const up = packages.run("packages_install");
    const stopped = await breakpoint.hit();
    breakpoint.remove();
    return { up, stopped };
  }

  test("our call, by a kill: what it had begun is ours, what was installed since is not", async () => {
    const packages = await fresh();
    const before = await dpkg(packages.host);
    const { up, stopped } = await unpacking(packages);
    stopped.kill();
    await stopped.end();
    expect((await up).code).not.toBe(0);
    expect(packages.list("ours")).toEqual([]);
    // Both were planned; one was begun.
    expect(await dpkg(packages.host)).not.toContain("libsasl2-modules\n");
    await packages.host.must("dpkg --force-confold --configure -a > /dev/null 2>&1 || :");
    await packages.host.must("dpkg -i /var/cache/apt/archives/libsasl2-modules_*.deb > /dev/null");
    await packages.must("packages_install");
    expect(packages.list("ours")).toEqual(
      ["cpio", "libicu72", "libsasl2-2", "libsasl2-modules-db", "netbase", "postfix", "ssl-cert"].sort(),
    );
    await packages.must("remove");
    expect(await dpkg(packages.host)).toBe(before.replace(/(?=.. {2}libseccomp2\n)/, "ii  libsasl2-modules\n"));
  });

  test("our call, by a power cut", async () => {
    const packages = await fresh();
    const before = await dpkg(packages.host);
    const { up } = await unpacking(packages);
    await packages.host.kill();
    await up;
    await packages.host.start();
    await packages.must("packages_install");
    expect(packages.list("ours")).toContain("libicu72");
    await packages.must("remove");
    expect(await dpkg(packages.host)).toBe(before);
  });

  test("our shell, while apt goes on: what it does is ours", async () => {
    const packages = await fresh();
    const before = await dpkg(packages.host);
    const { up, stopped } = await unpacking(packages);
    await packages.host.must("pkill -KILL -f '^sh /root/packages.sh'");
    expect((await up).code).not.toBe(0);
    stopped.resume();
    await until("apt ends", async () => (await packages.host.run("pgrep -x apt-get")).code !== 0, { seconds: 60 });
    await packages.must("packages_install");
    await packages.must("remove");
    expect(await dpkg(packages.host)).toBe(before);
  });
});
