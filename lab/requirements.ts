import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import semver from "semver";
import { withLock } from "./lock.ts";
import { type Log, must, run } from "./shell.ts";

/** Programs that lab and tests run on this machine, with the Debian package of each. */
const programs: Record<string, string> = {
  mmdebstrap: "mmdebstrap",
  "systemd-nspawn": "systemd-container",
  dnsmasq: "dnsmasq-base",
  nft: "nftables",
  ip: "iproute2",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  openssl: "openssl",
  sysctl: "procps",
  losetup: "mount",
  "mkfs.ext4": "e2fsprogs",
  "mkfs.xfs": "xfsprogs",
  // The tests of the shell scripts run them in each shell that can be `sh`.
  dash: "dash",
  busybox: "busybox",
  shellcheck: "shellcheck",
};
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Why the lab cannot run on this machine, or undefined. */
export function unavailable(): string | undefined {
  if (process.platform !== "linux" || semver.lt(semver.coerce(release()) ?? "0.0.0", "5.14.0"))
    return "the lab needs Linux 5.14 or later";
  if (process.getuid?.() !== 0) return "the lab needs root";
  if (!existsSync("/usr/bin/apt-get")) return "the lab needs Debian or Ubuntu";
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  const needed = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n };
  for (const [name, bit] of Object.entries(needed))
    if (!((BigInt(`0x${effective}`) >> bit) & 1n)) return `the lab needs ${name}: this container does not have it`;
  return undefined;
}

/** Installs the Debian packages that the lab needs and this machine lacks. */
export async function install(log: Log): Promise<void> {
  if ((await missing()).length === 0) return;
  await withLock("apt", async () => {
    const packages = await missing();
    if (packages.length === 0) return;
    log(`lab: installing ${packages.join(", ")}`);
    const options = ["-qq", "-o", "DPkg::Lock::Timeout=300"];
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const add = [...options, "install", "-y", "--no-install-recommends", ...packages];
    if ((await run("apt-get", add, { env })).code === 0) return;
    await must("apt-get", [...options, "update"], { env });
    await must("apt-get", add, { env });
  });
}

async function missing(): Promise<string[]> {
  const probe = 'for p in "$@"; do command -v "$p" >/dev/null || echo "$p"; done';
  const absent = (await must("sh", ["-c", probe, "sh", ...Object.keys(programs)])).split("\n").filter(Boolean);
  const packages = absent.map((program) => programs[program] ?? program);
  if (!existsSync(keyring)) packages.push("debian-archive-keyring");
  return [...new Set(packages)];
}
