import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { submit } from "../../lab/smtp.ts";
import { World } from "./world.ts";

// The files of a worker share a lab and its relay host. A file has to find them as if it were the first one.

/** Has a message arrive at the relay host, and tells by whom it was submitted. */
async function arrived(world: World, from: string): Promise<string> {
  const relay = await world.relay();
  const [user] = relay.users;
  const verify = { ca: world.lab.ca, name: relay.host };
  const to = ["someone@example.org"];
  await submit({ address: relay.address, port: 587, starttls: true, verify, user, from, to });
  return (await relay.waitFor(({ sender }) => sender === from)).saslUser;
}

test("what a file leaves is gone when the next one begins", async () => {
  const first = await World.open();
  const relay = await first.relay();
  const users = relay.users;
  const host = await first.lab.host({ release: "bookworm", name: "web" });
  const other = await first.lab.relay();
  await relay.setUsers([{ username: "somebody", password: "else" }]);
  expect(await arrived(first, "first@example.com")).toBe("somebody");
  await relay.set("port-closed");
  await relay.firewall("tcp sport 22 drop");
  await first.lab.dns.set(relay.host, [relay.address6]);
  await first.lab.dns.set("left.example.test", [host.address]);
  await first.lab.dns.stop();

  const second = await World.open();
  expect(await second.relay()).toBe(relay);
  expect(await relay.messages()).toEqual([]);
  expect(await relay.log()).not.toMatch(/first@example\.com|somebody/);
  expect(relay.users).toEqual(users);
  expect(second.lab.hosts().map(({ name }) => name)).toEqual([relay.name]);
  expect([host, other].map(({ record }) => existsSync(record.folder))).toEqual([false, false]);
  expect(second.lab.dns.names().sort()).toEqual(["dns.example.test", relay.host]);
  expect(await arrived(second, "second@example.com")).toBe(users[0]?.username);
  const again = await second.lab.host({ release: "bookworm", name: "web" });
  expect(await again.must(`getent ahosts ${relay.host} | cut -d ' ' -f 1 | sort -u`)).toBe(`${relay.address}\n`);
  await second.close();
});
