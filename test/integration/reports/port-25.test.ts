import { expect, test } from "vitest";
import { arrives, inOrder, openScene } from "../others/scene.ts";

// Another program has the port that Postfix is to hand mail in at.
const scene = await openScene();

/** A listener that says nothing, as a unit of its own. */
const listener = (address: string) =>
  `perl -MSocket -e 'my ($a) = @ARGV; my $v6 = $a =~ /:/; socket(S, $v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0); ` +
  `setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1); setsockopt(S, 41, 26, 1) if $v6; ` +
  `bind(S, $v6 ? Socket::pack_sockaddr_in6(25, Socket::inet_pton(AF_INET6, $a)) : pack_sockaddr_in(25, inet_aton($a))) or die $!; ` +
  `listen(S, 9); sleep 3600' -- '${address}'`;

const rows: [what: string, name: string, address: string, more?: Record<string, unknown>][] = [
  ["127.0.0.1", "four", "127.0.0.1"],
  ["::1", "six", "::1"],
  ["all addresses", "all", "0.0.0.0"],
  ["the address of a bridge", "bridge", "172.31.0.1", { bridges: ["172.31.0.1/24"] }],
];

test.each(rows)(
  "%s, port 25: red within seconds, and it says so; then `listen: none` is green",
  async (_, name, address, more = {}) => {
    const host = await scene.host(name);
    await host.must("systemctl stop postfix");
    if (name === "bridge")
      await host.must("ip link add br0 type bridge && ip addr add 172.31.0.1/24 dev br0 && ip link set br0 up");
    await host.must("cat > /root/listener", { input: listener(address) });
    await host.must("systemd-run --quiet --unit=listener sh /root/listener");
    await expect.poll(async () => (await host.must("ss -Hltn sport = :25")).trim(), { timeout: 10_000 }).not.toBe("");
    const steps = scene.steps(host, more);
    const start = Date.now();
    const run = await steps.up();
    const seconds = (Date.now() - start) / 1000;
    expect(run.code, run.text).not.toBe(0);
    expect(seconds, run.text).toBeLessThan(30);
    expect(run.text).toMatch(
      address === "0.0.0.0" ? /127\.0\.0\.1|0\.0\.0\.0|\[?::1/ : new RegExp(address.replaceAll(".", "\\.")),
    );
    expect(run.text).toMatch(/port 25\b|:25\b/);
    expect(run.text).toContain("listen: none");
    // The other program goes on.
    expect((await host.run("systemctl is-active listener")).stdout).toBe("active\n");
    const none = await steps.up({ listen: "none", bridges: undefined });
    expect(none.code, none.text).toBe(0);
    expect(await inOrder(host)).toBe(true);
    await arrives(host, scene.relay, `${name}@example.org`);
  },
);

test("the host's own Postfix has it: that is no obstacle", async () => {
  const host = await scene.handMade("own");
  expect(await host.must("ss -Hltn sport = :25")).toContain(":25");
  const run = await scene.steps(host).up();
  expect(run.code, run.text).toBe(0);
});
