// Ten stacks with a fleet of eight hosts each, in one rollout: a real engine, and hosts that only record commands.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { engine } from "../../../lab/engine/index.ts";
import { run } from "../../../lab/shell.ts";
import { front, startRecordingHost } from "../recorder/host.ts";
import { Stack } from "../stack.ts";

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const program = join(import.meta.dirname, "../../../src/cli/main.ts");
const { sshd, folder } = await startRecordingHost();
const names = Array.from({ length: 10 }, (_, index) => `fleet-${index + 1}`);
const hosts = Array.from({ length: 8 }, (_, index) => `web-${index + 1}`);
const stacks: Stack[] = [];
const { port, close } = await front(names.length * hosts.length, sshd.port);
const addressOf = (fleet: number, host: number) => `127.0.1.${fleet * hosts.length + host + 1}`;

beforeAll(async () => {
  for (const [fleet, name] of names.entries()) {
    const first = stacks[0];
    const stack = first
      ? new Stack(await engine(), { folder: first.folder, name, env: { SSH_AUTH_SOCK: "", NO_COLOR: "1" } })
      : await Stack.create(name);
    if (first) await stack.must(["stack", "init", name]);
    stack.write({
      domain: "example.com",
      drift: "off",
      relayHost: { host: "smtp.example.net" },
      credentials: { username: "user" },
      testDelivery: { to: "ops@example.net" },
      connection: { port, user: sshd.user },
      waves: ["1", "100%"],
      hosts: hosts.map((host, index) => ({
        name: host,
        connection: { host: addressOf(fleet, index), hostKey: sshd.hostKey },
      })),
    });
    await stack.secret("postfix-relay:credentials.password", "secret");
    await stack.secret("postfix-relay:connection.privateKey", sshd.privateKey);
    stacks.push(stack);
  }
});
afterAll(async () => {
  stacks[0]?.remove();
  close();
  await sshd.close();
});

test("in waves of stacks: each host has each step once", async () => {
  const [first] = stacks;
  const args = [
    "rollout",
    "start",
    "--all",
    "--yes",
    "--no-gate",
    "--wave",
    "1",
    "--wave",
    "100%",
    "--concurrency",
    "2",
  ];
  const { code, stdout, stderr } = await run(process.execPath, [program, ...args], {
    cwd: first?.folder,
    env: first?.env,
  });
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining("10 succeeded")]);
  expect(stderr).toMatch(/10 stacks with 80 hosts|80 hosts/);
  const commands = readFileSync(join(folder, "commands"), "utf8").trim().split("\n");
  const counts = new Map<string, number>();
  for (const command of commands) counts.set(command, (counts.get(command) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count !== 1)).toEqual([]);
  expect(commands.filter((command) => command.startsWith("deliver "))).toHaveLength(80);
  for (const stack of stacks) {
    const history = JSON.parse(await stack.must(["stack", "history", "--json", "--stack", stack.name]));
    expect(history.map(({ kind, result }: Record<string, string>) => [kind, result])).toEqual([
      ["update", "succeeded"],
    ]);
  }
});
