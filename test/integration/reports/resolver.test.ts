import { expect, test } from "vitest";
import { arrives, inOrder, openScene, openScripted } from "../others/scene.ts";

// Postfix keeps copies of some files of /etc in its chroot, and only its start renews them.
const scene = await openScene();
const named = await openScripted(scene.world, "named");

const dns = () => scene.world.lab.dns.net.gateway;
const dead = "nameserver 192.0.2.53\noptions timeout:1 attempts:1\n";

test("the resolver was repaired after Postfix had started: green, and all mail leaves", async () => {
  const host = await scene.host("repaired");
  await host.must("cat > /etc/resolv.conf && systemctl restart postfix", { input: dead });
  await host.must("cat > /etc/resolv.conf", { input: `nameserver ${dns()}\n` });
  const run = await scene.steps(host).up();
  expect(run.code, run.text).toBe(0);
  expect(await inOrder(host)).toBe(true);
  await arrives(host, scene.relay, "repaired@example.org");
  expect(await host.must("cat /var/spool/postfix/etc/resolv.conf")).toBe(`nameserver ${dns()}\n`);
});

test("the resolver changes later, to a file behind a link: the next change is green, and all mail leaves", async () => {
  const host = await scene.host("moved");
  const steps = scene.steps(host);
  const first = await steps.up();
  expect(first.code, first.text).toBe(0);
  await host.must("cat > /var/spool/postfix/etc/resolv.conf", { input: dead });
  const stub = `# made by the network's own service\nnameserver ${dns()}\nsearch example.com\n`;
  await host.must("cat > /run/resolv.conf && ln -sf /run/resolv.conf /etc/resolv.conf", { input: stub });
  const run = await steps.up({ rootAlias: "ops@example.org" });
  expect(run.code, run.text).toBe(0);
  await arrives(host, scene.relay, "moved@example.org");
  expect(await host.must("cat /var/spool/postfix/etc/resolv.conf")).toBe(stub);
});

const inHosts = () => `${dns()} only-here.example.net\n`;

test("the relay host's name stands in /etc/hosts alone: red, with the parameter that makes Postfix look there", async () => {
  const host = await scene.host("file");
  await host.must("cat >> /etc/hosts", { input: inHosts() });
  const steps = scene.steps(host, {
    relayHost: { host: "only-here.example.net", port: named.port },
    tls: { certificateNames: [named.host] },
  });
  const run = await steps.up();
  expect(run.code).not.toBe(0);
  expect(run.text).toContain("smtp_host_lookup");
  expect(run.text).toContain("/etc/hosts");
  // As the advice says, though the chroot had another /etc/hosts when Postfix started.
  const again = await steps.up({ mainCf: { smtp_host_lookup: "dns, native" } });
  expect(again.code, again.text).toBe(0);
  expect(await inOrder(host)).toBe(true);
  named.set();
  await host.must("printf 'Subject: x\\n\\nx\\n' | /usr/sbin/sendmail -i later@example.org");
  await expect
    .poll(() => named.messages.flatMap(({ recipients }) => recipients), { timeout: 20_000 })
    .toEqual(["later@example.org"]);
});

test("a name that nobody knows: red, and it is about the spelling and the DNS", async () => {
  const host = await scene.host("unknown");
  const run = await scene.steps(host, { relayHost: { host: "no-such-host.example.net" } }).up();
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/does not resolve/);
  expect(run.text).not.toContain("smtp_host_lookup");
});
