import { describe, expect, test } from "vitest";
import type { LabHost } from "../../../lab/index.ts";
import { Breakpoint, type Place, type Stopped } from "../faults/breakpoint.ts";
import type { Run, Steps } from "../steps.ts";
import { arrives, asFound, byHand, openScene, ownAliases } from "./scene.ts";

// Nothing is removed that is not recorded as ours, also where the record itself is already gone.
const scene = await openScene();

const state = "/var/lib/postfix-relay";
const others = (host: LabHost) =>
  asFound(host, "/etc/aliases*", "/etc/postfix", "/etc/mailname", "/etc/systemd/system");

/** The end of destroy: the state folder goes by its name, then all of it. */
const end = {
  rename: { command: "mv", arguments: `* ${state}.gone` },
  last: { command: "rm", arguments: `*${state}.gone /usr/local/sbin/*` },
};

const cut = (steps: Steps, place: Place, fault: (stopped: Stopped) => Promise<void> | void): Promise<Run> =>
  new Breakpoint(steps.host, place).during(steps.destroy(), async (stopped) => {
    await fault(stopped);
    await stopped.end();
  });

const disconnect = (stopped: Stopped) => {
  stopped.disconnect();
  stopped.resume();
};
const kill = (stopped: Stopped) => stopped.kill();
const faults: [what: string, name: string, place: Place, fault: (stopped: Stopped) => void][] = [
  ["in its last command the connection is cut", "cut", end.last, disconnect],
  ["in its last command the tool is killed", "killed", end.last, kill],
  ["before the state folder goes the tool is killed", "before", end.rename, kill],
];

describe.each(faults)("destroy, %s; destroy again", (_, name, place, fault) => {
  test("a host with a Postfix of its own: aliases and configuration stay as they were", async () => {
    const host = await scene.handMade(`own-${name}`);
    await ownAliases(host);
    await byHand(host, scene.relay);
    const before = await others(host);
    const steps = scene.steps(host, { rootAlias: "ops@example.net" });
    expect(await steps.up()).toMatchObject({ code: 0 });
    expect(await cut(steps, place, fault)).not.toMatchObject({ code: 0 });
    expect(await steps.destroy()).toMatchObject({ code: 0 });
    expect(await others(host)).toBe(before);
    await host.must("echo x | sendmail root");
    await scene.relay.waitFor(({ recipients }) => recipients.includes("admin@example.net"));
    await arrives(host, scene.relay, `after-${name}@example.org`);
  });

  test("a host without Postfix, with /etc/aliases of its own: they stay", async () => {
    const host = await scene.host(`fresh-${name}`, []);
    await host.must("cat > /etc/aliases && echo x > /etc/mailname", { input: "root: admin@example.net\n" });
    const before = await others(host);
    const steps = scene.steps(host);
    expect(await steps.up()).toMatchObject({ code: 0 });
    expect(await cut(steps, place, fault)).not.toMatchObject({ code: 0 });
    expect(await steps.destroy()).toMatchObject({ code: 0 });
    expect(await others(host)).toBe(before);
  });
});

test("the state folder is removed halfway: whichever part is gone, destroy again removes nothing of others", async () => {
  const host = await scene.handMade("half");
  await ownAliases(host);
  const before = await others(host);
  const steps = scene.steps(host);
  expect(await steps.up()).toMatchObject({ code: 0 });
  const given: string[] = [];
  await cut(steps, end.rename, async (stopped) => {
    given.push(...(await host.must(`cp -a ${state} /root/state && ls -A ${state}`)).split("\n").filter(Boolean));
    stopped.kill();
  });
  const tool = await host.must("ls /usr/local/sbin");
  expect(given.length, tool).toBeGreaterThan(2);
  for (const part of given) {
    await host.must(`rm -rf ${state} && cp -a /root/state ${state} && rm -r ${state}/${part}`);
    const run = await steps.copy().destroy();
    expect(run.code, `${part} gone: ${run.text}`).toBe(0);
    expect(await others(host), `${part} gone`).toBe(before);
  }
});

test("the host was set up anew, and has aliases and a Postfix of its own: destroy finds nothing of ours", async () => {
  const old = await scene.host("renewed");
  const steps = scene.steps(old);
  expect(await steps.up()).toMatchObject({ code: 0 });
  await old.stop();
  const host = await scene.handMade("renewed-2");
  await ownAliases(host);
  const before = await others(host);
  const run = await steps.copy(host).destroy();
  expect(run.code, run.text).toBe(0);
  expect(await others(host)).toBe(before);
  await arrives(host, scene.relay, "renewed@example.org");
});
