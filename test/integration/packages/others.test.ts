import { expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { aptGet, closure, dpkg, openPackages, ownPackage } from "./packages.ts";

const { fresh } = await openPackages();

const names = async (host: LabHost): Promise<string[]> => (await dpkg(host)).match(/(?<=^ii {2}).+$/gm) ?? [];

test("another apt installs nftables while we wait for it: it stays at the removal", async () => {
  const packages = await fresh();
  const { host } = packages;
  const before = await names(host);
  const nftables = await closure(host, "nftables");
  await host.must("cat > /root/slow", { input: "#!/bin/sh\nsleep 6\n" });
  await host.must("chmod +x /root/slow; touch /run/went");
  await host.must(
    "systemd-run --quiet --collect --unit=admin --setenv=DEBIAN_FRONTEND=noninteractive apt-get -y --no-install-recommends -o DPkg::Pre-Invoke::=/root/slow install nftables",
  );
  await host.must("until pgrep -x slow > /dev/null; do sleep 0.05; done", { timeout: 60 });
  const { stderr } = await packages.must("packages_install");
  expect(stderr).toMatch(/waiting for apt: process \d+ \(apt-get\) holds/);
  expect(packages.list("ours")).toContain("postfix");
  expect(packages.list("ours")).not.toContain("nftables");
  expect((await packages.must("remove")).stdout).toBe("\n");
  // It recommends netbase, which Postfix has brought.
  expect(await names(host)).toEqual([...before, ...nftables, "netbase"].sort());
  await host.must("test -e /etc/nftables.conf");
});

test("the administrator installs nftables between a red run and a green one: it stays at the removal", async () => {
  const packages = await fresh();
  const { host } = packages;
  const before = await names(host);
  const wanted = await closure(host, "nftables", "netcat-openbsd");
  await host.must("mkdir /root/debs && mv /var/cache/apt/archives/*.deb /root/debs/");
  await host.offline();
  expect((await packages.run("packages_install")).code).toBe(69);
  await host.offline(false);
  await host.must("mv /root/debs/*.deb /var/cache/apt/archives/");
  await aptGet(host, "install nftables");
  await packages.must("packages_install");
  await aptGet(host, "install netcat-openbsd");
  await packages.must("packages_install");
  await packages.must("remove");
  expect(await names(host)).toEqual([...before, ...wanted, "netbase"].sort());
});

test("a program that needs Postfix keeps it, with all that came with it, and is named", async () => {
  const packages = await fresh();
  await packages.must("packages_install");
  await aptGet(packages.host, "install bsd-mailx");
  const before = await dpkg(packages.host);
  for (const call of ["removable", "remove"])
    expect((await packages.must(call)).stdout).toBe("Postfix stays installed, needed by bsd-mailx.\n");
  expect(await dpkg(packages.host)).toBe(before);
  await aptGet(packages.host, "purge bsd-mailx");
  expect((await packages.must("remove")).stdout).toBe("\n");
  expect(await names(packages.host)).not.toContain("postfix");
});

test("a library that another package depends on, and one that it recommends, stay", async () => {
  const packages = await fresh();
  const { host } = packages;
  await ownPackage(host, "site-before", { Recommends: "ssl-cert, libsasl2-modules-db" });
  const before = await names(host);
  await packages.must("packages_install");
  await ownPackage(host, "site-search", { Depends: "libicu72" });
  await ownPackage(host, "site-login", { Recommends: "something-else | libsasl2-modules (>= 2), cowsay" });
  await packages.must("remove");
  // libsasl2-modules needs none of the others.
  expect(await names(host)).toEqual([...before, "libicu72", "libsasl2-modules", "site-login", "site-search"].sort());
});

test("settings of an earlier Postfix of the administrator are not purged", async () => {
  const packages = await fresh();
  const { host } = packages;
  await aptGet(host, "install postfix");
  await host.must("postconf -e myhostname=mine.example.com");
  await aptGet(host, "remove postfix");
  const before = await dpkg(host);
  expect(before).toContain("rc  postfix\n");
  await packages.must("packages_install");
  expect(packages.list("known")).toContain("postfix");
  await packages.must("remove");
  expect(await dpkg(host)).toBe(before);
  expect(await host.must("grep ^myhostname /etc/postfix/main.cf")).toBe("myhostname = mine.example.com\n");
});

test("CA certificates that we have brought stay", async () => {
  const packages = await fresh();
  const { host } = packages;
  await aptGet(host, "purge ca-certificates");
  const before = await names(host);
  await packages.must("packages_install");
  expect(packages.list("ours")).toContain("ca-certificates");
  await packages.must("remove");
  expect(await names(host)).toEqual([...before, "ca-certificates"].sort());
});

test("Postfix that was here stays; only the plug-ins go", async () => {
  const packages = await fresh(["postfix"]);
  const before = await dpkg(packages.host);
  await packages.must("packages_install");
  expect(packages.list("ours")).toEqual(["libsasl2-modules"]);
  expect((await packages.run("postfix_is_ours")).code).not.toBe(0);
  await packages.must("remove");
  expect(await dpkg(packages.host)).toBe(before);
});
