import { expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { arrives, inOrder, openScene, wrong } from "../others/scene.ts";

// A fresh host may have any name, also one that Postfix refuses to have: nothing asks Postfix before it has a usable
// one.
const scene = await openScene();

/** Gives the kernel a name, an empty one too, which `hostname` would refuse. */
async function rename(host: LabHost, name: string): Promise<void> {
  const call = `my ($name) = @ARGV; syscall(${process.arch === "x64" ? 170 : 161}, $name, length $name) == 0 or die "$!"`;
  await host.must(`perl -e '${call}' -- '${name}' && echo '${name}' > /etc/hostname`);
  await host.must("cat > /etc/hosts", { input: `127.0.0.1 localhost\n${name && `127.0.1.1 ${name}\n`}` });
  expect(await host.must("uname -n")).toBe(`${name}\n`);
}

const names: [what: string, name: string][] = [
  ["a number", "29756"],
  ["with an underscore", "my_host"],
  ["64 characters long", "a".repeat(64)],
  ["localhost", "localhost"],
  ["an address", "192.0.2.7"],
  ["the kernel's placeholder", "(none)"],
];

test.each(names)("a fresh host whose name is %s (%s): green, and mail leaves", async (_, name) => {
  const host = await scene.host("web", []);
  await rename(host, name);
  const steps = scene.steps(host);
  const run = await steps.up();
  expect(run.code, run.text).toBe(0);
  expect(await inOrder(host)).toBe(true);
  expect(await host.must("postconf -h myhostname")).toBe("web.example.com\n");
  await arrives(host, scene.relay, `fresh-${names.findIndex((row) => row[1] === name)}@example.org`);
  const destroy = await steps.destroy();
  expect(destroy.code, destroy.text).toBe(0);
  expect((await host.run("dpkg --status postfix")).stdout).not.toContain("ok installed");
});

test("a fresh host without a name: red while Debian's own package refuses it, green once it has one", async () => {
  const host = await scene.host("web", []);
  await rename(host, "");
  const steps = scene.steps(host);
  const red = await steps.up();
  expect(red.code).not.toBe(0);
  expect(red.text).toMatch(/ssl-cert/);
  await rename(host, "web");
  const run = await steps.up();
  expect(run.code, run.text).toBe(0);
  await arrives(host, scene.relay, "named@example.org");
});

test("a fresh host whose name is a number, and a wrong password: what the error says of the host is true", async () => {
  const host = await scene.host("web", []);
  await rename(host, "29756");
  const steps = scene.steps(host, { credentials: wrong });
  const run = await steps.up();
  expect(run.code).not.toBe(0);
  expect(run.text).toMatch(/535/);
  const holds = (await host.run("command -v sendmail")).code === 0;
  expect(holds).toBe(/keeps mail in its queue/.test(run.text));
  if (!holds) expect(run.text).toContain("Nothing was changed");
  // What was handed in meanwhile, if it could be, is not lost.
  const sent = await host.run("printf 'Subject: x\\n\\nx\\n' | sendmail -i meanwhile@example.org");
  expect(sent.code === 0).toBe(holds);
  const repaired = await steps.up({ credentials: { username: "relayuser", password: "relaypass" } });
  expect(repaired.code, repaired.text).toBe(0);
  if (holds) await scene.relay.waitFor(({ recipients }) => recipients.includes("meanwhile@example.org"));
});
