import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LabHost, LabRelay } from "../lab/index.ts";
import { must, run } from "../lab/shell.ts";
import { World } from "./world.ts";

let world: World;
let relay: LabRelay;
let host: LabHost;
let bastion: LabHost;
let agent: { socket: string; pid: string };

beforeAll(async () => {
  world = await World.open();
  relay = await world.lab.relay();
  host = await world.lab.host({ release: "bookworm", name: "web" });
  bastion = await world.lab.host({ release: "bookworm", name: "bastion" });
  const socket = join(world.lab.record.folder, "agent");
  const said = await must("ssh-agent", ["-s", "-a", socket]);
  agent = { socket, pid: /SSH_AGENT_PID=(\d+)/.exec(said)?.[1] ?? "" };
  await must("ssh-add", ["-q", world.lab.key.path], { env: { SSH_AUTH_SOCK: socket } });
});
afterAll(async () => {
  if (agent) await run("kill", [agent.pid]);
  await world?.close();
});

test("the keys of an SSH agent are enough, and leave nothing in the state", async () => {
  const stack = await world.stack("agent", relay, [host], { user: "deploy", agent: agent.socket });
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await stack.state()).not.toContain("privateKey");
});

test("a host that only a bastion reaches", async () => {
  const inner = await world.lab.host({ release: "bookworm", name: "inner" });
  await inner.firewall(`tcp sport 22 ip daddr != ${bastion.address} drop`);
  const proxy = { host: bastion.address, user: "deploy", hostKey: bastion.hostKey };
  const stack = await world.stack("bastion", relay, [inner], {
    agent: agent.socket,
    connection: { user: "deploy", proxy },
  });
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect((await bastion.journal()).match(/Accepted publickey for deploy/g)?.length).toBeGreaterThanOrEqual(5);
});
