import { beforeEach, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { until } from "../../../lab/until.ts";
import { Breakpoint } from "../faults/breakpoint.ts";
import { Sender } from "../faults/sender.ts";
import { openScene, openScripted, send } from "../others/scene.ts";

// The first `up` on a host with another mail system, cut off or stopped: that one goes on, without the next `up`.
const scene = await openScene();
const smarthost = await openScripted(scene.world, "smarthost");
beforeEach(() => smarthost.set({ ehlo: "250 smarthost.example.test" }));
const recipients = () => smarthost.messages.flatMap(({ recipients }) => recipients);

/** Each message that was accepted is at the smarthost or at the relay host, once. */
async function arrived(sender: Sender): Promise<void> {
  const there = async () =>
    [...recipients(), ...(await scene.relay.messages()).flatMap(({ recipients }) => recipients)].map(
      (to) => to.split("@")[0] ?? "",
    );
  await until("all at a relay host", async () => {
    const all = await there();
    return sender.accepted.every((name) => all.includes(name));
  });
  const all = (await there()).filter((name) => sender.accepted.includes(name));
  expect(new Set(all).size).toBe(all.length);
}

async function exim(name: string): Promise<LabHost> {
  const host = await scene.host(name, ["exim4-daemon-light"]);
  const { address, port } = smarthost;
  await host.must(`sed -i "s/^dc_eximconfig_configtype=.*/dc_eximconfig_configtype='satellite'/
    s/^dc_smarthost=.*/dc_smarthost='${address}::${port}'/; s/^dc_readhost=.*/dc_readhost='example.com'/
    " /etc/exim4/update-exim4.conf.conf; update-exim4.conf; systemctl restart exim4`);
  return host;
}

test.each([
  ["killed", false],
  ["without power", true],
])(
  "exim4, and `up` is %s while exim4 accepts nothing: after a boot it accepts, and all of it leaves",
  async (_, power) => {
    const host = await exim(power ? "power" : "killed");
    const steps = scene.steps(host);
    const sender = await Sender.start(host, power ? "power" : "kill", { user: "nobody" });
    await sender.more(2);
    const up = new Breakpoint(host, { command: "apt-get", arguments: "*=false install*" }).during(
      steps.up(),
      async (stopped) => {
        expect(await send(host, "refused@example.org")).toBe(126);
        await sender.stop();
        if (power) await host.kill();
        else stopped.kill();
      },
    );
    expect((await up).code).not.toBe(0);
    if (power) await host.start();
    else await host.reboot();
    await until("exim4 accepts mail", async () => (await send(host, "booted@example.org")) === 0, { seconds: 30 });
    expect(await host.must("systemctl is-active exim4")).toBe("active\n");
    await until("the message of after the boot", () => recipients().includes("booted@example.org"));
    await arrived(sender);
    const green = await steps.up();
    expect(green.code, green.text).toBe(0);
  },
);

test("apt cannot install Postfix: red, and neither a tool nor a unit of ours stays", async () => {
  const host = await exim("broken");
  await host.must("cat > /etc/apt/apt.conf.d/99broken", { input: 'DPkg::Pre-Install-Pkgs {"exit 3";};\n' });
  const red = await scene.steps(host).up();
  expect(red.code, red.text).toBe(69);
  expect(
    await host.must("ls /usr/local/sbin /etc/systemd/system /etc/systemd/system/multi-user.target.wants"),
  ).not.toMatch(/postrelay|postfix/);
  expect(await send(host, "goes-on@example.org")).toBe(0);
});

test("dma, whose message was removed as the first `up` said: green, and the message does not leave after all", async () => {
  const host = await scene.host("dma", ["dma"]);
  const { address, port } = smarthost;
  await host.must(`printf 'SMARTHOST ${address}\\nPORT ${port}\\n' > /etc/dma/dma.conf`);
  await smarthost.close();
  const steps = scene.steps(host);
  expect(await send(host, "removed@example.org")).toBe(0);
  const red = await steps.up();
  expect(red.code, red.text).toBe(69);
  expect(red.text).toMatch(/1 messages wait in the queue of dma.* or remove them/s);
  await host.must("rm -f /var/spool/dma/[MQ]*");
  // A process still sleeps until its next try.
  expect(await host.must("find /proc/[0-9]*/exe -lname /usr/sbin/dma 2> /dev/null")).not.toBe("");
  await smarthost.listen();
  const green = await steps.up();
  expect(green.code, green.text).toBe(0);
  expect(await host.must("find /proc/[0-9]*/exe -lname '/usr/sbin/dma*' 2> /dev/null || :")).toBe("");
  expect(recipients()).not.toContain("removed@example.org");
});
