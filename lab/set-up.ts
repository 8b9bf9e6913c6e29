import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mountDisk, mountRoot } from "./disk.ts";
import { type HostRecord, logins } from "./host-record.ts";
import { must } from "./shell.ts";

/** Builds the root file system of a host from the layers of its image. */
export async function setUp(record: HostRecord): Promise<void> {
  const { folder, name, key } = record;
  mkdirSync(join(folder, "root"), { recursive: true });
  await mountDisk(record);
  await mountRoot(record);
  const root = join(folder, "root");

  const publicKey = readFileSync(`${key}.pub`, "utf8");
  const prepare = ["set -eu"];
  for (const [user, home] of Object.entries(logins)) {
    mkdirSync(join(root, home, ".ssh"), { recursive: true, mode: 0o700 });
    writeFileSync(join(root, home, ".ssh/authorized_keys"), publicKey, { mode: 0o600 });
    prepare.push(`chown -R ${user}: /${home}/.ssh`);
  }
  await must("chroot", [root, "sh", "-c", prepare.join("\n")]);
  const known: string[] = [];
  for (const [type, bits] of [["ed25519"], ["ecdsa", "256"], ["rsa", "2048"]] as const) {
    const file = join(root, `etc/ssh/ssh_host_${type}_key`);
    await must("ssh-keygen", ["-q", "-t", type, ...(bits ? ["-b", bits] : []), "-N", "", "-C", name, "-f", file]);
    const line = readFileSync(`${file}.pub`, "utf8");
    writeFileSync(join(folder, `ssh_host_${type}_key.pub`), line);
    known.push(`${record.address} ${line}`);
  }
  writeFileSync(join(folder, "known_hosts"), known.join(""));
  writeFileSync(join(root, "etc/machine-id"), `${randomUUID().replaceAll("-", "")}\n`);
  writeFileSync(join(root, "etc/hostname"), `${name}\n`);
  writeFileSync(join(root, "etc/hosts"), `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost\n`);
  rmSync(join(root, "etc/resolv.conf"), { force: true });
  writeFileSync(join(root, "etc/resolv.conf"), `nameserver ${record.dns}\n`);
  // A power cut right after the first boot must not lose what was set up here.
  await must("sync", ["--file-system", join(folder, "disk")]);
  writeFileSync(join(folder, "host.json"), JSON.stringify(record));
}
