// How `command:remote:Command` connects, with the real engine and a real SSH server: keys, agent, bastion, host key and
// repeated dials. It holds for the official provider and for the lab's stand-in; whichever the machine has is tested.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAgent } from "../agent.ts";
import { must } from "../shell.ts";
import { commandTests } from "./command-tests.ts";
import type { Resource } from "./project.ts";

const { t, connection } = await commandTests();

/** A resource that prints its name; the connection has no key but that in `more`. */
const reach = (name: string, more: Record<string, unknown>): Resource => ({
  name,
  args: {
    connection: connection({ privateKey: undefined, ...more }),
    create: `echo ${name}`,
  },
});

/** The error of one resource, as `pulumi up` shows it. */
async function errorOf(resource: Resource): Promise<string> {
  t.project.resources([resource]);
  const { text, code } = await t.project.up();
  expect(code, text).not.toBe(0);
  return new RegExp(`command:remote:Command \\(${resource.name}\\):\nerror: ([^\n]*)`).exec(text)?.[1] ?? text;
}

test("with a key, an encrypted key, a PKCS #8 key, a password, an agent, and through a bastion", async () => {
  const encrypted = join(t.sshd.folder, "encrypted");
  writeFileSync(encrypted, t.sshd.privateKey, { mode: 0o600 });
  await must("ssh-keygen", ["-q", "-p", "-P", "", "-N", "sesame", "-f", encrypted]);
  const pkcs8 = join(t.sshd.folder, "pkcs8");
  await must("ssh-keygen", ["-q", "-t", "ecdsa", "-m", "PKCS8", "-N", "", "-f", pkcs8]);
  t.sshd.authorize(readFileSync(`${pkcs8}.pub`, "utf8").trim());
  const agent = await openAgent(t.sshd.lab);
  const key = { privateKey: t.sshd.privateKey };
  const ways: Record<string, Record<string, unknown>> = {
    key,
    knownhosts: { ...key, hostKey: `[127.0.0.1]:${t.sshd.port} ${t.sshd.hostKey}` },
    unpinned: { ...key, hostKey: undefined },
    encrypted: { privateKey: readFileSync(encrypted, "utf8"), privateKeyPassword: "sesame" },
    pkcs8: { privateKey: readFileSync(pkcs8, "utf8") },
    agent: { agentSocketPath: agent },
    proxy: { ...key, port: 22, proxy: connection() },
    password: { password: t.sshd.password },
  };
  t.project.resources(Object.entries(ways).map(([name, more]) => reach(name, more)));
  const first = await t.project.up();
  expect(first.code, first.text).toBe(0);
  for (const name of Object.keys(ways)) expect(t.project.state(name)?.outputs.stdout).toBe(name);
  t.project.env.SSH_AUTH_SOCK = agent;
  t.project.resources([...Object.entries(ways).map(([name, more]) => reach(name, more)), reach("ambient", {})]);
  const second = await t.project.up();
  expect(second.code, second.text).toBe(0);
  expect(t.project.state("ambient")?.outputs.stdout).toBe("ambient");
});

test("a wrong host key stops each attempt, and N allowed errors are N + 1 attempts", async () => {
  const other = join(t.sshd.folder, "other");
  await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);
  const hostKey = readFileSync(`${other}.pub`, "utf8").trim();
  for (const limit of [0, 2]) {
    const before = t.sshd.connections();
    const error = await errorOf(reach(`h${limit}`, { privateKey: t.sshd.privateKey, hostKey, dialErrorLimit: limit }));
    expect(error).toBe(`after ${limit} failed attempts: ssh: handshake failed: ssh: host key mismatch`);
    expect(t.sshd.connections() - before).toBe(limit + 1);
  }
});

test("an RSA host key cannot be pinned", async () => {
  expect(await errorOf(reach("rsa", { privateKey: t.sshd.privateKey, hostKey: t.sshd.rsaHostKey }))).toMatch(
    /^after 0 failed attempts: ssh: handshake failed: ssh: no common algorithm for host key; .*\[ssh-rsa\]/,
  );
});

test("without a right key or password, the error names the methods that were tried", async () => {
  const stranger = join(t.sshd.folder, "stranger");
  await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", stranger]);
  const error = await errorOf(reach("stranger", { privateKey: readFileSync(stranger, "utf8") }));
  expect(error).toBe(
    "after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate, " +
      "attempted methods [none publickey], no supported methods remain",
  );
});

test("a wrong key or agent is no dial error, and there is no other attempt", async () => {
  const before = t.sshd.connections();
  const limit = { dialErrorLimit: 5 };
  expect(await errorOf(reach("nokey", { ...limit, privateKey: "nonsense" }))).toBe("ssh: no key found");
  expect(await errorOf(reach("plain", { ...limit, privateKey: t.sshd.privateKey, privateKeyPassword: "sesame" }))).toBe(
    "ssh: key is not password protected",
  );
  // A dead agent fails even a connection that has a key of its own.
  const gone = join(t.sshd.folder, "gone");
  expect(await errorOf(reach("stale", { ...limit, privateKey: t.sshd.privateKey, agentSocketPath: gone }))).toBe(
    `dial unix ${gone}: connect: no such file or directory`,
  );
  expect(t.sshd.connections()).toBe(before);
});

test("a closed port is tried again, after growing pauses", async () => {
  const started = Date.now();
  const error = await errorOf(reach("closed", { port: 1, privateKey: t.sshd.privateKey, dialErrorLimit: 3 }));
  expect(error).toBe("after 3 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused");
  expect(Date.now() - started).toBeGreaterThan(100 + 150 + 225);
});

test("a time limit ends the attempts between two dials", async () => {
  const more = { port: 1, privateKey: t.sshd.privateKey, dialErrorLimit: -1 };
  const resource = { ...reach("late", more), options: { customTimeouts: { create: "1s" } } };
  expect(await errorOf(resource)).toBe("context deadline exceeded");
});
