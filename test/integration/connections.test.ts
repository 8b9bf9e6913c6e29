import { expect, test } from "vitest";
import { openAgent } from "../../lab/agent.ts";
import { openWorld } from "./world.ts";

const { world, relay, web: host, bastion } = await openWorld({ web: {}, bastion: {} });
const agent = await openAgent(world.lab);

test("the keys of an SSH agent are enough, and leave nothing in the state", async () => {
  const stack = await world.stack("agent", relay, [host], { user: "deploy", agent });
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect(await stack.state()).not.toContain("privateKey");
});

test("a host that only a bastion reaches", async () => {
  const inner = await world.lab.host({ release: "bookworm", name: "inner" });
  await inner.firewall(`tcp sport 22 ip daddr != ${bastion.address} drop`);
  const proxy = { host: bastion.address, user: "deploy", hostKey: bastion.hostKey };
  const stack = await world.stack("bastion", relay, [inner], {
    agent,
    connection: { user: "deploy", proxy },
  });
  expect(await stack.up()).toMatchObject({ code: 0 });
  expect((await bastion.journal()).match(/Accepted publickey for deploy/g)?.length).toBeGreaterThanOrEqual(5);
});
