import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, expect } from "vitest";
import { type LabHost, openLab, type Release } from "../../../lab/index.ts";
import type { Ran } from "../../../lab/shell.ts";
import { packagesScript } from "../../support/modules.ts";

/** The modules about packages, on a host. */
export class Packages {
  readonly host: LabHost;

  private constructor(host: LabHost) {
    this.host = host;
  }

  static async on(host: LabHost): Promise<Packages> {
    const tell =
      'remove() { packages_remove && echo "$removal_kept"; }\nremovable() { packages_removable && echo "$removal_kept"; }';
    await host.must("cat > /root/packages.sh", { input: `${packagesScript()}${tell}\n"$@"\n` });
    return new Packages(host);
  }

  /** Runs a function of the modules. */
  run(call: string): Promise<Ran> {
    return this.host.run(`sh /root/packages.sh ${call}`, { timeout: 900 });
  }

  /** Runs a function that has to succeed. */
  async must(call: string): Promise<Ran> {
    const result = await this.run(call);
    expect(result.code, `${call}: ${result.stderr}`).toBe(0);
    return result;
  }

  /** What apt did when we called it. */
  list(name: "ours" | "removed" | "known"): string[] {
    const file = join(this.host.root, "var/lib/postfix-relay/packages", name);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  }
}

/** What a file of tests begins with: a lab, and fresh hosts with the modules, each for one test. */
export async function openPackages() {
  const lab = await openLab();
  const hosts: LabHost[] = [];
  afterEach(async () => {
    for (const host of hosts.splice(0)) await host.kill();
  });
  afterAll(() => lab.close());
  const fresh = async (packages: string[] = [], release: Release = "bookworm"): Promise<Packages> => {
    const host = await lab.host({ release, packages });
    hosts.push(host);
    return await Packages.on(host);
  };
  return { lab, fresh };
}

/** All that dpkg knows on a host, with its state. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own format
export const dpkg = (host: LabHost) => host.must("dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n'");

/** apt-get by hand, as the host's administrator calls it. */
export const aptGet = (host: LabHost, call: string) =>
  host.must(`DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends ${call} > /dev/null`);

/** Makes a package that holds nothing but relations to others, and installs it. */
export async function ownPackage(host: LabHost, name: string, fields: Record<string, string>): Promise<void> {
  const all = { Package: name, Version: "1", Architecture: "all", Maintainer: "admin <admin@example.com>", ...fields };
  const control = Object.entries({ ...all, Description: "made by the administrator" });
  await host.must(`mkdir -p /root/${name}/DEBIAN && cat > /root/${name}/DEBIAN/control`, {
    input: control.map(([field, value]) => `${field}: ${value}\n`).join(""),
  });
  await host.must(`dpkg-deb --build /root/${name} > /dev/null && dpkg -i /root/${name}.deb > /dev/null`);
}

/** Another process holds one of apt's locks for some seconds. */
export async function lock(host: LabHost, file: string, seconds: number): Promise<void> {
  const input = `use Fcntl;
    open(F, "+>>", "${file}") or die;
    my $lock = pack("s s x4 l! l! i x4", F_WRLCK, 0, 0, 0, 0);
    fcntl(F, F_SETLK, $lock) or die $!;
    open(M, ">", "/run/locked");
    sleep ${seconds};`;
  await host.must("rm -f /run/locked; cat > /root/lock.pl", { input });
  await host.must("systemd-run --quiet --collect --unit=other-apt perl /root/lock.pl");
  await host.must("while [ ! -e /run/locked ]; do sleep 0.1; done", { timeout: 20 });
}

/** What apt-get would install now for these. */
export const closure = async (host: LabHost, ...names: string[]): Promise<string[]> => {
  const plan = await host.must(`apt-get -s --no-install-recommends install ${names.join(" ")}`);
  return [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name as string);
};
