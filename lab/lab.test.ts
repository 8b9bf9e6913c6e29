import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Lab, type LabHost, type LabRelay, openLab, type Release, releases } from "./index.ts";

let lab: Lab;
let relay: LabRelay;
const reach = (host: string, port: number) => `timeout 3 bash -c '</dev/tcp/${host}/${port}'`;

beforeAll(async () => {
  lab = await openLab();
  relay = await lab.relay();
});
afterAll(() => lab?.close());

describe.for(releases)("a host of %s", (release: Release) => {
  let host: LabHost;
  const here = () => lab.missing(release) === undefined;
  beforeAll(async () => {
    if (here()) host = await lab.host({ release });
  });

  test("is that release, is in order, and has no MTA", async (context) => {
    if (!here()) context.skip(lab.missing(release));
    expect(readFileSync(join(host.root, "etc/os-release"), "utf8")).toMatch(/^ID=debian$/m);
    expect(await host.must("grep VERSION_CODENAME /etc/os-release || true; cat /etc/debian_version")).toContain(
      release,
    );
    expect(await host.must("systemctl is-system-running")).toBe("running\n");
    expect((await host.run("command -v sendmail")).code).not.toBe(0);
  });

  test("lets root, deploy (with sudo) and plain (without) in, by its own host keys", async (context) => {
    if (!here()) context.skip(lab.missing(release));
    expect(await host.must("whoami; cat", { input: "in" })).toBe("root\nin");
    expect(await host.must("whoami; sudo -n whoami", { user: "deploy" })).toBe("deploy\nroot\n");
    expect((await host.run("sudo -n whoami", { user: "plain" })).code).not.toBe(0);
    expect((["ed25519", "ecdsa", "rsa"] as const).map((type) => host.publicKey(type).split(" ")[0])).toEqual([
      "ssh-ed25519",
      "ecdsa-sha2-nistp256",
      "ssh-rsa",
    ]);
  });

  test("has a package mirror, and the lab's names", async (context) => {
    if (!here()) context.skip(lab.missing(release));
    await host.must("apt-get -qq update && apt-get -qq install -y --no-install-recommends netcat-openbsd");
    expect(await host.must(`getent hosts ${relay.host}`)).toContain(relay.address);
    expect((await host.run("getent hosts nobody.example.com")).code).not.toBe(0);
    for (const address of [relay.host, relay.address6]) await host.must(`nc -z ${address} 587`);
  });

  test("keeps its state through a reboot, a power cut and a reboot of its own", async (context) => {
    if (!here()) context.skip(lab.missing(release));
    await host.must("echo kept > /root/file; logger -t lab-test before; journalctl --sync");
    await host.reboot();
    await host.kill();
    expect(host.running).toBe(false);
    await host.start();
    const boot = "cat /proc/sys/kernel/random/boot_id";
    const id = await host.must(boot);
    await host.run("systemctl reboot");
    await expect.poll(() => host.run(boot).then((ran) => ran.stdout), { timeout: 20_000 }).toMatch(/-/);
    await expect.poll(() => host.run(boot).then((ran) => ran.stdout || id), { timeout: 20_000 }).not.toBe(id);
    expect(await host.must("cat /root/file")).toBe("kept\n");
    expect(await host.journal()).toContain("before");
    expect(await host.must("journalctl -q --list-boots | wc -l")).toBe("4\n");
  });
});

test("a host where another one just was has its IP address, and the MAC address that others still know", async () => {
  const mac = "ip link show host0 | grep -o 'link/ether [^ ]*'";
  const one = await lab.host({ release: "bookworm", name: "earlier" });
  const before = await one.must(mac);
  await lab.discard(one);
  const other = await lab.host({ release: "bookworm", name: "later" });
  expect([other.address, await other.must(mac)]).toEqual([one.address, before]);
  await lab.discard(other);
});

describe("faults", () => {
  let host: LabHost;
  beforeAll(async () => {
    host = await lab.host({ release: "bookworm", name: "faulty" });
  });

  test("a port whose packets are dropped, a network without the outside", async () => {
    await host.firewall("tcp dport 587 drop");
    expect((await host.run(reach(relay.host, 587))).code).toBe(124);
    await host.must(reach(relay.host, 465));
    await host.offline();
    await host.must(reach(relay.host, 587));
    expect((await host.run("cd /tmp && apt-get -qq -o Acquire::Retries=0 download hello")).code).not.toBe(0);
    await host.offline(false);
    await host.must("cd /tmp && apt-get -qq download hello");
  });

  test("names that are changed and removed, and a DNS that is down", async () => {
    const ask = () => host.run("getent ahosts changing.example.test | sort -u | cut -d' ' -f1 | uniq");
    await lab.dns.set("changing.example.test", [relay.address, "fd52:7066::dead"]);
    expect((await ask()).stdout.split("\n").filter(Boolean).sort()).toEqual([relay.address, "fd52:7066::dead"]);
    await lab.dns.set("changing.example.test", []);
    expect((await ask()).stdout).toBe("");
    await lab.dns.stop();
    expect((await host.run(`getent hosts ${relay.host}`)).code).not.toBe(0);
    await lab.dns.start();
    expect((await host.run(`getent hosts ${relay.host}`)).stdout).toContain(relay.address);
  });

  test("a full disk", async () => {
    await host.space(100_000);
    expect((await host.run("head -c 1000000 /dev/zero > /root/big")).stderr).toContain("No space left");
    await host.must("rm /root/big");
    await host.space();
    await host.must("head -c 1000000 /dev/zero > /root/big");
  });

  test("a host with packages of its own, from a cached image", async () => {
    const other = await lab.host({ release: "bookworm", packages: ["hello"] });
    expect(await other.must("hello")).toContain("Hello");
    expect((await host.run("command -v hello")).code).not.toBe(0);
  });

  test("a name can be taken once", async () => {
    await expect(lab.host({ release: "bookworm", name: "faulty" })).rejects.toThrow("faulty");
  });
});
