// How `command:remote:Command` connects, with the real engine and a real SSH server: keys, agent, bastion, host key and
// repeated dials. It holds for the official provider and for the lab's stand-in; whichever the machine has is tested.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Engine } from "./index.ts";
import { engine } from "./index.ts";
import { runProgram } from "./process.ts";
import type { Project, Resource } from "./project.ts";
import { makeProject } from "./project.ts";
import type { Sshd } from "./sshd.ts";
import { sshdMissing, startSshd } from "./sshd.ts";

// Most of a test's time goes into runs of the engine: about two seconds each on a quiet machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 1_200_000 });

let lab: Engine;
let sshd: Sshd;
let project: Project;

const missing = sshdMissing();
if (missing) console.log(`left out: ${missing}`);
const row = test.skipIf(missing !== undefined);

beforeAll(async () => {
  if (missing) return;
  lab = await engine({ log: console.log });
  sshd = await startSshd();
});
afterAll(() => sshd?.close());
beforeEach(async () => {
  if (missing) return;
  project = await makeProject(lab);
});
afterEach(() => project?.close());

/** A resource that only says who it is; the connection has no key but what `more` gives. */
const reach = (name: string, more: Record<string, unknown>): Resource => ({
  name,
  args: {
    connection: {
      host: "127.0.0.1",
      port: sshd.port,
      user: sshd.user,
      hostKey: sshd.hostKey,
      dialErrorLimit: 0,
      ...more,
    },
    create: `echo ${name}`,
  },
});

/** What the error of one resource says, as `pulumi up` shows it. */
async function errorOf(resource: Resource): Promise<string> {
  project.resources([resource]);
  const { output, code } = await project.up();
  expect(code, output).not.toBe(0);
  return new RegExp(`command:remote:Command \\(${resource.name}\\):\nerror: ([^\n]*)`).exec(output)?.[1] ?? output;
}

row("with a key, an encrypted key, a password, an agent, and through a bastion", async () => {
  const encrypted = join(sshd.folder, "encrypted");
  writeFileSync(encrypted, sshd.privateKey, { mode: 0o600 });
  await runProgram("ssh-keygen", ["-q", "-p", "-P", "", "-N", "sesame", "-f", encrypted]);
  const agent = join(sshd.folder, "agent");
  const agentProcess = spawn("ssh-agent", ["-D", "-a", agent], { stdio: ["ignore", "pipe", "inherit"] });
  await once(agentProcess.stdout, "data");
  await runProgram("ssh-add", ["-q", sshd.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: agent } });
  const key = { privateKey: sshd.privateKey };
  const bastion = { host: "127.0.0.1", port: sshd.port, user: sshd.user, hostKey: sshd.hostKey, dialErrorLimit: 0 };
  const ways: Record<string, Record<string, unknown>> = {
    key,
    knownhosts: { ...key, hostKey: `[127.0.0.1]:${sshd.port} ${sshd.hostKey}` },
    unpinned: { ...key, hostKey: undefined },
    encrypted: { privateKey: readFileSync(encrypted, "utf8"), privateKeyPassword: "sesame" },
    agent: { agentSocketPath: agent },
    proxy: { ...key, proxy: { ...bastion, ...key } },
    ...(sshd.password ? { password: { password: sshd.password } } : {}),
  };
  try {
    project.resources(Object.entries(ways).map(([name, more]) => reach(name, more)));
    const first = await project.up();
    expect(first.code, first.output).toBe(0);
    for (const name of Object.keys(ways)) expect(project.state(name)?.outputs.stdout).toBe(name);
    project.env.SSH_AUTH_SOCK = agent;
    project.resources([...Object.entries(ways).map(([name, more]) => reach(name, more)), reach("ambient", {})]);
    const second = await project.up();
    expect(second.code, second.output).toBe(0);
    expect(project.state("ambient")?.outputs.stdout).toBe("ambient");
  } finally {
    agentProcess.kill("SIGTERM");
    await once(agentProcess, "exit");
  }
});

row("a wrong host key stops each attempt, and N allowed errors are N + 1 attempts", async () => {
  const other = join(sshd.folder, "other");
  await runProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);
  const hostKey = readFileSync(`${other}.pub`, "utf8").trim();
  for (const limit of [0, 2]) {
    const before = sshd.connections();
    const error = await errorOf(reach(`h${limit}`, { privateKey: sshd.privateKey, hostKey, dialErrorLimit: limit }));
    expect(error).toBe(`after ${limit} failed attempts: ssh: handshake failed: ssh: host key mismatch`);
    expect(sshd.connections() - before).toBe(limit + 1);
  }
});

row("an RSA host key cannot be pinned", async () => {
  expect(await errorOf(reach("rsa", { privateKey: sshd.privateKey, hostKey: sshd.rsaHostKey }))).toMatch(
    /^after 0 failed attempts: ssh: handshake failed: ssh: no common algorithm for host key; .*\[ssh-rsa\]/,
  );
});

row("without a right key or password the methods that were tried are named", async () => {
  const stranger = join(sshd.folder, "stranger");
  await runProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", stranger]);
  const error = await errorOf(reach("stranger", { privateKey: readFileSync(stranger, "utf8") }));
  expect(error).toBe(
    "after 0 failed attempts: ssh: handshake failed: ssh: unable to authenticate, " +
      "attempted methods [none publickey], no supported methods remain",
  );
});

row("what is wrong with the key or the agent is no dial error and is not repeated", async () => {
  const before = sshd.connections();
  const limit = { dialErrorLimit: 5 };
  expect(await errorOf(reach("nokey", { ...limit, privateKey: "nonsense" }))).toBe("ssh: no key found");
  // A dead agent fails even a connection that has a key of its own.
  const gone = join(sshd.folder, "gone");
  expect(await errorOf(reach("stale", { ...limit, privateKey: sshd.privateKey, agentSocketPath: gone }))).toBe(
    `dial unix ${gone}: connect: no such file or directory`,
  );
  expect(sshd.connections()).toBe(before);
});

row("a closed port is tried again, after growing pauses", async () => {
  const started = Date.now();
  const error = await errorOf(reach("closed", { port: 1, privateKey: sshd.privateKey, dialErrorLimit: 3 }));
  expect(error).toBe("after 3 failed attempts: dial tcp 127.0.0.1:1: connect: connection refused");
  expect(Date.now() - started).toBeGreaterThan(100 + 150 + 225);
});

row("a time limit ends the attempts between two dials", async () => {
  const more = { port: 1, privateKey: sshd.privateKey, dialErrorLimit: -1 };
  const resource = { ...reach("late", more), options: { customTimeouts: { create: "1s" } } };
  expect(await errorOf(resource)).toBe("context deadline exceeded");
});
