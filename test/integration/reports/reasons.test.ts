import { expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { openScene } from "../others/scene.ts";

// What is said of a failure is the reason that the host gives, and what the host does then is what it says.
const scene = await openScene();

/** Takes the packages away that the image keeps, and the way to others. */
async function withoutPackages(host: LabHost): Promise<void> {
  await host.must("rm -f /var/cache/apt/archives/*.deb");
  await host.offline();
}

test("apt fails where another mail system is: nothing was changed, and that system accepts mail", async () => {
  const host = await scene.host("dma", ["dma"]);
  await withoutPackages(host);
  const run = await scene.steps(host).up();
  expect(run.code, run.text).toBe(69);
  expect(run.text).toMatch(/apt-get could not install postfix .*\nWhat to do: .*\nNothing was changed\.\n/);
  expect(run.text).not.toContain("Postfix is installed");
  expect(await host.must("readlink -f /usr/sbin/sendmail")).toMatch(/dma\n$/);
  expect(await host.must("ls -d /etc/postfix 2> /dev/null; true")).toBe("");
});

test("apt fails on a fresh host: nothing was changed", async () => {
  const host = await scene.host("fresh", []);
  await withoutPackages(host);
  const run = await scene.steps(host).up();
  expect(run.code, run.text).toBe(69);
  expect(run.text).toMatch(/Nothing was changed\.\n/);
  expect(await host.must("ls -d /etc/postfix 2> /dev/null; true")).toBe("");
});

test.each([
  ["read-only", "mount --bind /tmp /tmp && mount -o remount,bind,ro /tmp", /in \/tmp: Read-only file system\./],
  ["full", "mount -t tmpfs -o size=4k none /tmp", /in \/tmp: No space left on device\./],
  ["no folder", "umount -ql /tmp; rm -rf /tmp", /in \/tmp: No such file or directory\./],
])("/tmp is %s: the reason says so", async (what, breaks, reason) => {
  const host = await scene.host(`tmp-${what.replace(" ", "-")}`, []);
  await host.must(breaks);
  const run = await scene.steps(host).up();
  expect(run.code, run.text).toBe(73);
  expect(run.text).toMatch(reason);
  expect(run.text).toMatch(/Nothing was changed\.\n/);
});
