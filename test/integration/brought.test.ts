import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startInGroup } from "../../lab/cgroup.ts";
import type { LabHost } from "../../lab/index.ts";
import { until } from "../../lab/until.ts";
import { packed } from "../../src/host/pack.ts";
import { fieldIn } from "../../src/host/payload.ts";
import type { Stack } from "./stack.ts";
import { openWorld } from "./world.ts";

// How the host tool comes to a host: the program brings it, so that no state holds it; and how all is undone later,
// with or without it.
const { world, relay, web, other } = await openWorld({ web: {}, other: {} });

/** A part of the tool, as the stdin of a step has it. */
const PART = packed().toString("base64").slice(1000, 1100);

interface Resource {
  urn: string;
  inputs?: { stdin?: string };
}
const stepOf = async (stack: Stack, suffix: string): Promise<string> => {
  const { deployment } = JSON.parse(await stack.state()) as { deployment: { resources: Resource[] } };
  return deployment.resources.find(({ urn }) => urn.endsWith(suffix))?.inputs?.stdin ?? "";
};
const left = (host: LabHost) =>
  host.must("ls -d /run/postrelay.tool* /usr/local/*/postrelay /usr/local/lib/postfix-relay 2>/dev/null || :");

test("the program brings it: none is in the state, and none stays on its way", async () => {
  const stack = await world.stack("brought", relay, [web], { user: "deploy" });
  const result = await stack.up();
  expect(result, result.text).toMatchObject({ code: 0 });
  const state = await stack.state();
  expect(state).not.toContain(PART);
  // The control: what names the owner is there.
  expect(fieldIn(await stepOf(stack, "web-packages"), "owner")).toEqual(["postfix-relay/brought/web"]);
  expect(await left(web)).not.toContain("/run/postrelay.tool");
  expect(await web.must("cmp /usr/local/sbin/postrelay /usr/local/lib/postfix-relay/postrelay")).toBe("");
  expect((await stack.up("--expect-no-changes")).code).toBe(0);
});

describe("what is undone where the tool is gone", () => {
  const stackOf = async (name: string) => {
    const stack = await world.stack(name, relay, [web], {});
    const result = await stack.up();
    expect(result, result.text).toMatchObject({ code: 0 });
    return stack;
  };
  const destroyed = async (stack: Stack) => {
    const result = await stack.destroy();
    expect(result, result.text).toMatchObject({ code: 0 });
    expect(await left(web)).toBe("");
    return result.text;
  };

  test("only the tool: all of it, with the copy", async () => {
    const stack = await world.stack("brought", relay, [web], { user: "deploy" });
    expect((await stack.up()).code).toBe(0);
    await web.must("rm /usr/local/sbin/postrelay");
    await destroyed(stack);
    expect(await web.run("test -e /etc/postfix/sasl_passwd")).toMatchObject({ code: 1 });
  });

  test("all that it knew too: no password stays", async () => {
    const stack = await stackOf("lost");
    await web.must("rm -r /usr/local/sbin/postrelay /var/lib/postfix-relay");
    expect(await destroyed(stack)).toMatch(/nothing of postfix-relay is recorded on this host/);
    expect(await web.run("grep -rq relaypass /etc /var/lib")).toMatchObject({ code: 1 });
  });

  test("and its copy: red, with what to do, and that helps", async () => {
    const stack = await stackOf("copy");
    await web.must("rm -r /usr/local/sbin/postrelay /usr/local/lib/postfix-relay /var/lib/postfix-relay");
    const red = await stack.destroy();
    expect(red.code).not.toBe(0);
    expect(red.text).toMatch(/the host tool is gone.*\n.*What to do: Run 'pulumi up', which brings it again/);
    const up = await stack.up();
    expect(up, up.text).toMatchObject({ code: 0 });
    await destroyed(stack);
  });

  test("a host that was installed again: there is nothing to undo", async () => {
    const stack = await stackOf("again");
    await web.must(`systemctl disable -q --now postfix-relay-boot.service; apt-get -qq purge -y postfix
      rm -rf /usr/local/sbin/postrelay /usr/local/lib/postfix-relay /var/lib/postfix-relay /etc/postfix
      rm -rf /etc/systemd/system/*postfix-relay*`);
    expect(await destroyed(stack)).toMatch(/nothing of postfix-relay is recorded on this host/);
  });
});

describe("what is in the way", () => {
  const red = async (name: string, more: Record<string, unknown>, text: RegExp) => {
    const stack = await world.stack(name, relay, [other], more);
    const result = await stack.up();
    expect(result.code, result.text).not.toBe(0);
    expect(result.text).toMatch(text);
    expect(await left(other)).toBe("");
  };

  test("a login that cannot become root", () =>
    red("plain", { user: "plain" }, /plain cannot become root here[\s\S]*What to do: Allow it passwordless sudo/));

  test("nothing listens there", () =>
    red(
      "closed",
      { connection: { user: "root", port: 2022 } },
      /the host cannot be reached: nothing listens on its SSH/,
    ));

  test("another host key", () =>
    red(
      "key",
      { hosts: [{ name: "other", connection: { host: other.address, hostKey: web.hostKey } }] },
      /host key mismatch: its host key does not match `connection.hostKey`/,
    ));

  test("no room", async () => {
    await other.must("mount -t tmpfs -o size=64k tmpfs /tmp");
    await red("full", {}, /cannot unpack the host tool in \/tmp: .*\n.*What to do: Make room there/);
    await other.must("umount /tmp");
  });

  test("the host tool was brought, and is gone before the step", async () => {
    await other.must(`systemd-run -q --unit=thief sh -c 'while :; do rm -f /run/postrelay.tool*; sleep 0.02; done'`);
    await red("thief", {}, /the host tool was brought, and is not here any more\.[\s\S]*Run 'pulumi up' again/);
    await other.must("systemctl stop thief");
  });
});

test("a host that is not up yet, with tries that are left", async () => {
  const connection = { user: "root", port: 2200, dialErrorLimit: 5 };
  const stack = await world.stack("late", relay, [other], { connection });
  const refused = async () => Number(await other.must("awk '/^Tcp: [0-9]/ { print $15 }' /proc/net/snmp"));
  const before = await refused();
  const up = stack.up("--skip-preview");
  // The look of the check, and the first try.
  await until("two connections were refused", async () => (await refused()) >= before + 2);
  await other.must("systemd-run -q --unit=late -p RuntimeDirectory=sshd /usr/sbin/sshd -D -p 2200");
  const result = await up;
  expect(result, result.text).toMatchObject({ code: 0 });
});

test("an SSH certificate, which only the steps can use: the tool travels with them", async () => {
  const at = (name: string) => join(world.folder, name);
  const sh = (command: string, env = {}) =>
    execFileSync("sh", ["-ec", command], { cwd: world.folder, env: { ...process.env, ...env }, stdio: "pipe" });
  writeFileSync(at("user"), world.lab.key.private, { mode: 0o600 });
  sh(
    "ssh-keygen -q -t ed25519 -N '' -f ca; ssh-keygen -q -t ed25519 -N '' -f user2; mv user2 user; mv user2.pub user.pub",
  );
  sh("ssh-keygen -q -s ca -I someone -n root user.pub");
  const host = await world.lab.host({ release: "bookworm", name: "certified" });
  await host.must("cat > /etc/ssh/users.pub; echo 'TrustedUserCAKeys /etc/ssh/users.pub' >> /etc/ssh/sshd_config", {
    input: readFileSync(at("ca.pub"), "utf8"),
  });
  await host.must("systemctl restart ssh");
  const agent = at("agent");
  startInGroup(join(world.lab.record.group, "certificates"), "ssh-agent", ["-D", "-a", agent], at("agent.log"));
  await until("the agent listens", () => sh("ssh-add -q user && echo yes || :", { SSH_AUTH_SOCK: agent }).length > 0);
  // The command provider here may be the lab's, which is no more able to use it; so this is what it would be sent.
  const planned = async (name: string, more: Record<string, unknown>): Promise<string> => {
    const stack = await world.stack(name, relay, [host], { agent, ...more });
    const { steps } = JSON.parse(await stack.must(["preview", "--json", "--stack", stack.name])) as {
      steps: { newState: Resource }[];
    };
    return steps.find(({ newState }) => newState.urn.endsWith("-packages"))?.newState.inputs?.stdin ?? "";
  };
  expect(await planned("certified", { drift: "warn" })).toContain(PART);
  expect(await planned("blind", { drift: "off" })).toContain(PART);
  // The control: a key of the agent that the host takes.
  await host.must("cat >> /root/.ssh/authorized_keys", { input: readFileSync(at("user.pub"), "utf8") });
  expect(await planned("plain-key", { drift: "warn" })).not.toContain(PART);
});
